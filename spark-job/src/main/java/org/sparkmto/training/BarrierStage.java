package org.sparkmto.training;

import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkStatusTracker;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.sparkmto.naming.Counted;
import scala.Function1;
import scala.Option;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * One barrier stage, all of whose tasks run at the same time: the only place that sees Scala. Spark
 * looks for slots when a stage is submitted; if they go away afterwards it waits for ever, so here
 * the start of the tasks has a deadline.
 */
public final class BarrierStage {
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration FIRST_WORD = Duration.ofSeconds(10);
  private static final Duration NEXT_WORD = Duration.ofSeconds(30);

  private final JavaSparkContext spark;
  private final int ranks;
  private final String description;
  private final GpuTasks gpus;

  /**
   * A stage to be run, whose tasks have what every task of the application has.
   *
   * @param description what it does, for the pages of Spark's web interface
   */
  public BarrierStage(JavaSparkContext spark, int ranks, String description) {
    this(spark, ranks, description, GpuTasks.none());
  }

  /**
   * A stage to be run.
   *
   * @param description what it does, for the pages of Spark's web interface
   * @param gpus what its tasks are to have
   */
  public BarrierStage(JavaSparkContext spark, int ranks, String description, GpuTasks gpus) {
    this.spark = spark;
    this.ranks = ranks;
    this.description = description;
    this.gpus = gpus;
  }

  /** What one task does. */
  public interface Body<R> extends Serializable {
    R run(BarrierTaskContext context) throws Exception;
  }

  /**
   * How long the tasks may take to start.
   *
   * @param deadline from the submission until executors have them, and from then until all run
   * @param started how many have said that they run
   * @param console hears what is waited for
   */
  public record Start(Duration deadline, IntSupplier started, Consumer<String> console) {}

  /**
   * Runs the body once per rank and gives the results in the order of ranks.
   *
   * @throws NotStartedException if the tasks do not start in time; the stage is cancelled then
   */
  public <R> List<R> run(Class<R> type, Start start, Body<R> body) throws InterruptedException {
    List<Integer> numbers = IntStream.range(0, ranks).boxed().toList();
    Function1<Iterator<Integer>, Iterator<R>> task =
        (Function1<Iterator<Integer>, Iterator<R>> & Serializable)
            ignored -> CollectionConverters.asScala(List.of(once(body)).iterator());
    spark.setJobDescription(description);
    spark.setCallSite(description);
    JavaFutureAction<List<R>> stage;
    try {
      RDD<Integer> rows = spark.parallelize(numbers, ranks).rdd();
      gpus.profile().ifPresent(rows::withResources);
      stage =
          rows.barrier()
              .<R>mapPartitions(task, false, ClassTag$.MODULE$.<R>apply(type))
              .toJavaRDD()
              .collectAsync();
    } finally {
      spark.clearCallSite();
      spark.setJobDescription(null);
    }
    try {
      return awaited(stage, start);
    } catch (InterruptedException | NotStartedException e) {
      stage.cancel(true);
      throw e;
    }
  }

  private <R> List<R> awaited(JavaFutureAction<List<R>> stage, Start start)
      throws InterruptedException {
    try {
      await(stage, start, "launched", () -> launched(stage) || start.started().getAsInt() > 0);
      await(stage, start, "running", () -> start.started().getAsInt() >= ranks);
      // From here on every rank has deadlines of its own, and Spark misses an executor that is
      // lost.
      return stage.get();
    } catch (ExecutionException e) {
      throw BarrierStage.<RuntimeException>asThrown(e.getCause());
    }
  }

  /** Waits until the tasks are so far, or the stage has ended; two such waits follow each other. */
  private void await(JavaFutureAction<?> stage, Start start, String what, BooleanSupplier soFar)
      throws InterruptedException {
    long begin = System.nanoTime();
    Duration nextWord = FIRST_WORD;
    while (!stage.isDone() && !soFar.getAsBoolean()) {
      Thread.sleep(LOOK.toMillis());
      Duration waited = Duration.ofNanos(System.nanoTime() - begin);
      if (waited.compareTo(start.deadline()) >= 0) {
        throw new NotStartedException(
            "%s were not %s within %d s: %s"
                .formatted(tasks(), what, start.deadline().toSeconds(), found()),
            start.started().getAsInt());
      }
      if (waited.compareTo(nextWord) >= 0) {
        start
            .console()
            .accept(
                "waiting for %s to be %s: %s; for %d s now, at most %d s"
                    .formatted(
                        tasks(), what, found(), waited.toSeconds(), start.deadline().toSeconds()));
        nextWord = nextWord.plus(NEXT_WORD);
      }
    }
  }

  /** Whether executors have been given the tasks: all at once, as this is a barrier. */
  private boolean launched(JavaFutureAction<?> stage) {
    SparkStatusTracker tracker = spark.sc().statusTracker();
    return stage.jobIds().stream()
        .map(tracker::getJobInfo)
        .filter(Option::isDefined)
        .flatMapToInt(job -> Arrays.stream(job.get().stageIds()))
        .mapToObj(tracker::getStageInfo)
        .anyMatch(info -> info.isDefined() && info.get().numActiveTasks() > 0);
  }

  /** Spark's checked SparkException, which none of its methods declares to Java. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E asThrown(Throwable cause) throws E {
    throw (E) cause;
  }

  private String tasks() {
    return "the tasks of " + Counted.of(ranks, "rank");
  }

  /** What there is to run them. */
  private String found() {
    if (spark.isLocal()) {
      return "all threads of " + spark.master() + " are busy";
    }
    return new Cluster(spark).room(gpus);
  }

  private static <R> R once(Body<R> body) {
    try {
      return body.run(BarrierTaskContext.get());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the task was cancelled", e);
    } catch (Exception e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
