package org.sparkmto.training;

import java.util.HashMap;
import java.util.Map;
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
    long[] all = batch.numbers();
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = all[offset + i * parts];
    }
    Map<String, byte[]> columns = new HashMap<>();
    for (String name : batch.names()) {
      byte[] content = batch.column(name);
      int bytes = content.length / batch.samples();
      byte[] own = new byte[count * bytes];
      for (int i = 0; i < count; i++) {
        System.arraycopy(content, (offset + i * parts) * bytes, own, i * bytes, bytes);
      }
      columns.put(name, own);
    }
    return new Batch(numbers, columns);
  }
}
