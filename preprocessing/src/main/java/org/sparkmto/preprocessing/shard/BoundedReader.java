package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.util.List;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.DecodingMemory;

/** Reads samples within the memory that all tasks of a JVM share for decoding. */
final class BoundedReader implements SampleReader {
  private final SampleReader reader;

  BoundedReader(SampleReader.Opener opener, RawFiles files) {
    this.reader = opener.open(files);
  }

  @Override
  public List<byte[]> read(RawSample sample) throws UnreadableSampleException, IOException {
    try (DecodingMemory.Sample memory = DecodingMemory.sample()) {
      return reader.read(sample);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
