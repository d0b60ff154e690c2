package org.sparkmto.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.inspection.ContactSheet;
import org.sparkmto.preprocessing.inspection.Inspection;
import org.sparkmto.preprocessing.inspection.ShownSamples;
import org.sparkmto.preprocessing.output.PlainFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a data set holds. Needs no Spark session, so it starts fast. */
@Command(
    name = "inspect",
    description = {
      "Prints what a data set of shards holds, and draws samples beside their targets.",
      "It prints splits, columns, tasks, labels, ranges and what was set aside; the drawing is a",
      "contact sheet."
    },
    footer = {
      "%nExamples:",
      "  spark-mto inspect shards/fashion-40",
      "  spark-mto inspect s3a://data/street --split val --random 7 --count 12 --sheet street.png"
    })
final class InspectCommand extends SubCommand {
  private static final String USUAL_SHEET = "contact-sheet.png";

  @Spec private CommandSpec spec;
  @Mixin private SparkSettings spark;

  @Parameters(
      paramLabel = "PATH",
      description = "Directory of shards, on any file system that Hadoop knows.")
  private String path;

  @Option(
      names = "--sheet",
      paramLabel = "FILE",
      defaultValue = USUAL_SHEET,
      description = {
        "Where the contact sheet goes; replaced if it is there.",
        "Default: ${DEFAULT-VALUE} in the current directory."
      })
  private String sheet;

  @Option(names = "--no-sheet", description = "Draw no contact sheet.")
  private boolean noSheet;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description = "Split of the samples drawn. Default: train; for --samples all splits.")
  private String split;

  @Option(
      names = "--samples",
      paramLabel = "ID[,ID...]",
      split = ",",
      hideParamSyntax = true,
      description = "Samples to draw, by identity.")
  private List<String> samples;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "How many samples to draw, the first ones of the split. Default: 8.")
  private Integer count;

  @Option(
      names = "--random",
      paramLabel = "SEED",
      description = "Draw samples at random instead of the first ones.")
  private Long random;

  @Option(
      names = "--scale",
      paramLabel = "N",
      description = "Enlarge images N times. Default: small ones until they are 256 pixels large.")
  private Integer scale;

  @Option(names = "--quarantine", description = "Print every sample that was set aside.")
  private boolean quarantine;

  @Override
  Work prepare() {
    if (samples != null && (count != null || random != null)) {
      throw new ConfigurationException("--samples names the samples; leave --count and --random");
    }
    int shown = count == null ? 8 : count;
    if (shown < 1 || shown > ContactSheet.MOST_SAMPLES) {
      throw new ConfigurationException(
          "--count " + shown + ": a sheet shows 1 to " + ContactSheet.MOST_SAMPLES + " samples");
    }
    if (samples != null && samples.size() > ContactSheet.MOST_SAMPLES) {
      throw new ConfigurationException(
          "--samples: a sheet shows 1 to " + ContactSheet.MOST_SAMPLES + " samples");
    }
    if (scale != null && scale < 1) {
      throw new ConfigurationException("--scale " + scale + ": images are enlarged 1 time or more");
    }
    return () -> {
      Configuration hadoop = spark.hadoop();
      DatasetDirectory dataset = DatasetDirectory.open(path, hadoop);
      PrintWriter console = spec.commandLine().getOut();
      Inspection.print(dataset, hadoop, quarantine, console::println);
      if (!noSheet) {
        org.apache.hadoop.fs.Path target = target(sheet, dataset);
        byte[] png =
            ContactSheet.png(
                dataset, selection(dataset.manifest(), shown), scale == null ? 0 : scale, hadoop);
        PlainFile.write(target, png, hadoop);
        console.println();
        console.println("contact sheet: " + shown(target));
      }
    };
  }

  private ShownSamples selection(DatasetManifest manifest, int shown) {
    if (samples != null) {
      return new ShownSamples.Named(
          split == null ? List.copyOf(manifest.splits().keySet()) : List.of(split), samples);
    }
    String from = split;
    if (from == null) {
      from =
          manifest.splits().containsKey("train")
              ? "train"
              : manifest.splits().keySet().stream()
                  .findFirst()
                  .orElseThrow(() -> new DataContractException(path + " has no split"));
    }
    return random == null
        ? new ShownSamples.First(from, shown)
        : new ShownSamples.AtRandom(from, shown, random);
  }

  /**
   * The file of the sheet: local if it names no file system, wherever the data set is. A data set
   * is never written to.
   */
  private static org.apache.hadoop.fs.Path target(String name, DatasetDirectory dataset)
      throws IOException {
    org.apache.hadoop.fs.Path target;
    try {
      target =
          name.matches("[A-Za-z][A-Za-z0-9+.-]*:/.*")
              ? new org.apache.hadoop.fs.Path(name)
              : new org.apache.hadoop.fs.Path(Path.of(name).toAbsolutePath().toUri());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--sheet " + name + " is not a path: " + e.getMessage(), e);
    }
    if (isLocal(target) && Files.isDirectory(local(target))) {
      throw new ConfigurationException("--sheet " + name + " is a directory; name a file");
    }
    boolean inside =
        (isLocal(target) && isLocal(dataset.root()))
            ? real(local(target)).startsWith(real(local(dataset.root())))
            : (target + "/").startsWith(dataset.root() + "/");
    if (inside) {
      throw new ConfigurationException(
          "--sheet " + name + " lies in the data set, which is not changed; name another place");
    }
    return target;
  }

  /** Without links as far as the path exists, so that no detour leads into the data set. */
  private static Path real(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    return Files.exists(absolute) || parent == null
        ? absolute.toRealPath()
        : real(parent).resolve(absolute.getFileName());
  }

  private static boolean isLocal(org.apache.hadoop.fs.Path path) {
    return "file".equals(path.toUri().getScheme());
  }

  private static Path local(org.apache.hadoop.fs.Path path) {
    return Path.of(path.toUri().getPath());
  }

  private static String shown(org.apache.hadoop.fs.Path target) {
    return isLocal(target) ? local(target).toString() : target.toString();
  }
}
