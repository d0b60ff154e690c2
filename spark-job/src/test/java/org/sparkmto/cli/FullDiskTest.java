package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FullDiskTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("SPARK_LOCAL_DIRS", "/a,/b");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No space left on device",
        "Job aborted due to stage failure: Lost task 0.0: java.io.IOException: No space left on"
            + " device",
        "Failed to create a temp directory (under /b) after 10 attempts!",
        "Disk quota exceeded"
      })
  void theDirectoryThatIsFullIsNamedAndWhatToSet(String message) {
    Throwable failure = new IllegalStateException("stage 3", new IOException(message));
    assertThat(FullDisk.advice(failure, ENVIRONMENT::get, path -> path.equals("/b") ? 0 : 1L << 40))
        .hasValueSatisfying(
            advice ->
                assertThat(advice)
                    .startsWith("a disk is full: that of /b. Temporary files are in /a (Spark's, ")
                    .contains("/b (Spark's, 0 MiB free)")
                    .contains(System.getProperty("java.io.tmpdir") + " (java.io.tmpdir, ")
                    .contains("SPARK_LOCAL_DIRS=DIR", "-Djava.io.tmpdir=DIR"));
  }

  @Test
  void anotherDiskMayBeFullAndOtherFailuresSayNothingOfDisks() {
    IOException full = new IOException("No space left on device");
    assertThat(FullDisk.advice(full, name -> null, path -> 1L << 40))
        .hasValueSatisfying(
            advice ->
                assertThat(advice)
                    .startsWith("a disk is full. Temporary files are in ")
                    .contains("(Spark's and java.io.tmpdir, 1,048,576 MiB free)"));
    assertThat(FullDisk.advice(new IOException("connection reset"), name -> null, path -> 0))
        .isEmpty();
  }
}
