package org.sparkmto.prediction;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.data.Batch;
import org.sparkmto.network.Replica;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * Some files of a folder. Those that cannot be decoded are left out; whoever compares what was
 * written with what was asked for finds them.
 *
 * @param input how they are read
 * @param names of the files, relative to the folder
 */
record FolderShare(ImageInput input, List<String> names) implements Share {
  FolderShare {
    names = new ArrayList<>(names); // which Java serialises, unlike a view of a larger list
  }

  @Override
  public InputReader open(Replica replica, int size, Configuration hadoop) {
    return new InputReader() {
      private int next;

      @Override
      public Optional<InputBatch> next() throws IOException {
        int bytes = input.column().bytes();
        byte[] content = new byte[Math.multiplyExact(size, bytes)];
        List<String> ids = new ArrayList<>();
        while (ids.size() < size && next < names.size()) {
          String name = names.get(next++);
          try {
            byte[] image = input.read(name, hadoop);
            System.arraycopy(image, 0, content, ids.size() * bytes, bytes);
            ids.add(name);
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
