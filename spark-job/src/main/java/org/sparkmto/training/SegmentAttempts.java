package org.sparkmto.training;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.analysis.GradientAnalysis;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.exchange.DriverDesk;
import org.sparkmto.exchange.RankFailure;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Weighing;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.Safetensors;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.DivergedException;
import org.sparkmto.step.ParameterGroups;

/**
 * Brings one segment after the other to its end: each is a barrier stage that starts from a
 * checkpoint, and one that fails is started again from there, as often as is allowed.
 */
final class SegmentAttempts {
  private static final String GROUP = "spark.jobGroup.id";

  /** Of a process that was killed by signal 9, in the words of Spark's different masters. */
  private static final Pattern KILLED =
      Pattern.compile("(?i)exit(ed with)? (code|status):? 137\\b");

  private static final String KILLED_WORDS =
      " (killed: if nobody did that, the machine or the container had no memory left; lower what"
          + " ranks hold outside the heap, or give executors more: spark.executor.memoryOverhead)";

  private final JavaSparkContext spark;
  private final RunPlan plan;
  private final RankSupply supply;
  private final RunDirectory directory;
  private final Checkpoints checkpoints;
  private final RunListener listener;
  private final RunStop stop;
  private final String driverStart = UUID.randomUUID().toString();
  private int attempts;

  /** Those of the attempt that was begun last. */
  private volatile Ranks ranks;

  private boolean partsToldOf;

  /** By the last attempt, of the room that there is. */
  private RankSupply.Shown shown = RankSupply.Shown.NOTHING;

  /** Where the ranks began to be as many as they are, to tell how long the rest takes. */
  private long firstStep = -1;

  private long began;

  /** What was said last of where the ranks compute. */
  private volatile String placement = "";

  private volatile ConfigurationException refused;

  SegmentAttempts(
      JavaSparkContext spark,
      RunPlan plan,
      Ranks ranks,
      RunDirectory directory,
      RunListener listener,
      RunStop stop) {
    this.spark = spark;
    this.plan = plan;
    this.ranks = ranks;
    this.supply = RankSupply.of(plan, new Cluster(spark), ranks.gpus());
    this.directory = directory;
    this.checkpoints = new Checkpoints(directory);
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * A segment that was made.
   *
   * @param segment as it was made
   * @param stopped whether it ended before it was to, without a look at the validation split
   * @param aggregator after its last step
   * @param ranks that made it
   * @param outcomes what the ranks brought back, in their order
   */
  record Made(
      Segment segment,
      boolean stopped,
      Aggregator aggregator,
      Ranks ranks,
      List<SegmentOutcome> outcomes) {}

  /**
   * Makes the steps of a segment.
   *
   * @param start the checkpoint of step {@code from}; null at the beginning of the run
   * @throws StartDamaged if the checkpoint it has to start from is not what was written
   * @throws TrainingFailedException if it fails more often than is allowed, or for a reason that
   *     will last
   * @throws DivergedException if a loss or gradient is not finite
   * @throws ConfigurationException if the ranks cannot compute where they are to
   */
  Made make(long from, long to, Checkpoint start) throws InterruptedException, StartDamaged {
    for (int attempt = 1; ; attempt++) {
      supply(from, to, attempt);
      Aggregator aggregator = plan.aggregator(told(listener, plan.layout()));
      if (start != null) {
        restore(aggregator, start, attempt);
      }
      attempts++;
      Segment segment = segment(from, to, start);
      Witness witness = new Witness(aggregator);
      listener.segmentBegins(ranks.count());
      try (DriverDesk desk =
          DriverDesk.open(
              segment.attempt(),
              witness::weigh,
              witness::failed,
              () -> stop.due().isPresent(),
              listener::rankSpent,
              this::placed)) {
        BarrierStage.Start soon = new BarrierStage.Start(deadline(), desk::started, listener::note);
        List<SegmentOutcome> outcomes = stage(segment, attempt, soon);
        SegmentOutcome first = outcomes.get(0);
        Segment made = segment.endedAt(first.step(), first.directory());
        shown = RankSupply.Shown.NOTHING;
        return new Made(made, first.step() < to, aggregator, ranks, outcomes);
      } catch (InterruptedException e) {
        throw e; // whoever trains no longer wants it; that is no failure
      } catch (Exception e) {
        // Spark throws its checked SparkException without declaring it to Java.
        failed(e, witness, start, from, to, attempt);
      }
    }
  }

  /**
   * Decides how many ranks the next attempt has, and says it where they are not as many as before.
   */
  private void supply(long from, long to, int attempt) throws InterruptedException {
    int before = ranks.count();
    int now;
    try {
      now = supply.next(before, shown, () -> stop.asked().isPresent(), listener::note);
    } catch (NotStartedException e) {
      throw ended(from, to, attempt, String.valueOf(e.getMessage()), e);
    }
    if (now != before) {
      ranks = ranks.with(now);
      firstStep = -1;
      listener.note(supply.change(before, now, from, shown));
      Cluster cluster = new Cluster(spark);
      cluster
          .memoryWarning(plan.nativeBytesPerRank(now), now, ranks.gpus())
          .ifPresent(listener::note);
      cluster.heapWarning(plan.heapBytesPerRank(now), now, ranks.gpus()).ifPresent(listener::note);
      if (!partsToldOf) {
        plan.partsCaution(before, now).ifPresent(listener::note);
        partsToldOf = true;
      }
    }
  }

  /** Runs the ranks, in the run's own group of jobs unless who trains has one. */
  private List<SegmentOutcome> stage(Segment segment, int attempt, BarrierStage.Start soon)
      throws InterruptedException {
    SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
    boolean grouped = spark.getLocalProperty(GROUP) != null;
    if (!grouped) {
      spark.setLocalProperty(GROUP, directory.runName());
    }
    try {
      return new BarrierStage(spark, ranks.count(), description(segment, attempt), ranks.gpus())
          .run(
              SegmentOutcome.class,
              soon,
              context -> new RankTask(segment, hadoop.value()).run(context));
    } finally {
      if (!grouped) {
        spark.setLocalProperty(GROUP, null);
      }
    }
  }

  /** Says once where the ranks compute, as soon as all have told what they have found. */
  private void placed(Map<Integer, byte[]> found) {
    if (found.size() < ranks.count()) {
      return;
    }
    try {
      String words =
          Placement.of(plan.configuration().cluster().device(), RankGpu.of(found)).words();
      if (!words.equals(placement)) {
        placement = words;
        listener.note(words);
      }
    } catch (ConfigurationException e) {
      // The ranks come to the same end, and fail.
      refused = e;
    }
  }

  private Duration deadline() {
    return Duration.ofSeconds(plan.configuration().cluster().deadlineSeconds());
  }

  private static Aggregator.Listener told(RunListener listener, ParameterLayout layout) {
    return new Aggregator.Listener() {
      @Override
      public void weighed(Observation seen, Weighing weighing) {
        listener.stepWeighed(seen, weighing);
      }

      @Override
      public void clipped(long step, double norm) {
        listener.stepClipped(step, norm);
      }

      @Override
      public void looked(long step, SymmetricMatrix products) {
        listener.stepLooked(step, products);
      }

      @Override
      public void lookErred(long step, double error) {
        listener.lookErred(step, error);
      }

      @Override
      public void analysed(long step, long epoch, GradientSums sums) {
        listener.stepAnalysed(
            step, epoch, GradientAnalysis.of(sums, ParameterGroups.layers(layout)));
      }
    };
  }

  private Segment segment(long from, long to, Checkpoint start) {
    return new Segment(
        driverStart + "/" + from + "/" + attempts,
        plan.configuration().render(),
        plan.dataset().manifest().toJson(),
        plan.dataset().root().toString(),
        directory.name(),
        from,
        to,
        start == null ? "" : start.directory(),
        start == null ? List.of() : start.files(),
        checkpoints.fresh(to),
        ranks.threads(),
        ranks.gpus().source(),
        to == plan.segmentEnd(0));
  }

  /** For Spark's web interface: "imtl-1: steps 100 to 200 of 300, about 0:42 left". */
  private String description(Segment segment, int attempt) {
    return "%s: steps %d to %d of %d%s%s"
        .formatted(
            new Path(directory.name()).getName(),
            segment.from(),
            segment.to(),
            plan.steps(),
            attempt == 1 ? "" : ", attempt " + attempt,
            left(segment.from()));
  }

  /** At the pace of the segments that this driver has made, if there are any. */
  private String left(long from) {
    if (firstStep < 0 || from <= firstStep) {
      firstStep = from;
      began = System.nanoTime();
      return "";
    }
    double seconds = (System.nanoTime() - began) / 1e9 / (from - firstStep);
    return ", about " + Progress.duration((plan.steps() - from) * seconds) + " left";
  }

  private void restore(Aggregator aggregator, Checkpoint start, int attempt) throws StartDamaged {
    try {
      checkpoints.read(
          start.directory(),
          start.file(Checkpoint.AGGREGATOR).orElseThrow(),
          (in, where) -> aggregator.restore(Safetensors.readDoubles(in, where)));
    } catch (UnsoundException e) {
      throw new StartDamaged(attempt, e);
    }
  }

  /** A segment cannot be made because its checkpoint is damaged; an earlier one may be sound. */
  static final class StartDamaged extends Exception {
    private static final long serialVersionUID = 1;

    private final int attempt;

    StartDamaged(int attempt, UnsoundException damage) {
      super(String.valueOf(damage.getMessage()), damage);
      this.attempt = attempt;
    }

    /** The attempt that met it, from 1. */
    int attempt() {
      return attempt;
    }
  }

  /** Sees what one attempt's aggregator could not bear, and which rank complained first. */
  private static final class Witness {
    private final Aggregator aggregator;
    private volatile DivergedException diverged;
    private volatile RankFailure first;

    Witness(Aggregator aggregator) {
      this.aggregator = aggregator;
    }

    StepAnswer weigh(StepReport report) {
      try {
        return aggregator.weigh(report);
      } catch (DivergedException e) {
        diverged = e;
        throw e;
      }
    }

    synchronized void failed(RankFailure failure) {
      first = first == null ? failure : first;
    }
  }

  private void failed(
      Exception e, Witness witness, Checkpoint start, long from, long to, int attempt)
      throws StartDamaged {
    if (witness.diverged != null) {
      throw witness.diverged;
    }
    if (refused != null) {
      throw refused;
    }
    RankFailure told = witness.first;
    String reason = told == null ? reason(e) : "rank " + told.rank() + ": " + told.reason();
    boolean stopped =
        spark.sc().isStopped()
            || Thread.currentThread().isInterrupted()
            || stop.asked().isPresent();
    // Where their number may change, room that was not there after all is like a lost executor.
    boolean passing =
        e instanceof SparkException || (supply.isElastic() && e instanceof NotStartedException);
    shown =
        e instanceof NotStartedException failure
            ? RankSupply.Shown.by(failure, ranks.count(), deadline())
            : RankSupply.Shown.NOTHING;
    firstStep = -1; // what was lost, and waiting, would count as slow steps
    boolean lasting = !passing || (told != null && told.lasting());
    long restarts = plan.configuration().cluster().maxRestarts();
    if (start != null && !stopped && attempt <= restarts) {
      try {
        // What the next attempt would start from, and perhaps why this one failed.
        checkpoints.verify(start);
      } catch (UnsoundException damage) {
        throw new StartDamaged(attempt, damage);
      } catch (UncheckedIOException away) {
        e.addSuppressed(away); // a storage that is away must not hide what failed first
      }
    }
    if (stopped || lasting || attempt > restarts) {
      throw ended(from, to, attempt, reason, e);
    }
    listener.restarts(new RunListener.Restart(from, attempt, restarts, reason));
  }

  private static TrainingFailedException ended(
      long from, long to, int attempt, String reason, Exception cause) {
    return new TrainingFailedException(
        "steps %d to %d failed %sbecause of: %s"
            .formatted(from, to, attempt == 1 ? "" : attempt + " times, the last time ", reason),
        cause);
  }

  /** The line of Spark's long message that says what happened. */
  static String reason(Exception e) {
    List<String> lines = String.valueOf(e.getMessage()).strip().lines().limit(2).toList();
    boolean more = lines.size() > 1 && lines.get(0).endsWith("finished unsuccessfully.");
    String line = lines.get(more ? 1 : 0).strip();
    String found = line.length() <= 400 ? line : line.substring(0, 400) + " ...";
    return KILLED.matcher(line).find() ? found + KILLED_WORDS : found;
  }
}
