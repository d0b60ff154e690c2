package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BarrierStageTest {
  private static final AtomicInteger STARTED = new AtomicInteger();

  // The tasks, which run in this JVM, find them here: Spark copies whatever a task refers to.
  private static CountDownLatch busy;
  private static CountDownLatch over;

  private static JavaSparkContext spark;

  @BeforeAll
  static void open() {
    spark = Runs.spark("local[2]");
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  @BeforeEach
  void nobodyHasStarted() {
    STARTED.set(0);
  }

  private static BarrierStage.Start within(Duration deadline) {
    return new BarrierStage.Start(deadline, STARTED::get, line -> {});
  }

  @Test
  void resultsComeInTheOrderOfRanks() throws InterruptedException {
    List<Integer> ranks =
        new BarrierStage(spark, 2, "two ranks")
            .run(Integer.class, within(Duration.ofSeconds(30)), context -> context.partitionId());
    assertThat(ranks).containsExactly(0, 1);
  }

  @Test
  void aFailureOfARankIsThatOfSpark() {
    assertThatThrownBy(
            () ->
                new BarrierStage(spark, 2, "a failure")
                    .run(
                        Integer.class,
                        within(Duration.ofSeconds(30)),
                        context -> {
                          throw new IllegalStateException("rank " + context.partitionId());
                        }))
        .isInstanceOf(SparkException.class)
        .hasMessageContaining("IllegalStateException: rank");
  }

  /** Spark itself looks for slots at the submission alone, and then waits for ever. */
  @Test
  void tasksThatDoNotStartAreCancelledAtTheDeadline() throws Exception {
    busy = new CountDownLatch(2);
    over = new CountDownLatch(1);
    JavaFutureAction<Void> other =
        spark
            .parallelize(List.of(1, 2), 2)
            .foreachAsync(
                ignored -> {
                  busy.countDown();
                  over.await();
                });
    try {
      assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
      long start = System.nanoTime();
      assertThatThrownBy(
              () ->
                  new BarrierStage(spark, 2, "no room")
                      .run(
                          Integer.class,
                          within(Duration.ofSeconds(1)),
                          context -> STARTED.incrementAndGet()))
          .isInstanceOf(NotStartedException.class)
          .hasMessage(
              "the tasks of 2 ranks were not launched within 1 s: all threads of local[2] are"
                  + " busy");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
      while (spark.statusTracker().getActiveJobIds().length > 1) {
        Thread.sleep(20);
      }
    } finally {
      over.countDown();
    }
    other.get(30, TimeUnit.SECONDS);
    // What was cancelled does not start when there is room again.
    resultsComeInTheOrderOfRanks();
    assertThat(STARTED).hasValue(0);
  }

  @Test
  void aTaskThatIsLaunchedAndNeverRunsIsNotWaitedForLonger() {
    assertThatThrownBy(
            () ->
                new BarrierStage(spark, 2, "one is silent")
                    .run(
                        Integer.class,
                        within(Duration.ofSeconds(1)),
                        context -> {
                          if (context.partitionId() == 0) {
                            STARTED.incrementAndGet();
                          }
                          Thread.sleep(3000);
                          return 0;
                        }))
        .isInstanceOf(NotStartedException.class)
        .hasMessageStartingWith("the tasks of 2 ranks were not running within 1 s: ");
  }

  /** The deadline is for the start: what takes longer afterwards is not disturbed. */
  @Test
  void tasksThatHaveStartedMayTakeLonger() throws InterruptedException {
    assertThat(
            new BarrierStage(spark, 1, "long")
                .run(
                    Integer.class,
                    within(Duration.ofMillis(800)),
                    context -> {
                      STARTED.incrementAndGet();
                      Thread.sleep(2000);
                      return 5;
                    }))
        .containsExactly(5);
  }

  @Test
  void sparksPagesSayWhatTheStageDoes() throws Exception {
    List<String> seen = new ArrayList<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            seen.add("job " + job.properties().getProperty("spark.job.description"));
          }

          @Override
          public void onStageSubmitted(SparkListenerStageSubmitted stage) {
            seen.add("stage " + stage.stageInfo().name());
          }
        };
    spark.sc().addSparkListener(listener);
    try {
      new BarrierStage(spark, 1, "imtl: steps 0 to 9 of 20")
          .run(Integer.class, within(Duration.ofSeconds(30)), context -> 1);
      spark.sc().listenerBus().waitUntilEmpty();
    } finally {
      spark.sc().removeSparkListener(listener);
    }
    assertThat(seen)
        .containsExactly("job imtl: steps 0 to 9 of 20", "stage imtl: steps 0 to 9 of 20");
    assertThat(spark.getLocalProperty("spark.job.description")).isNull();
  }
}
