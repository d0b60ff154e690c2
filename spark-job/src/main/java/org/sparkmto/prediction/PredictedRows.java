package org.sparkmto.prediction;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.LongAccumulator;
import org.sparkmto.network.Replica;

/** The rows of a share, a batch at a time. Closed by whoever opened it, and by its own end. */
final class PredictedRows implements Iterator<Row>, AutoCloseable {
  private final Replica replica;
  private final InputReader reader;
  private final List<TaskColumn> columns;
  private final LongAccumulator progress;
  private final Deque<Row> ready = new ArrayDeque<>();
  private boolean closed;

  PredictedRows(
      Replica replica, InputReader reader, List<TaskColumn> columns, LongAccumulator progress) {
    this.replica = replica;
    this.reader = reader;
    this.columns = columns;
    this.progress = progress;
  }

  @Override
  public boolean hasNext() {
    if (ready.isEmpty() && !closed) {
      try {
        Optional<InputBatch> samples = reader.next();
        samples.ifPresentOrElse(this::predict, this::close);
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
    }
    return !ready.isEmpty();
  }

  private void predict(InputBatch samples) {
    List<float[]> outputs = replica.predict(samples.inputs());
    int size = samples.inputs().samples();
    for (int sample = 0; sample < samples.ids().size(); sample++) {
      Object[] values = new Object[columns.size() + 1];
      values[0] = samples.ids().get(sample);
      for (int task = 0; task < columns.size(); task++) {
        values[task + 1] = columns.get(task).value(outputs.get(task), sample, size);
      }
      ready.add(RowFactory.create(values));
    }
    progress.add(samples.ids().size());
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the share has no more samples");
    }
    return ready.remove();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      reader.close();
      replica.close();
    }
  }
}
