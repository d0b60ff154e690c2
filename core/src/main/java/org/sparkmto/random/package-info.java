/** Counter-based random numbers: every draw is a function of its key, never of who asked before. */
package org.sparkmto.random;
