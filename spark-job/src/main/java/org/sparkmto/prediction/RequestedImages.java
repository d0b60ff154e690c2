package org.sparkmto.prediction;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.shard.SampleRuns;
import org.sparkmto.preprocessing.shard.Shards;
import scala.Tuple2;

/**
 * Images of a folder or a table; one that cannot be decoded gets no row.
 *
 * @param contents what tasks and inputs are
 * @param dataset where that is from, if not from the model
 * @param listing the images
 */
record RequestedImages(
    PredictionRequest request,
    DatasetManifest contents,
    Optional<DatasetDirectory> dataset,
    NetworkPlan plan,
    ImageInput input,
    ImageListing listing)
    implements RequestedSamples {

  /** Images that are still to be found. */
  static RequestedImages unlisted(
      PredictionRequest request,
      DatasetManifest contents,
      Optional<DatasetDirectory> dataset,
      NetworkPlan plan,
      ImageInput input) {
    ImageListing none =
        new ImageListing(List.of(), List.of(), Optional.empty(), Optional.empty(), Map.of());
    return new RequestedImages(request, contents, dataset, plan, input, none);
  }

  /** This question, about images that were found. */
  RequestedImages listing(ImageListing found, EncodedImages encoded) {
    return new RequestedImages(request, contents, dataset, plan, input.from(encoded), found);
  }

  @Override
  public long samples() {
    return listing.size();
  }

  @Override
  public Optional<String> remark() {
    return listing.remark();
  }

  @Override
  public List<RefusedSample> refused() {
    return listing.refused();
  }

  @Override
  public JavaRDD<Share> shares(SparkSession spark, int count) {
    ImageInput how = input;
    return SampleRuns.of(spark, listing.embedded(), listing.samples(), count)
        .mapPartitions(images -> List.<Share>of(new ImageShare(how, images)).iterator());
  }

  @Override
  public List<RefusedSample> refused(SparkSession spark, Dataset<Row> table) {
    Set<String> written =
        new HashSet<>(table.select(Shards.SAMPLE_ID).as(Encoders.STRING()).collectAsList());
    List<RefusedSample> refused = new ArrayList<>(listing.refused());
    List<RawSample> leftOut =
        listing.samples().stream().filter(sample -> !written.contains(sample.id())).toList();
    if (!leftOut.isEmpty()) {
      ImageInput how = input;
      SerializableConfiguration hadoop = configuration(spark);
      refused.addAll(
          runs(spark, leftOut).map(image -> reason(image, how, hadoop.value())).collect());
    }
    return refused;
  }

  private static RefusedSample reason(RawSample image, ImageInput input, Configuration hadoop)
      throws IOException {
    try {
      input.read(image, hadoop);
    } catch (UnreadableSampleException e) {
      return new RefusedSample(image.id(), image.source(), e.reason(), e.getMessage());
    }
    throw PreprocessingException.failed(
        image.id() + " has no prediction and yet can be decoded; does it change? Run again");
  }

  /** What the network sees of some images, by identity; those that cannot be decoded are absent. */
  private Map<String, byte[]> inputs(SparkSession spark, List<RawSample> images) {
    ImageInput how = input;
    SerializableConfiguration hadoop = configuration(spark);
    Map<String, byte[]> inputs = new HashMap<>();
    for (Tuple2<String, byte[]> seen :
        runs(spark, images)
            .flatMap(image -> seen(image, how, hadoop.value()).stream().iterator())
            .collect()) {
      inputs.put(seen._1(), seen._2());
    }
    return inputs;
  }

  private static Optional<Tuple2<String, byte[]>> seen(
      RawSample image, ImageInput input, Configuration hadoop) throws IOException {
    try {
      return Optional.of(new Tuple2<>(image.id(), input.read(image, hadoop)));
    } catch (UnreadableSampleException e) {
      return Optional.empty();
    }
  }

  private JavaRDD<RawSample> runs(SparkSession spark, List<RawSample> images) {
    return SampleRuns.of(
        spark, listing.embedded(), images, spark.sparkContext().defaultParallelism());
  }

  private static SerializableConfiguration configuration(SparkSession spark) {
    return new SerializableConfiguration(
        JavaSparkContext.fromSparkContext(spark.sparkContext()).hadoopConfiguration());
  }

  @Override
  public Pictures pictures(List<TaskColumn> columns) {
    return Pictures.ofImages(
        "images, predicted by " + new Path(request.run()).getName(),
        columns,
        plan,
        contents,
        listing.samples(),
        request.pictures(),
        this::inputs);
  }

  @Override
  public Map<String, String> provenance() {
    Map<String, String> provenance = new TreeMap<>(listing.source());
    provenance.put("dataset", contents.dataset());
    provenance.put("filter", input.preparation().filter());
    return provenance;
  }
}
