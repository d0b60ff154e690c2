package org.sparkmto.preprocessing.shard;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;

class CheckedReaderTest {
  private static final RawSample SAMPLE = new RawSample("a", "train", "a.npy", 0, new byte[0]);

  /** Fails as a decoder does that meets what its author did not think of. */
  private record Failing(RuntimeException failure) implements SampleReader {
    @Override
    public List<byte[]> read(RawSample sample) {
      throw failure;
    }

    @Override
    public void close() throws IOException {}
  }

  private static void read(RuntimeException failure) throws Exception {
    try (CheckedReader reader = new CheckedReader(new Failing(failure), List.of(), List.of())) {
      reader.read(SAMPLE);
    }
  }

  @Test
  void oneFileThatNoDecoderExpectsIsOneBadSample() {
    assertThatThrownBy(() -> read(new ArrayIndexOutOfBoundsException("Index 7")))
        .isInstanceOf(UnreadableSampleException.class)
        .matches(e -> ((UnreadableSampleException) e).reason() == Reason.DAMAGED)
        .hasMessageContaining("cannot be decoded")
        .hasMessageContaining("Index 7");
  }

  @Test
  void whatIsWrongWithTheWholeJobEndsIt() {
    assertThatThrownBy(() -> read(PreprocessingException.failed("the table changes")))
        .isInstanceOf(PreprocessingException.class);
  }
}
