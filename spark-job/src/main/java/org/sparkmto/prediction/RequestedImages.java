package org.sparkmto.prediction;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.shard.Shards;

/**
 * Images of a folder, by name; one that cannot be decoded gets no row.
 *
 * @param contents what tasks and inputs are
 * @param dataset where that is from, if not from the model
 */
record RequestedImages(
    PredictionRequest request,
    DatasetManifest contents,
    Optional<DatasetDirectory> dataset,
    NetworkPlan plan,
    ImageInput input,
    List<String> names,
    Configuration hadoop)
    implements RequestedSamples {

  @Override
  public long samples() {
    return names.size();
  }

  @Override
  public List<Share> shares(int count) {
    List<Share> shares = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) names.size() * i / count);
      int to = (int) ((long) names.size() * (i + 1) / count);
      shares.add(new FolderShare(input, names.subList(from, to)));
    }
    return shares;
  }

  @Override
  public List<RefusedSample> refused(Dataset<Row> table) throws IOException {
    Set<String> written =
        new HashSet<>(table.select(Shards.SAMPLE_ID).as(Encoders.STRING()).collectAsList());
    List<RefusedSample> refused = new ArrayList<>();
    Path root = new Path(input.root());
    for (String name : names) {
      if (!written.contains(name)) {
        refused.add(reason(name, ImageFolder.path(root, name)));
      }
    }
    return refused;
  }

  private RefusedSample reason(String name, Path path) throws IOException {
    try {
      input.read(name, hadoop);
    } catch (UnreadableSampleException e) {
      return new RefusedSample(name, path.toString(), e.reason(), e.getMessage());
    }
    throw PreprocessingException.failed(
        path + " has no prediction and yet can be decoded; does it change? Run again");
  }

  @Override
  public Pictures pictures(List<TaskColumn> columns) {
    return Pictures.ofFolder(
        "images, predicted by " + new Path(request.run()).getName(),
        columns,
        plan,
        contents,
        input,
        names,
        request.pictures());
  }

  @Override
  public Map<String, String> provenance() {
    return new TreeMap<>(
        Map.of(
            "source",
            "images",
            "directory",
            input.root(),
            "dataset",
            contents.dataset(),
            "filter",
            input.preparation().filter()));
  }
}
