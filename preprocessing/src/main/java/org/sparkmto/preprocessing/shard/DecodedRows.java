package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.shard.ShardPlan.RankedSample;

/** The rows of a shard, decoded one at a time; samples that cannot be decoded are passed over. */
final class DecodedRows implements Iterator<Row> {
  private final Iterator<RankedSample> samples;
  private final SampleReader reader;
  private Row next;

  DecodedRows(Iterator<RankedSample> samples, SampleReader reader) {
    this.samples = samples;
    this.reader = reader;
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
    Object[] fields = new Object[2 + content.size()];
    fields[0] = sample.id();
    fields[1] = ranked.rank();
    for (int i = 0; i < content.size(); i++) {
      fields[2 + i] = content.get(i);
    }
    return RowFactory.create(fields);
  }
}
