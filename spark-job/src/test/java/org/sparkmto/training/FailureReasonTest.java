package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureReasonTest {
  private static final String STANDALONE =
      "ExecutorLostFailure (executor 2 exited caused by one of the running tasks) Reason: Command"
          + " exited with code 137";

  /** As a standalone master, YARN and Kubernetes say it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        STANDALONE,
        "ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason:"
            + " Container from a bad node: container_1_0001_01_000002 on host: n. Exit status:"
            + " 137.",
        "ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: The"
            + " executor with id 1 exited with exit code 137(SIGKILL, possible container OOM)."
      })
  void aKilledExecutorIsSaidToWantMemory(String spark) {
    assertThat(SegmentAttempts.reason(new IllegalStateException(spark)))
        .startsWith(spark)
        .contains("no memory left")
        .endsWith("spark.executor.memoryOverhead)");
  }

  @Test
  void othersAreNot() {
    String other = STANDALONE.replace("137", "1370");
    assertThat(SegmentAttempts.reason(new IllegalStateException(other))).isEqualTo(other);
  }

  @Test
  void aFullHeapIsSaidToBeOne() {
    Throwable full = new IllegalStateException("a rank", new OutOfMemoryError("Java heap space"));
    assertThat(RankTask.reason(full))
        .startsWith("Java heap space: the heap of this JVM has ")
        .contains("raise spark.executor.memory, or lower data.cache-mib or data.window-rows");
  }
}
