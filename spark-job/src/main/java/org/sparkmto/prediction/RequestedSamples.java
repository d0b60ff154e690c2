package org.sparkmto.prediction;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ImagePreparation;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.training.TrainedModel;

/** The samples that a request asks about, and the network for them. */
sealed interface RequestedSamples permits RequestedSplit, RequestedImages {

  /**
   * Looks for the samples of a request.
   *
   * @param output directory that the prediction is written to
   * @throws org.sparkmto.options.ConfigurationException if there are none, or the network cannot
   *     take them
   * @throws DataContractException if a data set is needed and is not there
   * @throws PreprocessingException if the images are not there, or the output would lie among them
   */
  static RequestedSamples of(
      PredictionRequest request, TrainedModel model, Path output, Configuration hadoop)
      throws IOException {
    if (request.source() instanceof PredictionRequest.Source.Split split) {
      DatasetDirectory dataset = dataset(request, model, true, hadoop);
      NetworkPlan plan = model.plan(dataset.manifest());
      return new RequestedSplit(request, dataset, plan, split.name(), hadoop);
    }
    if (request.source() instanceof PredictionRequest.Source.Folder folder) {
      return images(request, folder.directory(), model, output, hadoop);
    }
    throw new AssertionError("no other source exists");
  }

  private static RequestedSamples images(
      PredictionRequest request,
      String folder,
      TrainedModel model,
      Path output,
      Configuration hadoop)
      throws IOException {
    Path root = new RawFiles(hadoop).directory(folder);
    if ((output + "/").startsWith(root + "/")) {
      throw PreprocessingException.wrongUsage(
          output + " lies in the folder of the images; name another directory");
    }
    if (request.data().isEmpty() && model.schema().isPresent()) {
      NetworkPlan plan = model.plan();
      ImageInput input = ImageInput.of(root, plan.inputs(), model::preparation);
      return new RequestedImages(
          request,
          model.schema().get(),
          Optional.empty(),
          plan,
          input,
          ImageFolder.names(root, hadoop),
          hadoop);
    }
    DatasetDirectory dataset = dataset(request, model, false, hadoop);
    NetworkPlan plan = model.plan(dataset.manifest());
    ImageInput input =
        ImageInput.of(
            root,
            plan.inputs(),
            column -> ImagePreparation.of(column, dataset.manifest().settings()));
    return new RequestedImages(
        request,
        dataset.manifest(),
        Optional.of(dataset),
        plan,
        input,
        ImageFolder.names(root, hadoop),
        hadoop);
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

  /** Those of each partition. */
  List<Share> shares(int count);

  /** Samples that have no row, with the reason. */
  List<RefusedSample> refused(Dataset<Row> table) throws IOException;

  /** Those that are drawn. */
  Pictures pictures(List<TaskColumn> columns);

  /** Where they are from, for the seal. */
  Map<String, String> provenance();
}
