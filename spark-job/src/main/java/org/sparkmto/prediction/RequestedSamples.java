package org.sparkmto.prediction;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ImagePreparation;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.own.ImageTable;
import org.sparkmto.training.TrainedModel;

/** The samples that a request asks about, and the network for them. */
sealed interface RequestedSamples permits RequestedSplit, RequestedImages {

  /**
   * Looks for the samples of a request.
   *
   * @param output directory that the prediction is written to
   * @param tables whether a table is read, for which Spark must run; else it is taken for empty
   * @throws org.sparkmto.options.ConfigurationException if there are none, or the network cannot
   *     take them
   * @throws DataContractException if a data set is needed and is not there
   * @throws PreprocessingException if the images are not there, or the output would lie among them
   */
  static RequestedSamples of(
      PredictionRequest request,
      TrainedModel model,
      Path output,
      boolean tables,
      Configuration hadoop)
      throws IOException {
    if (request.source() instanceof PredictionRequest.Source.Split split) {
      DatasetDirectory dataset = dataset(request, model, true, hadoop);
      NetworkPlan plan = model.plan(dataset.manifest());
      return new RequestedSplit(request, dataset, plan, split.name(), hadoop);
    }
    if (request.source() instanceof PredictionRequest.Source.Folder folder) {
      RawRoot root = RawRoot.of(folder.directory(), folder.links(), hadoop);
      refuseWithin(root.path().toString(), "the folder of the images", output);
      RequestedImages asked = images(request, root, model, hadoop);
      return asked.listing(ImageFolder.list(root, hadoop), asked.input().encoded());
    }
    if (request.source() instanceof PredictionRequest.Source.Table table) {
      RawRoot root = RawRoot.of(table.root(), table.links(), hadoop);
      RequestedImages asked = images(request, root, model, hadoop);
      return tables ? table(asked, table, hadoop) : asked;
    }
    throw new AssertionError("no other source exists");
  }

  private static RequestedImages table(
      RequestedImages asked, PredictionRequest.Source.Table table, Configuration hadoop)
      throws IOException {
    String column = table.column().orElse(asked.input().column().name());
    ImageTable read =
        ImageTable.read(table.named(column), table.links(), asked.input().root(), hadoop);
    if (read.samples().isEmpty() && read.refused().isEmpty()) {
      throw PreprocessingException.wrongUsage("--table " + table.name() + " has no rows");
    }
    Map<String, String> source = new TreeMap<>();
    source.put("source", "table");
    source.put("table", table.name());
    source.put("column", column);
    table.id().ifPresent(id -> source.put("id", id));
    source.put("directory", asked.input().root().directory());
    return asked.listing(
        new ImageListing(read.samples(), read.refused(), read.embedded(), Optional.empty(), source),
        new EncodedImages.OfTable(read.column()));
  }

  private static void refuseWithin(String directory, String what, Path output) {
    if ((output + "/").startsWith(directory + "/")) {
      throw PreprocessingException.wrongUsage(
          output + " lies in " + what + "; name another directory");
    }
  }

  /** Images that are still to be found. */
  private static RequestedImages images(
      PredictionRequest request, RawRoot root, TrainedModel model, Configuration hadoop) {
    if (request.data().isEmpty() && model.schema().isPresent()) {
      NetworkPlan plan = model.plan();
      return RequestedImages.unlisted(
          request,
          model.schema().get(),
          Optional.empty(),
          plan,
          ImageInput.of(root, plan.inputs(), model::preparation));
    }
    DatasetDirectory dataset = dataset(request, model, false, hadoop);
    NetworkPlan plan = model.plan(dataset.manifest());
    Map<String, String> settings = dataset.manifest().settings();
    return RequestedImages.unlisted(
        request,
        dataset.manifest(),
        Optional.of(dataset),
        plan,
        ImageInput.of(
            root, plan.inputs(), (Column column) -> ImagePreparation.of(column, settings)));
  }

  private static DatasetDirectory dataset(
      PredictionRequest request, TrainedModel model, boolean split, Configuration hadoop) {
    try {
      return model.dataset(request.data(), split, hadoop);
    } catch (DataContractException e) {
      if (request.data().isPresent()) {
        throw e;
      }
      throw new DataContractException(
          e.getMessage()
              + (split
                  ? "; or predict a folder with --images, which needs the model alone"
                  : "; the model was made by an earlier version and needs it, or one alike as"
                      + " --data"),
          e);
    }
  }

  /** The network for the samples. */
  NetworkPlan plan();

  /** What tasks and inputs are. */
  DatasetManifest contents();

  /** The data set that says what tasks and inputs are; the model itself does if absent. */
  Optional<DatasetDirectory> dataset();

  /** How many. */
  long samples();

  /** What people should know about what was found. */
  Optional<String> remark();

  /** Samples of which is known already that they have no row, with the reason. */
  List<RefusedSample> refused();

  /** Those of each partition. */
  JavaRDD<Share> shares(SparkSession spark, int count);

  /** Samples that have no row, with the reason. */
  List<RefusedSample> refused(SparkSession spark, Dataset<Row> table);

  /** Those that are drawn. */
  Pictures pictures(List<TaskColumn> columns);

  /** Where they are from, for the seal. */
  Map<String, String> provenance();
}
