package org.sparkmto.prediction;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RefusedSample;

/** The samples that a request asks about. */
sealed interface RequestedSamples permits RequestedSplit, RequestedImages {

  /**
   * Looks for the samples of a request.
   *
   * @param output directory that the prediction is written to
   * @throws org.sparkmto.options.ConfigurationException if there are none, or the network cannot
   *     take them
   * @throws PreprocessingException if the images are not there, or the output would lie among them
   */
  static RequestedSamples of(
      PredictionRequest request,
      DatasetDirectory dataset,
      NetworkPlan plan,
      Path output,
      Configuration hadoop)
      throws IOException {
    if (request.source() instanceof PredictionRequest.Source.Split split) {
      return new RequestedSplit(request, dataset, split.name(), hadoop);
    }
    if (request.source() instanceof PredictionRequest.Source.Folder folder) {
      Path root = new RawFiles(hadoop).directory(folder.directory());
      if ((output + "/").startsWith(root + "/")) {
        throw PreprocessingException.wrongUsage(
            output + " lies in the folder of the images; name another directory");
      }
      ImageInput input = ImageInput.of(root, plan, dataset.manifest());
      return new RequestedImages(request, dataset, input, ImageFolder.names(root, hadoop), hadoop);
    }
    throw new AssertionError("no other source exists");
  }

  /** How many. */
  long samples();

  /** Those of each partition. */
  List<Share> shares(int count);

  /** Samples that have no row, with the reason. */
  List<RefusedSample> refused(Dataset<Row> table) throws IOException;

  /** Those that are drawn. */
  Pictures pictures(List<TaskColumn> columns, NetworkPlan plan);

  /** Where they are from, for the seal. */
  Map<String, String> provenance();
}
