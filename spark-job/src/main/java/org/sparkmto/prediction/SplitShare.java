package org.sparkmto.prediction;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.input.RankBatch;
import org.sparkmto.input.SplitScan;
import org.sparkmto.input.SplitSource;
import org.sparkmto.network.Replica;
import org.sparkmto.preprocessing.inspection.SampleRows;

/**
 * A share of a split of a data set.
 *
 * @param root directory of the data set
 * @param manifest of the data set, as JSON
 * @param split name of the split
 * @param number of this share, from 0
 * @param shares how many there are
 */
record SplitShare(String root, String manifest, String split, int number, int shares)
    implements Share, Serializable {
  /** Their column is small, but opening a file for every batch is not. */
  private static final int IDS_AT_ONCE = 10_000;

  @Override
  public InputReader open(Replica replica, int size, Configuration hadoop) {
    DatasetManifest contents = DatasetManifest.parse(manifest, root);
    DatasetDirectory dataset = new DatasetDirectory(new Path(root), contents);
    List<Column> inputs = replica.plan().inputs();
    SplitSource source =
        new SplitSource(
            contents, dataset.root(), hadoop, split, inputs.stream().map(Column::name).toList());
    SplitScan scan = SplitScan.open(source, number, shares, size);
    SampleRows rows = new SampleRows(dataset, hadoop);
    return new InputReader() {
      private List<String> ids = List.of();
      private long firstId;

      @Override
      public Optional<InputBatch> next() {
        return scan.next().map(this::samples);
      }

      private InputBatch samples(RankBatch batch) {
        Map<String, byte[]> columns = new HashMap<>();
        for (Column input : inputs) {
          byte[] content = batch.bytes(input.name());
          columns.put(input.name(), Arrays.copyOf(content, size * input.bytes()));
        }
        long first = batch.index(0);
        return new InputBatch(ids(first, first + batch.samples()), new Batch(size, columns));
      }

      /** Identities of samples that follow those asked for before; some are read ahead. */
      private List<String> ids(long from, long to) {
        if (to > firstId + ids.size()) {
          firstId = from;
          ids = rows.ids(split, from, Math.min(source.rows(), from + IDS_AT_ONCE));
        }
        return ids.subList((int) (from - firstId), (int) (to - firstId));
      }

      @Override
      public void close() {
        scan.close();
      }
    };
  }
}
