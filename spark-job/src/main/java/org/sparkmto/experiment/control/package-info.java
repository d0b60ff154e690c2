/**
 * Methods compared on ten control tasks that one agent learns: executors play episodes, the driver
 * learns. What the runs came to goes the way of a sweep's results.
 */
package org.sparkmto.experiment.control;
