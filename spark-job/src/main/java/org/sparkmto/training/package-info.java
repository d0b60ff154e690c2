/**
 * The run: segments of steps on ranks of a Spark stage, checkpoints, resumption, selection, and the
 * models that come of it.
 *
 * <p>What a run is asked for is read by {@code configuration}; a step is made by {@code step}.
 */
package org.sparkmto.training;
