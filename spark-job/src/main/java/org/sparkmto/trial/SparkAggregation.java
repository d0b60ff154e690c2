package org.sparkmto.trial;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.sparkmto.trial.ExchangeTimes.Cost;

/**
 * K gradients to the driver and the update back by Spark's own means, as whoever has nothing else
 * would do it.
 *
 * @param ranks whose gradients are added up
 * @param tasks K
 * @param parameters P, shared
 * @param steps that are timed, after one that is not
 */
record SparkAggregation(int ranks, int tasks, int parameters, int steps) {
  /** For all steps. */
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  /** With a deadline: a driver whose heap is too small loses a result and waits for it for ever. */
  Cost cost(JavaSparkContext spark) {
    String group = UUID.randomUUID().toString();
    spark.setJobGroup(group, ExchangeTimes.Way.SPARK.words(), true);
    Timer timer = new Timer(group, true);
    timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            spark.cancelJobGroup(group);
          }
        },
        DEADLINE.toMillis());
    try {
      return updates(spark);
    } finally {
      timer.cancel();
      spark.clearJobGroup();
    }
  }

  /** K gradients of every rank to the driver, which sends the update to all. */
  private Cost updates(JavaSparkContext spark) {
    JavaRDD<Integer> parts = spark.parallelize(IntStream.range(0, ranks).boxed().toList(), ranks);
    int rows = tasks;
    int columns = parameters;
    long before = parts.map(rank -> ExchangeTimes.settled()).reduce(Math::min);
    List<Long> nanos = new ArrayList<>();
    long rankPeak = 0;
    for (int step = 0; step <= steps; step++) {
      long start = System.nanoTime();
      float[][] sums =
          parts.treeAggregate(
              new float[0][],
              (none, rank) -> new float[rows][columns],
              (a, b) -> a.length == 0 ? b : b.length == 0 ? a : added(a, b));
      float[] update = new float[columns];
      for (float[] row : sums) {
        update[0] += row[0];
      }
      Broadcast<float[]> sent = spark.broadcast(update);
      long peak =
          parts.map(rank -> ProcessMemory.now().peak() + (long) sent.value()[0]).reduce(Math::max);
      if (step > 0) {
        nanos.add(System.nanoTime() - start);
      }
      rankPeak = peak;
      sent.destroy();
    }
    long gradients = (long) Float.BYTES * tasks * parameters;
    return new Cost(nanos, Double.NaN, false, gradients, ranks * gradients, rankPeak - before, 0);
  }

  private static float[][] added(float[][] sums, float[][] more) {
    for (int row = 0; row < sums.length; row++) {
      for (int i = 0; i < sums[row].length; i++) {
        sums[row][i] += more[row][i];
      }
    }
    return sums;
  }
}
