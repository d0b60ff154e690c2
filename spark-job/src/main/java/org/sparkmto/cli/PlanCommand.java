package org.sparkmto.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.Transport;
import org.sparkmto.experiment.ClusterShape;
import org.sparkmto.experiment.CostModel;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.trial.DeviceRanks;
import org.sparkmto.trial.ExchangeSpeed;
import org.sparkmto.trial.StepCosts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what steps would take. */
@Command(
    name = "plan",
    description = {
      "Says what a step would take on a cluster.",
      "For every level and look of a method it prints time, traffic and memory, and says which one"
          + " it proposes. The costs of its parts are measured here for about a minute on the"
          + " configuration's own",
      "network and data (--measure), or read from where that was done before (--costs)."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto plan --config conf/fashion-40.conf --measure --costs costs.json",
      "  spark-mto plan --config conf/fashion-40.conf --costs costs.json \\",
      "      --cluster deploy/standalone/shape.conf"
    })
final class PlanCommand extends SubCommand {
  private static final double MEBIBYTE = 1 << 20;

  /** Of ranks here, to join and in every message. */
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  @Spec private CommandSpec spec;
  @Mixin private ConfigurationOptions configuration;
  @Mixin private SparkSettings spark;

  @Option(names = "--measure", description = "Measure the costs of a step's parts here.")
  private boolean measure;

  @Option(
      names = "--costs",
      paramLabel = "FILE",
      description = "JSON with the costs: written by --measure, read without it.")
  private Path costs;

  @Option(names = "--cluster", paramLabel = "FILE", description = "HOCON with a cluster's shape.")
  private Path cluster;

  @Option(
      names = "--ranks",
      paramLabel = "N",
      split = ",",
      description =
          "Ranks, whatever the cluster's file says; of several numbers a table of steps is made.")
  private List<Integer> ranks = List.of();

  @Option(
      names = "--tasks",
      paramLabel = "K",
      split = ",",
      description =
          "Tasks, as if there were so many; several are rows of the table, too. Default: those of"
              + " the data.")
  private List<Integer> tasks = List.of();

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Samples of each rank, so that the batch grows with the ranks.")
  private Integer samples;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a measured rank. Default: all cores, or its share of them.")
  private Integer threads;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "5",
      description = "Measured steps of each kind. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--check",
      description = {
        "Also make steps of every way here, without Spark, and say how far they are from what was"
            + " said. With --ranks N",
        "of so many ranks at once, whose exchange is measured, too. Takes some minutes with many"
            + " tasks."
      })
  private boolean check;

  private Transport transport;

  @Override
  Work prepare() {
    if (!measure && costs == null) {
      throw new ConfigurationException(
          "--measure or --costs FILE is missing: costs must come from somewhere");
    }
    if (check && (cluster != null || samples != null || ranks.size() > 1 || !tasks.isEmpty())) {
      throw new ConfigurationException(
          "--check makes steps here; leave --cluster, --tasks and --samples out, and name one"
              + " number of --ranks");
    }
    if (steps < 1 || (samples != null && samples < 1) || tasks.stream().anyMatch(k -> k < 1)) {
      throw new ConfigurationException("--steps, --tasks and --samples must be 1 or more");
    }
    Config run = configuration.ofRun(spec.commandLine().getErr()::println);
    TrainingConfiguration wished =
        TrainingConfiguration.of(
            ConfigFactory.parseString("run.directory = none").withFallback(run));
    int batch = wished.batch();
    transport = wished.cluster().transport();
    Config shape =
        cluster == null ? ConfigFactory.empty() : ConfigurationOptions.ofFile("--cluster", cluster);
    List<ClusterShape> shapes = new ArrayList<>();
    if (ranks.isEmpty()) {
      shapes.add(ClusterShape.of(shape));
    }
    ranks.forEach(
        n ->
            shapes.add(
                ClusterShape.of(shape.withValue("ranks", ConfigValueFactory.fromAnyRef(n)))));
    for (ClusterShape each : shapes) {
      if (samples == null && batch < each.ranks()) {
        throw new ConfigurationException(
            "training.batch = " + batch + " leaves some of " + each.ranks() + " ranks idle");
      }
    }
    ClusterShape wanted = shapes.get(0);
    return () -> {
      StepCosts known = measure ? measured(run, batch) : read();
      if (check) {
        check(run, known, batch, wanted.ranks());
        return;
      }
      List<Integer> counts = tasks.isEmpty() ? List.of(known.tasks()) : tasks;
      if (shapes.size() > 1 || counts.size() > 1) {
        table(known, shapes, counts, batch);
      } else {
        print(known, model(known, wanted, batch, counts.get(0)), wanted, counts.get(0));
      }
      if (measure) {
        double heap = StepCosts.mostHeap(run, wanted.ranks(), spark.hadoop());
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
            Locale.ROOT, "a rank's input takes up to %.0f MiB of the heap%n", heap / MEBIBYTE);
        out.flush();
      }
    };
  }

  private StepCosts measured(Config run, int batch) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    StepCosts found =
        StepCosts.measure(
            run,
            batch,
            threads(),
            steps,
            spark.hadoop(),
            samples -> {
              err.println("measuring batches of " + samples);
              err.flush();
            });
    if (costs != null) {
      Files.writeString(costs, found.toJson());
    }
    return found;
  }

  private StepCosts read() throws IOException {
    if (!Files.isRegularFile(costs)) {
      throw new ConfigurationException("--costs " + costs + ": there is no such file");
    }
    return StepCosts.parse(Files.readString(costs), costs.toString());
  }

  private CostModel model(StepCosts known, ClusterShape shape, int batch, int count) {
    return new CostModel(
        known,
        shape,
        samples == null ? batch : Math.multiplyExact(samples, shape.ranks()),
        count,
        transport);
  }

  /** A row of milliseconds for every number of ranks and tasks. */
  private void table(StepCosts known, List<ClusterShape> shapes, List<Integer> counts, int batch) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s%n%n| ranks | tasks |", known.subject());
    List<CostModel.Prediction> ways = model(known, shapes.get(0), batch, counts.get(0)).all();
    ways.forEach(way -> out.printf(" %s |", way.what()));
    out.printf(" proposed |%n| ---: | ---: |%s --- |%n", " ---: |".repeat(ways.size()));
    for (ClusterShape shape : shapes) {
      for (int count : counts) {
        CostModel model = model(known, shape, batch, count);
        out.printf("| %d | %d |", shape.ranks(), count);
        model
            .all()
            .forEach(
                way ->
                    out.printf(
                        Locale.ROOT,
                        " %.1f%s |",
                        1e3 * way.seconds(),
                        way.memory() > shape.memory() ? ", too much memory" : ""));
        out.printf(" %s |%n", model.advice().way().what());
      }
    }
    out.flush();
  }

  private void print(StepCosts known, CostModel model, ClusterShape shape, int count) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s, measured with batches of %d and %d; %d tasks, %,d shared of %,d parameters%n",
        known.subject(),
        known.batches().get(0).samples(),
        known.batches().get(1).samples(),
        count,
        known.shared(),
        known.total());
    out.printf(
        Locale.ROOT,
        "%d ranks of %.3g times that speed, %.3g Gbit/s, %.3g ms a message, %.3g ms to the"
            + " driver%n%n",
        shape.ranks(),
        shape.speed(),
        shape.bandwidth() * Byte.SIZE / 1e9,
        1e3 * shape.latency(),
        1e3 * shape.driver());
    out.printf(
        "%-34s %12s %8s %12s %12s %10s%n",
        "way", "ms a step", "of equal", "MiB sent", "KiB driver", "MiB rank");
    double plain = model.plain().seconds();
    for (CostModel.Prediction each : model.all()) {
      out.printf(
          Locale.ROOT,
          "%-34s %12.1f %8.2f %12.2f %12.2f %10.0f%s%n",
          each.what(),
          1e3 * each.seconds(),
          each.seconds() / plain,
          each.sent() / MEBIBYTE,
          each.toDriver() / 1024,
          each.memory() / MEBIBYTE,
          each.memory() > shape.memory() ? "  too much" : "");
    }
    CostModel.Advice advice = model.advice();
    out.printf("%nproposed: %s (%s)%n", advice.way().what(), advice.reason());
    out.flush();
  }

  private void check(Config run, StepCosts known, int batch, int count) {
    PrintWriter out = spec.commandLine().getOut();
    try (DeviceRanks here = DeviceRanks.onCpu(count, DEADLINE, transport)) {
      ClusterShape shape = shape(here, known);
      out.printf("%-34s %12s %12s %8s%n", "way", "ms said", "ms measured", "of it");
      for (CostModel.Prediction each : model(known, shape, batch, known.tasks()).all()) {
        double measured =
            StepCosts.step(run, each.lines(), here, threads(), Math.max(steps, 10), spark.hadoop());
        out.printf(
            Locale.ROOT,
            "%-34s %12.1f %12.1f %8.2f%n",
            each.what(),
            1e3 * each.seconds(),
            1e3 * measured,
            each.seconds() / measured);
        out.flush();
      }
    }
  }

  /** Ranks that ask nobody. */
  private ClusterShape shape(DeviceRanks here, StepCosts known) {
    ClusterShape one = ClusterShape.of(ConfigFactory.parseString("driver-ms = 0"));
    if (here.size() == 1) {
      return one;
    }
    ExchangeSpeed speed = ExchangeSpeed.of(here, known.total());
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%d ranks of %d threads, %.3g Gbit/s, %.3g ms a message%n",
            here.size(),
            threads(),
            speed.bandwidth() * Byte.SIZE / 1e9,
            1e3 * speed.latency());
    return new ClusterShape(
        here.size(), one.speed(), one.memory(), speed.bandwidth(), speed.latency(), 0);
  }

  /** Ranks here share the cores. */
  private int threads() {
    int here = check && !ranks.isEmpty() ? ranks.get(0) : 1;
    return threads != null
        ? threads
        : Math.max(1, Runtime.getRuntime().availableProcessors() / here);
  }
}
