package org.sparkmto.training;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.TaskKilledException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.evaluation.ConstantAnswers;
import org.sparkmto.evaluation.ConstantAnswers.Counted;
import org.sparkmto.evaluation.SplitCounts;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.exchange.DriverChannel;
import org.sparkmto.exchange.DriverLink;
import org.sparkmto.exchange.ExchangeException;
import org.sparkmto.exchange.NcclGroup;
import org.sparkmto.exchange.RankFailure;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.TimedGroup;
import org.sparkmto.input.BatchStream;
import org.sparkmto.input.RankBatch;
import org.sparkmto.input.SplitSource;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Device;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.network.SafetensorsException;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.step.RankStatistics;
import org.sparkmto.storage.StorageException;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/** One rank through one segment: the body of a task of the barrier stage. */
final class RankTask {
  /** How often the driver hears where the time of the steps goes; a gauge needs no more. */
  private static final Duration TELLING = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(RankTask.class);

  private final Segment segment;
  private final Configuration hadoop;
  private final TrainingConfiguration configuration;
  private final DatasetManifest manifest;
  private final Checkpoints checkpoints;
  private final StartFiles startFiles;

  RankTask(Segment segment, Configuration hadoop) {
    this.segment = segment;
    this.hadoop = hadoop;
    this.configuration = TrainingConfiguration.parse(segment.configuration());
    this.manifest = DatasetManifest.parse(segment.manifest(), segment.data());
    this.checkpoints = new Checkpoints(RunDirectory.of(segment.run(), hadoop));
    this.startFiles = new StartFiles(checkpoints, segment.start(), segment.startFiles());
  }

  SegmentOutcome run(BarrierTaskContext context) throws InterruptedException {
    DriverChannel driver = new DriverChannel(segment.attempt());
    driver.started(context.partitionId());
    return telling(driver, context.partitionId(), () -> run(context, driver));
  }

  private SegmentOutcome run(BarrierTaskContext context, DriverChannel driver)
      throws InterruptedException {
    int rank = context.partitionId();
    int ranks = context.getTaskInfos().length;
    Optional<RankGpu> gpu = gpu(context);
    Device device = gpu.isEmpty() ? Device.CPU : device(gpu.get(), ranks, driver);
    ComputeThreads.use(segment.threads());
    device.settle(configuration.cluster().deterministic());
    NetworkPlan plan = configuration.networkPlan(manifest);
    if (segment.first() && !device.isCuda()) {
      configuration.training().precision().caution().ifPresent(LOG::warn);
    }
    try (BatchStream batches =
            TrainingBatches.open(
                configuration,
                source(configuration.trainSplit()),
                configuration.batch(),
                rank,
                ranks,
                segment.from());
        Replica replica =
            Replica.of(
                plan.madeOf(
                    NetworkScripts.ofRun(configuration, RunDirectory.of(segment.run(), hadoop))),
                Draws.of(configuration.seed()),
                device)) {
      Duration deadline = Duration.ofSeconds(configuration.cluster().deadlineSeconds());
      StepClock clock = replica.clock();
      try (RankGroup group =
              new TimedGroup(
                  Rendezvous.join(
                      context,
                      driver,
                      device,
                      deadline,
                      configuration.cluster().transport(),
                      configuration.cluster().peers()),
                  clock);
          DriverLink aggregator = new DriverLink(driver, clock);
          GradientRoute route =
              GradientRoute.of(configuration, new GradientRoute.Rank(replica, group, aggregator))) {
        return telling(
            driver,
            rank,
            () ->
                train(context, driver, batches, replica, route, group)
                    .on(gpu.map(own -> own.words(device)).orElse("")));
      }
    }
  }

  /** The GPU of this rank, or what is wrong with it; empty if Spark was asked for none. */
  private Optional<RankGpu> gpu(BarrierTaskContext context) {
    if (!segment.gpus().asked()) {
      return Optional.empty();
    }
    int rank = context.partitionId();
    boolean alone = context.getTaskInfos().length == 1;
    return Optional.of(
        RankGpu.found(
            rank,
            Rendezvous.host(context.getTaskInfos()[rank]),
            segment.gpus().address(context),
            Optional.ofNullable(System.getenv("CUDA_VISIBLE_DEVICES")),
            device -> device.unusable().or(alone ? Optional::empty : NcclGroup::obstacle),
            alone ? device -> "" : Device::uuid));
  }

  /** All ranks compute on GPUs, or none does: each tells what it has found, and all conclude. */
  private Device device(RankGpu own, int ranks, DriverChannel driver) throws InterruptedException {
    Duration deadline = Duration.ofSeconds(configuration.cluster().deadlineSeconds());
    List<RankGpu> found = RankGpu.of(driver.awaitPlaces(own.rank(), ranks, own.bytes(), deadline));
    return Placement.of(configuration.cluster().device(), found).devices().get(own.rank());
  }

  private SegmentOutcome train(
      BarrierTaskContext context,
      DriverChannel driver,
      BatchStream batches,
      Replica replica,
      GradientRoute route,
      RankGroup group) {
    Optional<WeightAverage> average =
        WeightAverage.of(configuration.average(), RunLength.of(configuration, manifest), replica);
    try {
      return train(context, driver, batches, replica, route, group, average);
    } finally {
      average.ifPresent(WeightAverage::close);
    }
  }

  private SegmentOutcome train(
      BarrierTaskContext context,
      DriverChannel driver,
      BatchStream batches,
      Replica replica,
      GradientRoute route,
      RankGroup group,
      Optional<WeightAverage> average) {
    int rank = group.rank();
    List<FlatVector> ofRank = new ArrayList<>(List.of(replica.buffers()));
    average.map(WeightAverage::statistics).ifPresent(ofRank::add);
    RankStatistics statistics = new RankStatistics(ofRank, group);
    average.ifPresent(kept -> restore(replica, kept));
    restore(replica, route, statistics);
    if (segment.start().isEmpty()) {
      average.ifPresent(kept -> kept.start(replica));
    }
    StepClock clock = replica.clock();
    clock.start();
    long number = segment.from();
    for (boolean last = false; number < segment.to() && !last; number++) {
      if (context.isInterrupted()) {
        throw new TaskKilledException("rank " + rank + " was cancelled at step " + number);
      }
      RankBatch batch = clock.during(StepPhase.DATA, batches::next);
      last = route.step(batch.host(), batch.step(), batch.epoch());
      average.ifPresent(
          kept -> clock.spend(StepPhase.OPTIMIZER, () -> kept.take(replica, batch.step())));
      if (clock.passed(TELLING)) {
        driver.spent(rank, clock.seconds());
      }
    }
    Map<StepPhase, Double> seconds = clock.stop();
    boolean stopped = number < segment.to();
    String end = stopped && rank == 0 ? checkpoints.fresh(number) : segment.end();
    Optional<List<float[]>> ofRanks =
        stopped && statistics.differ() ? Optional.of(statistics.gathered()) : Optional.empty();
    // Per rank while it trains, as in PyTorch, and one afterwards.
    statistics.average();
    List<CheckpointFile> files = save(replica, route, rank, end);
    if (ofRanks.isPresent() && rank == 0) {
      files.add(
          checkpoints.write(
              end, Checkpoint.STATISTICS, out -> statistics.save(ofRanks.get(), out)));
    }
    Optional<WeightAverage> begun = average.filter(WeightAverage::hasBegun);
    begun.ifPresent(kept -> kept.exchange(replica));
    if (begun.isPresent() && rank == 0) {
      files.add(checkpoints.write(end, Checkpoint.AVERAGE, replica.weights()::write));
    }
    // What the uninterrupted run does not look at must not choose the model, nor count as patience.
    SplitCounts validation = stopped ? SplitCounts.none() : validate(replica, rank, group.size());
    return new SegmentOutcome(
        files,
        validation,
        stopped ? Counted.NOTHING : constantAnswers(replica, rank, group.size()),
        group.bytesSent(),
        context.getTaskInfos()[rank].address(),
        "",
        number,
        end,
        seconds);
  }

  private interface Work {
    SegmentOutcome run() throws InterruptedException;
  }

  /**
   * Tells the driver what went wrong here while the group is still whole. Otherwise a peer that
   * merely lost this rank could be heard first, and its complaint taken for the reason.
   */
  private static SegmentOutcome telling(DriverChannel driver, int rank, Work work)
      throws InterruptedException {
    try {
      return work.run();
    } catch (ExchangeException | TaskKilledException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      try {
        driver.failed(new RankFailure(rank, reason(e), lasting(e)));
      } catch (RuntimeException silent) {
        e.addSuppressed(silent);
      }
      throw e;
    }
  }

  static String reason(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return "%s: the heap of this JVM has %d MiB; raise spark.executor.memory, or lower data.cache-mib or data.window-rows"
            .formatted(cause.getMessage(), Runtime.getRuntime().maxMemory() >> 20);
      }
    }
    return e instanceof RuntimeException && e.getMessage() != null ? e.getMessage() : e.toString();
  }

  /** What is wrong with data, settings, rights or libraries is so at the next attempt, too. */
  private static boolean lasting(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataContractException
          || cause instanceof ConfigurationException
          || cause instanceof SafetensorsException
          || cause instanceof LinkageError) {
        return true;
      }
    }
    return StorageException.isLasting(e);
  }

  private SplitSource source(String split) {
    return new SplitSource(
        manifest,
        new Path(segment.data()),
        hadoop,
        split,
        SplitEvaluation.columns(configuration.tasks(manifest)));
  }

  /** Through the replica, whose own weights come after. */
  private void restore(Replica replica, WeightAverage average) {
    if (startFiles.has(Checkpoint.AVERAGE)) {
      startFiles.read(Checkpoint.AVERAGE, replica.weights()::read);
      average.begin(replica);
    }
  }

  private void restore(Replica replica, GradientRoute route, RankStatistics statistics) {
    if (segment.start().isEmpty()) {
      configuration.warmStart().ifPresent(start -> new WarmStart(start).read(hadoop, replica));
      configuration
          .network()
          .pretrainedFile()
          .ifPresent(file -> PretrainedFile.read(file, hadoop, replica));
      return;
    }
    startFiles.restore(replica, route, statistics);
  }

  /** Rank 0 writes; what every rank holds a slice of, all of them send. */
  private List<CheckpointFile> save(Replica replica, GradientRoute route, int rank, String end) {
    List<CheckpointFile> files = new ArrayList<>();
    if (rank == 0) {
      files.add(checkpoints.write(end, Checkpoint.WEIGHTS, replica.weights()::write));
    }
    write(rank, end, Checkpoint.OPTIMIZER, route::saveOptimizer).ifPresent(files::add);
    int tasks = replica.layout().heads().size();
    route
        .rowState()
        .flatMap(state -> write(rank, end, Checkpoint.METHOD, out -> state.save(out, tasks)))
        .ifPresent(files::add);
    return files;
  }

  /** A file of rank 0 to which all ranks contribute. */
  private Optional<CheckpointFile> write(
      int rank, String end, String name, Checkpoints.Content content) {
    if (rank == 0) {
      return Optional.of(checkpoints.write(end, name, content));
    }
    try {
      content.writeTo(OutputStream.nullOutputStream());
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("a stream to nowhere cannot fail", e);
    }
  }

  private SplitCounts validate(Replica replica, int rank, int ranks) {
    String split = configuration.validationSplit();
    if (split.isEmpty()) {
      return SplitCounts.none();
    }
    return configuration
        .evaluation(manifest)
        .withLosses()
        .count(replica, source(split), rank, ranks);
  }

  /** What every network has to be better than: asked where a run is evaluated first. */
  private Counted constantAnswers(Replica replica, int rank, int ranks) {
    String split = configuration.validationSplit();
    if (split.isEmpty() || !segment.first()) {
      return Counted.NOTHING;
    }
    return new ConstantAnswers(
            manifest, configuration.tasks(manifest), configuration.evaluation(manifest))
        .count(replica, source(split), rank, ranks);
  }
}
