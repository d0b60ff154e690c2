package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.experiment.DeviceCheck;
import org.sparkmto.experiment.DeviceSpeed;
import org.sparkmto.experiment.ExchangeCheck;
import org.sparkmto.experiment.GradientCheck;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.network.Device;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.trial.DeviceExchange;
import org.sparkmto.trial.DeviceSteps;
import org.sparkmto.trial.SyntheticProblem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks a device against the CPU, and measures it. */
@Command(
    name = "device",
    description = {
      "Checks what a device computes against the CPU, and how fast it is, without Spark.",
      "Every method makes the same steps from the same weights on both, on the device twice; the"
          + " table says how",
      "far apart they end, and whether the device repeats its bits. Then all GPUs of the machine"
          + " exchange, or two",
      "ranks on the CPU: every operation, every method beside one rank, a rank that is lost, two"
          + " ranks on one GPU.",
      "Gradients of small networks of each kind and their inner products stand beside the CPU's, in"
          + " 32 and in 16 bits.",
      "Then steps of a ResNet-18 with 40 binary tasks and of a DeepLabV3+ with the three of NYUv2"
          + " are timed, in 32",
      "and in 16 bits. Exit code 1 if something is too far from the CPU or does not repeat."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto bench device --device cuda:0",
      "  spark-mto bench device --device cpu --methods ew,imtl-g,mao --steps 5 --quick"
    })
final class BenchDeviceCommand extends SubCommand {
  /** As many parameters as a ResNet-18 has. */
  private static final int MOVED = 11_000_000;

  private static final int QUICKLY_MOVED = 100_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cuda:0",
      description = "cpu, or cuda: and the number of a GPU. Default: ${DEFAULT-VALUE}.")
  private String device;

  @Mixin private MethodsOption methods;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20",
      description = "Steps of every method, 2 or more. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "512",
      description = "Images of a timed step of the ResNet-18. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads of the host. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--quick",
      description =
          "Times networks of width 8 on few images, and moves little: whether it works, no more.")
  private boolean quick;

  @Override
  Work prepare() {
    Device checked =
        Device.parse(device)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "--device %s: it must be cpu, or cuda:N with the number of a GPU"
                            .formatted(device)));
    if (steps < 2 || batch < 2 || threads < 1) {
      throw new ConfigurationException(
          "--steps and --batch must be 2 or more, --threads 1 or more; they are %d, %d and %d"
              .formatted(steps, batch, threads));
    }
    checked
        .unusable()
        .ifPresent(
            reason -> {
              throw new ConfigurationException("--device " + device + ": " + reason);
            });
    List<MethodEntry> chosen = methods.chosen();
    return () -> {
      PrintWriter console = spec.commandLine().getOut();
      List<DeviceCheck.Row> rows =
          new DeviceCheck(
                  new DeviceSteps(SyntheticProblem.small(4, 32), checked, threads, steps), chosen)
              .run(console);
      List<DeviceExchange.Finding> findings =
          new ExchangeCheck(
                  DeviceExchange.beside(checked, quick ? QUICKLY_MOVED : MOVED), chosen, steps)
              .run(console);
      List<GradientCheck.Row> gradients =
          new GradientCheck(
                  compared().stream()
                      .map(problem -> new DeviceSteps(problem, checked, threads, 2))
                      .toList())
              .run(console);
      for (SyntheticProblem problem : timed()) {
        new DeviceSpeed(new DeviceSteps(problem, checked, threads, quick ? 2 : steps)).run(console);
      }
      long failing =
          rows.stream().filter(row -> !row.passes()).count()
              + findings.stream().filter(found -> !ExchangeCheck.passes(found)).count()
              + gradients.stream().filter(row -> !row.passes()).count();
      if (failing > 0) {
        throw new DeviceDiffersException(
            "%d of %d rows fail: %s computes something else than the CPU, or not twice the same"
                .formatted(failing, rows.size() + findings.size() + gradients.size(), checked));
      }
    };
  }

  /** Small networks, with what each kind of network has: interpolation, unpooling, regions. */
  private List<SyntheticProblem> compared() {
    List<SyntheticProblem> all = new ArrayList<>(SyntheticProblem.normalised(8, 16));
    all.add(SyntheticProblem.rooms(8, 64, 96, 4));
    return all;
  }

  /** A ResNet-18 with 40 binary tasks, and a network for the pixels of rooms with three. */
  private List<SyntheticProblem> timed() {
    return quick
        ? List.of(SyntheticProblem.residual(40, 8, 32, 8), SyntheticProblem.rooms(8, 32, 48, 4))
        : List.of(
            SyntheticProblem.residual(40, 64, 64, 2 * batch),
            SyntheticProblem.rooms(64, 288, 384, 16));
  }

  /** Some rows fail; they are on standard output. */
  static final class DeviceDiffersException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DeviceDiffersException(String message) {
      super(message);
    }
  }
}
