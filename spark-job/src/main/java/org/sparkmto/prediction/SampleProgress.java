package org.sparkmto.prediction;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.sparkmto.naming.Counted;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Says how many samples are done and when all will be, at most every two seconds. What executors
 * count arrives with their heartbeats; it is shown, and never decides anything.
 */
final class SampleProgress extends SparkListener {
  private static final long PAUSE_NANOS = Duration.ofSeconds(2).toNanos();

  private final Consumer<String> console;
  private final String accumulator;
  private final long samples;
  private final long started = System.nanoTime();
  private final Map<Long, Long> done = new HashMap<>();
  private long spoken = started;

  SampleProgress(Consumer<String> console, String accumulator, long samples) {
    this.console = console;
    this.accumulator = accumulator;
    this.samples = samples;
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
    CollectionConverters.asJava(event.accumUpdates())
        .forEach(task -> count((Long) task._1(), CollectionConverters.asJava(task._4())));
    speak();
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    count(event.taskInfo().taskId(), CollectionConverters.asJava(event.taskInfo().accumulables()));
    speak();
  }

  private void count(long task, Iterable<AccumulableInfo> counted) {
    for (AccumulableInfo info : counted) {
      if (info.name().isDefined()
          && info.name().get().equals(accumulator)
          && info.update().isDefined()
          && info.update().get() instanceof Long so) {
        done.merge(task, so, Math::max);
      }
    }
  }

  private void speak() {
    long now = System.nanoTime();
    long finished = done.values().stream().mapToLong(Long::longValue).sum();
    if (finished == 0 || finished >= samples || now - spoken < PAUSE_NANOS) {
      return;
    }
    spoken = now;
    long left = Math.round((now - started) / 1e9 / finished * (samples - finished));
    console.accept(
        String.format(
            Locale.ROOT,
            "[predict] %,d of %s (%d%%)  ETA %d:%02d",
            finished,
            Counted.of(samples, "sample"),
            100 * finished / samples,
            left / 60,
            left % 60));
  }
}
