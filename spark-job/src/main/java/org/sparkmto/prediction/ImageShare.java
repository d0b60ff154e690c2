package org.sparkmto.prediction;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.data.Batch;
import org.sparkmto.network.Replica;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * Some images. Those that cannot be decoded are left out; whoever compares what was written with
 * what was asked for finds them.
 *
 * @param input how they are read
 * @param images as they arrive
 */
record ImageShare(ImageInput input, Iterator<RawSample> images) implements Share {
  @Override
  public InputReader open(Replica replica, int size, Configuration hadoop) {
    return new InputReader() {
      @Override
      public Optional<InputBatch> next() throws IOException {
        int bytes = input.column().bytes();
        byte[] content = new byte[Math.multiplyExact(size, bytes)];
        List<String> ids = new ArrayList<>();
        while (ids.size() < size && images.hasNext()) {
          RawSample sample = images.next();
          try {
            byte[] image = input.read(sample, hadoop);
            System.arraycopy(image, 0, content, ids.size() * bytes, bytes);
            ids.add(sample.id());
          } catch (UnreadableSampleException e) {
            // It has no row, and that is what the driver looks for.
          }
        }
        return ids.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new InputBatch(ids, new Batch(size, Map.of(input.column().name(), content))));
      }

      @Override
      public void close() {}
    };
  }
}
