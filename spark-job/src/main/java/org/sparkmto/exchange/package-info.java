/**
 * What moves between ranks and to the driver: collectives among the ranks of one barrier stage, and
 * the channel over which rank 0 asks the driver's aggregator for weights.
 *
 * <p>Nothing here decides what to move; that follows from what a method must see. Dot products and
 * counts travel as doubles, gradients as floats.
 */
package org.sparkmto.exchange;
