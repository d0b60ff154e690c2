package org.sparkmto.input;

/**
 * What a rank reads for one batch: positions {@code from} to {@code to - 1} of an epoch's order.
 *
 * @param step number of the batch, from 0
 * @param epoch from 0
 */
record Part(long step, long epoch, long from, long to) {
  int samples() {
    return Math.toIntExact(to - from);
  }
}
