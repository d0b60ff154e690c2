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
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.evaluation.SplitCounts;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.exchange.DriverChannel;
import org.sparkmto.exchange.ExchangeException;
import org.sparkmto.exchange.RankFailure;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.input.BatchPlan;
import org.sparkmto.input.BatchStream;
import org.sparkmto.input.Buffering;
import org.sparkmto.input.RankBatch;
import org.sparkmto.input.SplitSource;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Replica;
import org.sparkmto.network.Safetensors;
import org.sparkmto.network.SafetensorsException;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.storage.StorageException;

/** One rank through one segment: the body of a task of the barrier stage. */
final class RankTask {
  private final Segment segment;
  private final Configuration hadoop;
  private final TrainingConfiguration configuration;
  private final DatasetManifest manifest;
  private final Checkpoints checkpoints;

  RankTask(Segment segment, Configuration hadoop) {
    this.segment = segment;
    this.hadoop = hadoop;
    this.configuration = TrainingConfiguration.parse(segment.configuration());
    this.manifest = DatasetManifest.parse(segment.manifest(), segment.data());
    this.checkpoints = new Checkpoints(RunDirectory.of(segment.run(), hadoop));
  }

  SegmentOutcome run(BarrierTaskContext context) throws InterruptedException {
    DriverChannel driver = new DriverChannel(segment.attempt());
    driver.started(context.partitionId());
    return telling(driver, context.partitionId(), () -> run(context, driver));
  }

  private SegmentOutcome run(BarrierTaskContext context, DriverChannel driver)
      throws InterruptedException {
    ComputeThreads.use(segment.threads());
    int rank = context.partitionId();
    int ranks = context.getTaskInfos().length;
    BatchPlan plan =
        new BatchPlan(
            configuration.batch(),
            rank,
            ranks,
            configuration.seed(),
            configuration.data().windowRows());
    Buffering buffering =
        new Buffering(
            (long) configuration.data().cacheMib() << 20, Buffering.DEFAULT.batchesAhead());
    try (BatchStream batches =
            BatchStream.open(
                source(configuration.trainSplit()),
                plan,
                buffering,
                configuration.augmentation(manifest),
                segment.from());
        Replica replica =
            Replica.of(configuration.networkPlan(manifest), Draws.of(configuration.seed()))) {
      Duration deadline = Duration.ofSeconds(configuration.cluster().deadlineSeconds());
      try (RankGroup group = Rendezvous.join(context.getTaskInfos(), rank, driver, deadline);
          GradientRoute route =
              GradientRoute.of(
                  configuration, new GradientRoute.Rank(replica, group, driver::weigh))) {
        return telling(driver, rank, () -> train(context, batches, replica, route, group));
      }
    }
  }

  private SegmentOutcome train(
      BarrierTaskContext context,
      BatchStream batches,
      Replica replica,
      GradientRoute route,
      RankGroup group) {
    Optional<WeightAverage> average = WeightAverage.of(configuration.average(), replica);
    try {
      return train(context, batches, replica, route, group, average);
    } finally {
      average.ifPresent(WeightAverage::close);
    }
  }

  private SegmentOutcome train(
      BarrierTaskContext context,
      BatchStream batches,
      Replica replica,
      GradientRoute route,
      RankGroup group,
      Optional<WeightAverage> average) {
    int rank = group.rank();
    average.ifPresent(kept -> restore(replica, kept));
    restore(replica, route);
    if (segment.start().isEmpty()) {
      average.ifPresent(kept -> kept.begin(replica));
    }
    for (long number = segment.from(); number < segment.to(); number++) {
      if (context.isInterrupted()) {
        throw new TaskKilledException("rank " + rank + " was cancelled at step " + number);
      }
      RankBatch batch = batches.next();
      route.step(batch.host(), batch.step(), batch.epoch());
      average.ifPresent(kept -> kept.take(replica));
    }
    averageBuffers(replica, group);
    List<CheckpointFile> files = save(replica, route, rank);
    average.ifPresent(kept -> kept.exchange(replica));
    if (average.isPresent() && rank == 0) {
      files.add(checkpoints.write(segment.end(), Checkpoint.AVERAGE, replica.weights()::write));
    }
    SplitCounts validation = validate(replica, rank, group.size());
    return new SegmentOutcome(
        files, validation, group.bytesSent(), context.getTaskInfos()[rank].address());
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

  private static String reason(Throwable e) {
    return e instanceof RuntimeException && e.getMessage() != null ? e.getMessage() : e.toString();
  }

  /** What is wrong with data, settings or rights is wrong at the next attempt, too. */
  private static boolean lasting(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataContractException
          || cause instanceof ConfigurationException
          || cause instanceof SafetensorsException) {
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
    if (!segment.start().isEmpty()) {
      read(Checkpoint.AVERAGE, replica.weights()::read);
      average.begin(replica);
    }
  }

  private void restore(Replica replica, GradientRoute route) {
    if (segment.start().isEmpty()) {
      configuration.warmStart().ifPresent(warm -> warm.read(hadoop, replica));
      configuration.pretrained().ifPresent(file -> PretrainedFile.read(file, hadoop, replica));
      return;
    }
    read(Checkpoint.WEIGHTS, replica.weights()::read);
    read(
        Checkpoint.OPTIMIZER,
        (in, where) -> Safetensors.readFloats(in, where, route.optimizerState()));
    int tasks = replica.layout().heads().size();
    route
        .rowState()
        .ifPresent(
            state -> read(Checkpoint.METHOD, (in, where) -> state.restore(in, where, tasks)));
  }

  private void read(String name, Checkpoints.Reader reader) {
    try {
      for (CheckpointFile file : segment.startFiles()) {
        if (file.name().equals(name)) {
          checkpoints.read(segment.start(), file, reader);
          return;
        }
      }
      throw new UnsoundException(segment.start() + " has no " + name);
    } catch (UnsoundException e) {
      // A repetition would meet the same file; the driver knows where else to go on from.
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Rank 0 writes; what every rank holds a slice of, all of them send. */
  private List<CheckpointFile> save(Replica replica, GradientRoute route, int rank) {
    List<CheckpointFile> files = new ArrayList<>();
    if (rank == 0) {
      files.add(checkpoints.write(segment.end(), Checkpoint.WEIGHTS, replica.weights()::write));
      files.add(
          checkpoints.write(
              segment.end(),
              Checkpoint.OPTIMIZER,
              out -> Safetensors.writeFloats(out, route.optimizerState(), Map.of())));
    }
    int tasks = replica.layout().heads().size();
    route
        .rowState()
        .ifPresent(
            state -> {
              if (rank == 0) {
                files.add(
                    checkpoints.write(
                        segment.end(), Checkpoint.METHOD, out -> state.save(out, tasks)));
              } else {
                sendRows(state, tasks);
              }
            });
    return files;
  }

  private static void sendRows(RowState state, int tasks) {
    try {
      state.save(OutputStream.nullOutputStream(), tasks);
    } catch (IOException e) {
      throw new UncheckedIOException("a stream to nowhere cannot fail", e);
    }
  }

  /** Running statistics are per rank while it trains, as in PyTorch, and one afterwards. */
  private static void averageBuffers(Replica replica, RankGroup group) {
    if (replica.buffers().length() > 0 && group.size() > 1) {
      group.sum(replica.buffers().tensor());
      replica.buffers().scale(1.0 / group.size());
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
}
