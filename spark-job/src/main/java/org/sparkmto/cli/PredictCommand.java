package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.configuration.Preference;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.prediction.Prediction;
import org.sparkmto.prediction.PredictionRequest;
import org.sparkmto.prediction.PredictionSummary;
import org.sparkmto.training.ExecutorWatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a trained model over shards, a folder of images, or the images of a table. */
@Command(
    name = "predict",
    description = {
      "Runs a trained model over a folder or a table of images, or a split of shards.",
      "For images the directory of the model is enough: RUN/model, or a copy of it.",
      "Writes DIR/predictions (Parquet: a row for each sample, a column for each task),",
      "DIR/pictures for people, and last DIR/_predictions.json, which says what the",
      "columns hold. Images that cannot be read are set aside in DIR/rejected.",
      "",
      "Columns by kind of task:",
      "  binary          decision (yes above one half), probability of yes",
      "  classification  label (its number), name, probability; probabilities of all",
      "  multi-label     labels, names (those above one half); probabilities of all",
      "  regression      the number in its unit; a list where there are several",
      "  segmentation    the class of each pixel, 255 for none; of a mask 0 or 1",
      "  depth, normals, vectors  a map; see docs/models.md"
    },
    footer = {
      "%nExamples:",
      "  spark-mto predict runs/imtl --split test --out answers/test",
      "  spark-mto predict models/v1 --images s3a://photos/new --out answers --maps",
      "  spark-mto predict models/v1 --table new/photos.csv --column file --id number --out answers"
    })
final class PredictCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Mixin private ExecutorDeadline deadline;

  @Mixin private ModelArgument model;

  @Option(
      names = "--data",
      paramLabel = "SHARDS",
      description = {
        "Data set of the split, if not the one the model was trained on.",
        "--images needs none, unless an earlier version made the model."
      })
  private String data;

  @Option(names = "--split", paramLabel = "NAME", description = "Split to predict. Default: test.")
  private String split;

  @Option(
      names = "--preference",
      paramLabel = "SHARES",
      description = {
        "What a network of method cosmos is asked for: a number per task, such as 0.3,0.7.",
        "Default: its method's option preferences, or all tasks alike."
      })
  private String preference;

  @Option(
      names = "--images",
      paramLabel = "FOLDER",
      description = {
        "Predict all .png and .jpg files in a folder and its folders instead.",
        "With --table: where its paths start. Default then: the directory of the table."
      })
  private String images;

  @Option(
      names = "--table",
      paramLabel = "TABLE",
      description = {
        "Predict the images that a table names or holds: a CSV or Parquet file, a directory of",
        "Parquet files, tar files of WebDataset, or a table that Spark knows (catalog.db.t)."
      })
  private String table;

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description = {
        "Column of the table with paths or encoded images.",
        "Default: the name of the network's input."
      })
  private String column;

  @Option(
      names = "--id",
      paramLabel = "NAME",
      description = {
        "Column of the table with a unique name for each row, the answers' sample_id.",
        "Default: the path; FILE#ROW where images stand in Parquet, FILE#KEY in WebDataset."
      })
  private String id;

  @Option(
      names = "--separator",
      paramLabel = "C",
      description = "Between the fields of a CSV table: ; or \\t. Default: a comma.")
  private String separator;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description = "Of a CSV table: auto, latin-1, windows-1252, utf-16le, utf-16be.")
  private String encoding;

  @Option(
      names = "--follow-links",
      paramLabel = "DIR",
      description = {
        "Links among the images may lead below this directory of a local disk. Repeatable.",
        "Without it, links that lead out of the folder are not followed."
      })
  private List<String> links = List.of();

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private String out;

  @Option(
      names = "--pictures",
      defaultValue = "8",
      paramLabel = "N|IDS",
      description = {
        "Samples to draw: how many, or identities with commas (0024, for that one alone).",
        "Default: ${DEFAULT-VALUE}."
      })
  private String pictures;

  @Option(
      names = "--csv",
      description = {
        "Write the answers about whole images as DIR/answers.csv, too, for a spreadsheet:",
        "yes or no, names of classes, probabilities, numbers."
      })
  private boolean csv;

  @Option(
      names = "--maps",
      description = {
        "Write every map as a PNG file, too: DIR/maps/TASK/SAMPLE.png, of the size the",
        "network gives. Classes and masks: colours whose numbers are the classes; depth:",
        "16 bits; normals: red, green and blue."
      })
  private boolean maps;

  @Option(
      names = "--max-bad",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = {
        "Largest share of unreadable images with which the prediction is finished.",
        "Default: ${DEFAULT-VALUE}."
      })
  private double maxBad;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Tasks, each of which loads the model. Default: as many as run at a time.")
  private Integer partitions;

  @Option(names = "--overwrite", description = "Replace a finished prediction.")
  private boolean overwrite;

  @Override
  Work prepare() {
    refuseContradictions();
    PredictionRequest request =
        new PredictionRequest(
            model.directory(),
            source(),
            Optional.ofNullable(data),
            Optional.ofNullable(preference).map(Preference::parse),
            out,
            PredictionRequest.Drawn.parse(pictures),
            maps,
            csv,
            partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions),
            maxBad,
            overwrite);
    return () -> {
      Prediction.check(request, spark.hadoop());
      try (SparkSession session =
              spark.openForTraining("spark-mto predict with " + model.directory());
          ExecutorWatch watch = deadline.watch(session, spec.commandLine().getErr())) {
        PrintWriter err = spec.commandLine().getErr();
        ObjectStoreCommitter.warning(out, session.sparkContext().hadoopConfiguration())
            .ifPresent(err::println);
        PredictionSummary done = Prediction.run(session, request, lines(err));
        PrintWriter console = spec.commandLine().getOut();
        if (!done.rejected().isEmpty()) {
          console.printf(
              "  set aside %s, see %s/%s%n", done.rejected(), done.output(), Prediction.REJECTED);
        }
        if (csv) {
          console.printf("  answers as CSV: %s/%s%n", done.output(), Prediction.CSV);
        }
        if (maps) {
          console.printf("  maps as PNG: %s/%s%n", done.output(), Prediction.MAPS);
        }
        if (done.pictures() > 0) {
          console.printf(
              "  pictures of %s: %s/pictures.png%n",
              Counted.of(done.pictures(), "sample"), done.output());
        }
        console.printf(
            "%s: %s in %.1f s%n",
            done.output(), Counted.of(done.predicted(), "sample"), done.elapsed().toMillis() / 1e3);
      }
    };
  }

  private void refuseContradictions() {
    if (split != null && (images != null || table != null)) {
      throw new ConfigurationException(
          (table == null ? "--images" : "--table") + " and --split exclude each other; leave one");
    }
    Map<String, String> ofTables = new LinkedHashMap<>();
    ofTables.put("--column", column);
    ofTables.put("--id", id);
    ofTables.put("--separator", separator);
    ofTables.put("--encoding", encoding);
    ofTables.forEach(
        (name, value) -> {
          if (value != null && table == null) {
            throw new ConfigurationException(name + " is about a table; name it with --table");
          }
        });
    if (!links.isEmpty() && table == null && images == null) {
      throw new ConfigurationException(
          "--follow-links is about images; name them with --images or --table");
    }
  }

  private PredictionRequest.Source source() {
    if (table != null) {
      return new PredictionRequest.Source.Table(
          table,
          Optional.ofNullable(images),
          Optional.ofNullable(column),
          Optional.ofNullable(id),
          Optional.ofNullable(separator),
          Optional.ofNullable(encoding),
          links);
    }
    return images == null
        ? new PredictionRequest.Source.Split(split == null ? "test" : split)
        : new PredictionRequest.Source.Folder(images, links);
  }
}
