package org.sparkmto.prediction;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.network.Replica;

/** Rows with the answers about their images behind them, a batch at a time, in their order. */
final class AnsweredRows implements Iterator<Row> {
  private final Iterator<Row> rows;
  private final ModelColumns.RowImage image;
  private final List<AnswerColumns> columns;
  private final Replica network;
  private final Configuration hadoop;
  private final int samples;
  private final Deque<Row> ready = new ArrayDeque<>();

  AnsweredRows(
      Iterator<Row> rows,
      ModelColumns.RowImage image,
      List<AnswerColumns> columns,
      Replica network,
      Configuration hadoop) {
    this.rows = rows;
    this.image = image;
    this.columns = columns;
    this.network = network;
    this.hadoop = hadoop;
    samples = SplitEvaluation.samplesAtOnce(network);
  }

  /** What answers, for whoever lent it. */
  Replica network() {
    return network;
  }

  @Override
  public boolean hasNext() {
    if (ready.isEmpty() && rows.hasNext()) {
      try {
        answer();
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
    }
    return !ready.isEmpty();
  }

  /**
   * Answers the next rows. One without an image keeps its place in the batch, so that the answers
   * about the others do not depend on it in their last bits.
   */
  private void answer() throws IOException {
    Column column = image.input().column();
    int bytes = column.bytes();
    byte[] content = new byte[Math.multiplyExact(samples, bytes)];
    List<Row> taken = new ArrayList<>();
    List<Boolean> seen = new ArrayList<>();
    while (taken.size() < samples && rows.hasNext()) {
      Row row = rows.next();
      byte[] its = image.of(row, hadoop);
      if (its != null) {
        System.arraycopy(its, 0, content, taken.size() * bytes, bytes);
      }
      taken.add(row);
      seen.add(its != null);
    }
    List<float[]> outputs =
        seen.contains(true)
            ? network.predict(new Batch(samples, Map.of(column.name(), content)))
            : List.of();
    for (int i = 0; i < taken.size(); i++) {
      ready.add(answered(taken.get(i), outputs, i, seen.get(i)));
    }
  }

  private Row answered(Row row, List<float[]> outputs, int sample, boolean seen) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      values.add(row.get(i));
    }
    for (int task = 0; task < columns.size(); task++) {
      AnswerColumns its = columns.get(task);
      if (seen) {
        values.addAll(its.values(outputs.get(task), sample, samples));
      } else {
        its.fields().forEach(field -> values.add(null));
      }
    }
    return RowFactory.create(values.toArray());
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("there are no more rows");
    }
    return ready.remove();
  }
}
