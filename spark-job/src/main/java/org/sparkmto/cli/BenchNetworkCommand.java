package org.sparkmto.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.experiment.NamedOptions;
import org.sparkmto.experiment.NetworkBenchmark;
import org.sparkmto.experiment.NetworkMeasurement;
import org.sparkmto.experiment.PassComparison;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.trial.SyntheticData;
import org.sparkmto.trial.SyntheticProblem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures steps of a network. */
@Command(
    name = "network",
    description = {
      "Measures time and memory of training steps of a network, without Spark.",
      "One rank trains on one random batch in memory with the tasks of a data set, by gradient",
      "descent with momentum. The last line says how much the process grew after the first fifth of"
          + " the steps. The Java heap is part of",
      "it: with the JVM options -Xms1g -Xmx1g -XX:+AlwaysPreTouch it cannot grow, and growth is"
          + " that",
      "of native memory. Native memory is bounded by four times the heap unless the JVM option",
      "-Dorg.bytedeco.javacpp.maxphysicalbytes=16g or the like says otherwise.",
      "What glibc keeps of freed blocks is part of growth, too; with MALLOC_MMAP_THRESHOLD_=131072"
          + " in",
      "the environment large ones go back at once, at the price of slower steps."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto bench network --size 288x384 --batch 2 --steps 5",
      "  spark-mto bench network --network-option depth=18 --network-option width=16 \\",
      "      --size 72x96 --batch 4 --steps 200 --out memory",
      "  spark-mto bench network --network resnet18 --tasks celeba --size 64x64 --batch 32 \\",
      "      --recompute none,blocks"
    })
final class BenchNetworkCommand extends SubCommand {
  @Spec private CommandSpec spec;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      defaultValue = "deeplabv3plus",
      description = "The network. Default: ${DEFAULT-VALUE}.")
  private String network;

  @Option(
      names = "--network-option",
      paramLabel = "NAME=N",
      description = "An option of the network, such as depth=50. Repeatable.")
  private Map<String, Long> options = new LinkedHashMap<>();

  @Option(
      names = "--tasks",
      paramLabel = "NAME",
      defaultValue = "nyuv2",
      description =
          "Whose tasks: nyuv2 (13 classes, depth, normals), cityscapes (7 classes, inverse depth) "
              + "or celeba (40 binary attributes). Default: ${DEFAULT-VALUE}.")
  private String tasks;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      defaultValue = "288x384",
      description = "Height and width of images and maps. Default: ${DEFAULT-VALUE}.")
  private String size;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "2",
      description = "Images of the batch. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "5",
      description = "Steps; the first one is reported by itself. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--method",
      paramLabel = "NAME[:option=value,...]",
      defaultValue = "ew",
      description = "The method with its options. Default: ${DEFAULT-VALUE}.")
  private String method;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the rank. Default: all cores.")
  private Integer threads;

  @Option(
      names = "--recompute",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "none",
      description = {
        "What backward passes compute again, as network.recompute: none or blocks. With"
            + " none,blocks the steps",
        "are measured with each, one after the other, and a table compares times and peaks."
            + " Default: ${DEFAULT-VALUE}."
      })
  private List<String> recompute;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "float32",
      description = {
        "In which numbers the network computes, as training.precision: float32 or bf16. With"
            + " float32,bf16 the",
        "table compares them, and how far Gram matrix and weights of the first step are from the"
            + " first's. Default: ${DEFAULT-VALUE}."
      })
  private List<String> precision;

  @Option(
      names = "--micro-batch",
      paramLabel = "N",
      split = ",",
      defaultValue = "0",
      description = {
        "Samples that go through the network at a time, as training.micro-batch; 0 for all of the"
            + " batch. With 0,4",
        "the table compares them. Default: ${DEFAULT-VALUE}."
      })
  private List<String> microBatch;

  @Option(
      names = "--look",
      paramLabel = "KEYS",
      description = {
        "A look of the method at the gradients, as keys of look: every=10, directions=8, or"
            + " 'directions=8, sketch=32768'. Repeatable;",
        "an empty one is the usual look at everything. The table compares mean times; take steps"
            + " for several looks."
      })
  private List<String> looks = List.of("");

  @Option(
      names = "--memory-format",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "contiguous",
      description = {
        "In which order images and maps lie in memory, as network.memory-format: contiguous or"
            + " channels-last.",
        "With both the table compares them. Default: ${DEFAULT-VALUE}."
      })
  private List<String> memoryFormat;

  @Option(
      names = "--statistics",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "rank",
      description = {
        "Over which samples batch normalisation takes its statistics, as network.statistics: rank,"
            + " synchronised, or",
        "ghost:N for groups of N. With several the table compares what one rank computes; nothing"
            + " is sent. Default: ${DEFAULT-VALUE}."
      })
  private List<String> statistics;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write memory.png, memory.csv (every step) and results.json there, too.")
  private Path out;

  @Override
  Work prepare() {
    if (out != null && Files.exists(out) && !Files.isDirectory(out)) {
      throw new ConfigurationException("--out " + out + ": there is a file of that name");
    }
    ImageSize image = ImageSize.parse(size);
    SyntheticData data = SyntheticData.of(tasks, image.height(), image.width());
    List<NetworkBenchmark.Settings> ways = new ArrayList<>();
    for (String passes : passes()) {
      ways.add(
          new NetworkBenchmark.Settings(
              new SyntheticProblem(network, options, data, batch),
              NamedOptions.of(method),
              threads != null ? threads : Runtime.getRuntime().availableProcessors(),
              steps,
              passes));
    }
    if (out != null && ways.size() > 1) {
      throw new ConfigurationException(
          "--out takes the files of one way to make passes, not of " + ways.size());
    }
    return () -> measure(ways);
  }

  /** How passes are to be made, each as a line of a configuration. */
  private List<String> passes() {
    List<String> ways = with("network.recompute", recompute, List.of(""));
    ways = with("training.precision", precision, ways);
    ways = with("network.memory-format", memoryFormat, ways);
    if (!statistics.equals(List.of("rank"))) {
      ways =
          with(
              "network.statistics",
              statistics.stream()
                  .map(name -> name.replace(":", ", network.ghost-samples = "))
                  .toList(),
              ways);
    }
    if (!microBatch.equals(List.of("0"))) {
      ways = with("training.micro-batch", microBatch, ways);
    }
    List<String> made = ways;
    return looks.stream()
        .flatMap(
            look ->
                made.stream().map(way -> look.isBlank() ? way : way + ", look { " + look + " }"))
        .toList();
  }

  private static List<String> with(String key, List<String> values, List<String> ways) {
    return ways.stream()
        .flatMap(
            way ->
                values.stream()
                    .map(value -> (way.isEmpty() ? "" : way + ", ") + key + " = " + value))
        .toList();
  }

  private void measure(List<NetworkBenchmark.Settings> ways) throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    List<NetworkMeasurement> all = new ArrayList<>();
    for (NetworkBenchmark.Settings settings : ways) {
      NetworkMeasurement measured = NetworkBenchmark.run(settings, spec.commandLine().getErr());
      all.add(measured);
      console.println(measured.toText());
      console.flush();
    }
    if (all.size() > 1) {
      console.print(new PassComparison(all).toText());
    }
    if (out != null) {
      write(all.get(0));
      console.println("As files: " + out + "/memory.png, memory.csv, results.json");
    }
    console.flush();
  }

  private void write(NetworkMeasurement measured) throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("results.json"), measured.toJson());
    Files.writeString(out.resolve("memory.csv"), measured.toCsv());
    PictureFile.write(measured.toPicture(), out.resolve("memory.png"));
  }
}
