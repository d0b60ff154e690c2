package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkmto.data.Column;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.shard.ShardPlan.RankedSample;

/** The rows of a shard, decoded one at a time; samples that cannot be decoded are passed over. */
final class DecodedRows implements Iterator<Row> {
  private final Iterator<RankedSample> samples;
  private final SampleReader reader;
  private final List<Column> columns;
  private Row next;

  DecodedRows(Iterator<RankedSample> samples, SampleReader reader, List<Column> columns) {
    this.samples = samples;
    this.reader = reader;
    this.columns = columns;
  }

  @Override
  public boolean hasNext() {
    while (next == null && samples.hasNext()) {
      next = row(samples.next());
    }
    return next != null;
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Row row = next;
    next = null;
    return row;
  }

  private Row row(RankedSample ranked) {
    RawSample sample = ranked.sample();
    List<byte[]> content;
    try {
      content = reader.read(sample);
    } catch (UnreadableSampleException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(sample.source() + " cannot be read: " + e.getMessage(), e);
    }
    Object[] fields = new Object[2 + columns.size()];
    fields[0] = sample.id();
    fields[1] = ranked.rank();
    for (int i = 0; i < columns.size(); i++) {
      byte[] bytes = content.get(i);
      if (bytes.length != columns.get(i).bytes()) {
        throw new IllegalStateException(
            "sample "
                + sample.id()
                + " was decoded to "
                + bytes.length
                + " bytes of column "
                + columns.get(i));
      }
      fields[2 + i] = bytes;
    }
    return RowFactory.create(fields);
  }
}
