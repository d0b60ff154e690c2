package org.sparkmto.step;

import org.sparkmto.data.Batch;

/**
 * The parts of a global batch: the sample at position p belongs to part {@code p mod parts}, so the
 * parts are the same however many ranks share the batch.
 *
 * @param parts number of parts
 * @param first position, in the global batch, of this rank's first sample
 */
record BatchParts(int parts, long first) {

  /** The samples of one part that this rank holds. */
  Batch of(Batch batch, int part) {
    int offset = (int) Math.floorMod(part - first, (long) parts);
    int count = (Math.max(0, batch.samples() - offset) + parts - 1) / parts;
    return batch.every(parts, offset, count);
  }
}
