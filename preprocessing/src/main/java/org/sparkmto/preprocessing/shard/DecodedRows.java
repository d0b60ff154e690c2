package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.shard.ShardPlan.RankedSample;

/** The rows of a shard, decoded one at a time; samples that cannot be decoded are passed over. */
final class DecodedRows implements Iterator<DecodedRow> {
  private final Iterator<RankedSample> samples;
  private final SampleReader reader;
  private DecodedRow next;

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
  public DecodedRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    DecodedRow row = next;
    next = null;
    return row;
  }

  private DecodedRow row(RankedSample ranked) {
    RawSample sample = ranked.sample();
    try {
      return new DecodedRow(sample.id(), ranked.rank(), reader.read(sample));
    } catch (UnreadableSampleException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(sample.source() + " cannot be read: " + e.getMessage(), e);
    }
  }
}
