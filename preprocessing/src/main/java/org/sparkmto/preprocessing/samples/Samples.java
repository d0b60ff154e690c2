package org.sparkmto.preprocessing.samples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.fashion.FashionMnist;
import org.sparkmto.preprocessing.output.OutputDirectory;

/**
 * Generates raw data sets of real images, in the layouts that preprocessing reads. Source images of
 * the splits are disjoint, so nothing that is tested has been trained on.
 */
public final class Samples {
  /** Written last; says what was generated, from what. */
  public static final String SEAL = "_samples.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, SampleGenerator> KINDS =
      new TreeMap<>(
          Map.of("multi-fashion", new MultiFashionSamples(), "fashion-40", new Fashion40Samples()));

  private Samples() {}

  /** The kinds of samples, in alphabetical order. */
  public static SortedSet<String> kinds() {
    return new TreeSet<>(KINDS.keySet());
  }

  /**
   * Generates samples.
   *
   * @throws PreprocessingException if the kind is unknown, the images of garments are not where
   *     they should be, or the output directory is not free
   */
  public static SamplesSummary write(SparkSession spark, SamplesRequest request) {
    SampleGenerator generator = KINDS.get(request.kind());
    if (generator == null) {
      throw PreprocessingException.wrongUsage(
          "there are no samples '" + request.kind() + "'; known are " + kinds());
    }
    try {
      return write(spark, request, generator);
    } catch (PreprocessingException e) {
      throw e;
    } catch (Exception e) {
      throw PreprocessingException.failed(
          "samples could not be written to " + request.output() + ": " + e.getMessage(), e);
    }
  }

  private static SamplesSummary write(
      SparkSession spark, SamplesRequest request, SampleGenerator generator) throws IOException {
    long start = System.nanoTime();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    OutputDirectory output =
        OutputDirectory.examine(
            request.output(),
            hadoop,
            new OutputDirectory.Form("set of samples", SEAL, Samples::isSeal, Samples::isGenerated),
            request.overwrite());
    FashionMnist fashion = FashionMnist.find(request.fashionDirectory(), new RawFiles(hadoop));
    Map<String, Integer> counts = new LinkedHashMap<>(generator.usualCounts());
    request.train().ifPresent(count -> counts.put("train", count));
    request.val().ifPresent(count -> counts.put("val", count));
    request.test().ifPresent(count -> counts.put("test", count));
    output.begin();
    generator.write(spark, fashion, counts, request.seed(), output);
    output.seal(seal(request, counts, fashion.origin()));
    return new SamplesSummary(
        request.kind(),
        output.root().toString(),
        counts,
        fashion.origin(),
        Duration.ofNanos(System.nanoTime() - start));
  }

  private static String seal(SamplesRequest request, Map<String, Integer> counts, String source) {
    ObjectNode root = JSON.createObjectNode();
    root.put("samples", request.kind());
    root.put("seed", request.seed());
    ObjectNode splits = root.putObject("counts");
    counts.forEach(splits::put);
    root.put("source", source);
    return root.toPrettyString() + "\n";
  }

  private static boolean isSeal(String text) {
    try {
      JsonNode root = JSON.readTree(text);
      return root.path("samples").isTextual() && root.path("seed").isIntegralNumber();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static boolean isGenerated(String entry) {
    return entry.equals(SEAL + ".tmp")
        || KINDS.values().stream().anyMatch(generator -> generator.entries().contains(entry));
  }
}
