package org.sparkmto.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.job.Appending;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.preprocessing.job.PreprocessingSummary;
import org.sparkmto.preprocessing.job.RawDatasets;
import org.sparkmto.training.ExecutorWatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns a raw data set into shards. */
@Command(
    name = "preprocess",
    description = {
      "Turns a raw data set into Parquet shards that training reads.",
      "Samples that cannot be read are set aside in a table with their reasons."
    },
    footer = {
      "%nExample:",
      "  spark-mto preprocess fashion-40 --raw raw/fashion-40 --out shards/fashion-40",
      "  spark-mto preprocess cityscapes --raw cityscapes --out shards/cityscapes --set"
          + " size=256x512"
    })
final class PreprocessCommand extends SubCommand {
  private static final int MOST_REMARKS = 12;

  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Mixin private ExecutorDeadline deadline;

  @Parameters(
      paramLabel = "DATA-SET",
      completionCandidates = DatasetNames.class,
      description = {
        "Kind of raw data: ${COMPLETION-CANDIDATES}.",
        "See 'spark-mto datasets' for what each leaves open; set it with --config or --set."
      })
  private String dataset;

  @Option(
      names = "--raw",
      required = true,
      paramLabel = "DIR",
      description = "The raw data, on any file system that Hadoop knows.")
  private String raw;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private String out;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the order of the samples. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--image-size",
      paramLabel = "HxW",
      description = "Short for --set size=HxW: size of stored images.")
  private String imageSize;

  @Option(
      names = "--shards",
      paramLabel = "N",
      description = "Files of every split. Default: by the amount of data.")
  private Integer shards;

  @Option(
      names = "--row-group-rows",
      paramLabel = "N",
      description = "Rows of a row group, the unit of reading. Default: some that make 6 MB.")
  private Integer rowGroupRows;

  @Option(
      names = "--max-bad",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = {
        "Largest share of unreadable samples with which the data set is finished.",
        "Default: ${DEFAULT-VALUE}."
      })
  private double maxBad;

  @Option(
      names = "--follow-links",
      paramLabel = "DIR",
      description = {
        "Links in the raw data may lead below this directory of a local disk. Repeatable.",
        "Without it, links that lead out of the raw data are not followed."
      })
  private List<String> links = List.of();

  @Option(names = "--overwrite", description = "Replace a finished data set.")
  private boolean overwrite;

  @Option(
      names = "--append",
      description = {
        "Add samples that a finished data set does not have, as shards of their own.",
        "For own data; those that are there stay as they are."
      })
  private boolean append;

  @Override
  Work prepare() {
    RawDatasets.known().entry(dataset);
    PreprocessingRequest request =
        new PreprocessingRequest(
            dataset,
            raw,
            out,
            seed,
            chosen(),
            SamplesCommand.optional(shards),
            SamplesCommand.optional(rowGroupRows),
            maxBad,
            overwrite,
            links);
    if (append && overwrite) {
      throw new ConfigurationException(
          "--append and --overwrite contradict each other: one keeps what is there; choose one");
    }
    return () -> {
      if (append) {
        Appending.check(request, spark.hadoop());
      } else {
        Preprocessing.check(request, spark.hadoop());
      }
      try (SparkSession session = spark.open("spark-mto preprocess " + dataset);
          ExecutorWatch watch = deadline.watch(session, spec.commandLine().getErr())) {
        session
            .sparkContext()
            .addSparkListener(new StageProgress(spec.commandLine().getErr(), dataset));
        ObjectStoreCommitter.warning(out, session.sparkContext().hadoopConfiguration())
            .ifPresent(spec.commandLine().getErr()::println);
        if (append) {
          Appending.Appended appended = Appending.run(session, request);
          print(appended);
          print(appended.summary());
        } else {
          print(Preprocessing.run(session, request));
        }
      }
    };
  }

  private void print(Appending.Appended appended) {
    var console = spec.commandLine().getOut();
    console.printf(
        "  added %s; %s%n",
        Counted.of(appended.added(), "sample"),
        Counted.of(
            appended.present(), "was there and stays as it is", "were there and stay as they are"));
    int changed = appended.changed().size();
    if (changed > 0) {
      console.printf(
          "  %,d of those have other labels or another split in the table now, or a row that cannot"
              + " be used, such as %s; preprocess all anew to take over such changes%n",
          changed, String.join(", ", appended.changed().subList(0, Math.min(3, changed))));
    }
  }

  private void print(PreprocessingSummary done) {
    DatasetManifest manifest = done.manifest();
    var console = spec.commandLine().getOut();
    manifest
        .splits()
        .forEach(
            (name, split) ->
                console.printf(
                    "  %-5s %,9d %s in %s%n",
                    name,
                    split.rows(),
                    split.rows() == 1 ? "sample" : "samples",
                    Counted.of(split.files().size(), "file")));
    Map<String, Long> quarantined = manifest.sources().quarantined();
    if (!quarantined.isEmpty()) {
      console.printf("  set aside %s, see %s%n", quarantined, done.quarantine());
    }
    remarks(manifest).forEach(remark -> console.printf("  note: %s%n", remark));
    console.printf(
        "%s: %,d of %s, %,.1f MB in %.1f s%n",
        done.output(),
        manifest.sources().kept(),
        Counted.of(manifest.sources().listed(), "sample"),
        done.bytes() / 1e6,
        done.elapsed().toMillis() / 1e3);
  }

  private static List<String> remarks(DatasetManifest manifest) {
    List<String> all = manifest.remarks();
    int more = all.size() - MOST_REMARKS;
    if (more <= 0) {
      return all;
    }
    List<String> shown = new ArrayList<>(all.subList(0, MOST_REMARKS));
    shown.add("and " + more + " more, which 'spark-mto inspect' prints");
    return shown;
  }

  /** For the help. */
  static final class DatasetNames extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    DatasetNames() {
      super(RawDatasets.known().names());
    }
  }

  private Config chosen() {
    Config config = options.config();
    return imageSize == null
        ? config
        : config.withValue("size", ConfigValueFactory.fromAnyRef(imageSize));
  }
}
