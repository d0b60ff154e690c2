package org.sparkmto.prediction;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.naming.Counted;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RefusedSample;

/** All samples of a split; each gets a row. */
record RequestedSplit(
    PredictionRequest request,
    DatasetDirectory shards,
    NetworkPlan plan,
    String split,
    Configuration hadoop)
    implements RequestedSamples {
  RequestedSplit {
    if (shards.manifest().split(split).rows() == 0) {
      throw new ConfigurationException("split '" + split + "' has no samples");
    }
  }

  @Override
  public Optional<String> remark() {
    return Optional.empty();
  }

  @Override
  public List<RefusedSample> refused() {
    return List.of();
  }

  @Override
  public Optional<DatasetDirectory> dataset() {
    return Optional.of(shards);
  }

  @Override
  public DatasetManifest contents() {
    return shards.manifest();
  }

  @Override
  public long samples() {
    return shards.manifest().split(split).rows();
  }

  @Override
  public JavaRDD<Share> shares(SparkSession spark, int count) {
    List<Share> shares = new ArrayList<>();
    String root = shards.root().toString();
    String manifest = shards.manifest().toJson();
    for (int i = 0; i < count; i++) {
      shares.add(new SplitShare(root, manifest, split, i, count));
    }
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(shares, count);
  }

  @Override
  public List<RefusedSample> refused(SparkSession spark, Dataset<Row> table) {
    long rows = table.count();
    if (rows != samples()) {
      throw PreprocessingException.failed(
          "split '%s' has %s, of which %d were written; run again"
              .formatted(split, Counted.of(samples(), "sample"), rows));
    }
    return List.of();
  }

  @Override
  public Pictures pictures(List<TaskColumn> columns) {
    String title =
        shards.manifest().dataset()
            + ", "
            + split
            + ", predicted by "
            + new Path(request.run()).getName();
    return Pictures.ofSplit(title, columns, plan, shards, split, request.pictures(), hadoop);
  }

  @Override
  public Map<String, String> provenance() {
    return new TreeMap<>(
        Map.of(
            "source",
            "split",
            "directory",
            shards.root().toString(),
            "dataset",
            shards.manifest().dataset(),
            "split",
            split,
            "digest",
            shards.manifest().split(split).digest()));
  }
}
