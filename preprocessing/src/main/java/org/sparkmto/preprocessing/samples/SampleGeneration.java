package org.sparkmto.preprocessing.samples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.json.Json;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Registry;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.fashion.FashionMnist;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.storage.StorageException;

/**
 * Generates raw data sets of real images, in the layouts that preprocessing reads. Source images of
 * the splits are disjoint, so nothing that is tested has been trained on.
 */
public final class SampleGeneration {
  /** Written last; says what was generated, from what. */
  public static final String SEAL = "_samples.json";

  private static final Registry<Entry<SampleGenerator>> KNOWN =
      Registry.open(
          SampleGenerator.KIND,
          List.of(
              FacesSamples.ENTRY,
              Fashion40Samples.ENTRY,
              MultiFashionSamples.ENTRY,
              PortraitsSamples.ENTRY,
              RoomsSamples.ENTRY,
              RoomsNpySamples.ENTRY,
              StreetSamples.ENTRY,
              StreetsNpySamples.ENTRY),
          SampleGeneratorProvider.class);

  private SampleGeneration() {}

  /**
   * The kinds of samples, the built-in ones in alphabetical order, with their options; those of
   * jars of a user's own behind them.
   */
  public static Registry<Entry<SampleGenerator>> known() {
    return KNOWN;
  }

  /**
   * Generates samples.
   *
   * @throws PreprocessingException if the kind is unknown, the images of garments are not where
   *     they should be, or the output directory is not free
   */
  public static SamplesSummary write(SparkSession spark, SamplesRequest request) {
    try {
      return attempt(spark, request);
    } catch (PreprocessingException e) {
      throw e;
    } catch (Exception e) {
      throw PreprocessingException.failed(
          "samples could not be written to " + request.output() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Refuses what can be refused before Spark has started; writes nothing.
   *
   * @throws PreprocessingException if the output may not be written, or an option is not possible
   */
  public static void check(SamplesRequest request, Configuration hadoop) {
    request.order();
    examine(request, hadoop);
  }

  /**
   * Whether the output of a request holds, finished, what the request would generate, by what its
   * seal says: same kind, seed, counts, size and defects.
   *
   * @throws PreprocessingException if the storage does not answer, or an option is not possible
   */
  public static boolean isMade(SamplesRequest request, Configuration hadoop) {
    Path seal = new Path(request.output(), SEAL);
    try (InputStream in = seal.getFileSystem(hadoop).open(seal)) {
      JsonNode there = Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      JsonNode wanted =
          Json.parse(seal(request.kind(), request.order(), there.path("source").asText()));
      return there.equals(wanted);
    } catch (FileNotFoundException | JsonProcessingException e) {
      return false;
    } catch (IOException e) {
      throw PreprocessingException.storage(StorageException.of(request.output(), e));
    }
  }

  private static OutputDirectory examine(SamplesRequest request, Configuration hadoop) {
    return OutputDirectory.examine(
        request.output(),
        hadoop,
        new OutputDirectory.Form(
            "set of samples", SEAL, SampleGeneration::isSeal, SampleGeneration::isGenerated),
        request.overwrite());
  }

  private static SamplesSummary attempt(SparkSession spark, SamplesRequest request)
      throws IOException {
    long start = System.nanoTime();
    SamplesOrder order = request.order();
    SampleGenerator generator = request.entry().make(Map.of());
    order.chosenFaults();
    OutputDirectory output = examine(request, spark.sparkContext().hadoopConfiguration());
    generator.check(spark, order);
    output.begin();
    String source = generator.write(spark, order, output);
    output.seal(seal(request.kind(), order, source));
    return new SamplesSummary(
        request.kind(),
        output.root().toString(),
        order.counts(),
        source,
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** The garments that a user named, those that are installed, or the built-in ones. */
  static FashionMnist fashion(SparkSession spark, SamplesOrder order) throws IOException {
    RawFiles files = new RawFiles(spark.sparkContext().hadoopConfiguration());
    return FashionMnist.find(order.fashionDirectory(), files);
  }

  private static String seal(String kind, SamplesOrder order, String source) {
    ObjectNode root = Json.object();
    root.put("samples", kind);
    root.put("seed", order.seed());
    ObjectNode splits = root.putObject("counts");
    order.counts().forEach(splits::put);
    order.size().ifPresent(size -> root.put("size", size.toString()));
    if (order.faults().total() > 0) {
      ObjectNode faults = root.putObject("faults");
      order.faults().counts().forEach((fault, count) -> faults.put(fault.label(), count));
    }
    root.put("source", source);
    return Json.pretty(root);
  }

  private static boolean isSeal(String text) {
    try {
      JsonNode root = Json.parse(text);
      return root.path("samples").isTextual() && root.path("seed").isIntegralNumber();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static boolean isGenerated(String entry) {
    return entry.equals(SEAL + ".tmp")
        || KNOWN.all().stream().anyMatch(kind -> kind.make(Map.of()).entries().contains(entry));
  }
}
