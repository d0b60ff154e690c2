/**
 * A real Spark cluster of several processes on this machine, for tests that must see processes
 * start, talk and die.
 */
package org.sparkmto.cluster;
