package org.sparkmto.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** The metrics of the golden file, and partitions of samples. */
final class GoldenMetrics {
  private static final JsonNode ROOT = read();

  private GoldenMetrics() {}

  static JsonNode of(String metric) {
    return ROOT.get("metrics").get(metric);
  }

  private static JsonNode read() {
    try (InputStream in =
        new GZIPInputStream(
            GoldenMetrics.class.getResourceAsStream("/org/sparkmto/method/golden.json.gz"))) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All numbers, however deep. */
  static double[] numbers(JsonNode node) {
    List<Double> all = new ArrayList<>();
    collect(node, all);
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  static int[] integers(JsonNode node) {
    double[] numbers = numbers(node);
    int[] integers = new int[numbers.length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (int) numbers[i];
    }
    return integers;
  }

  private static void collect(JsonNode node, List<Double> into) {
    if (node.isArray()) {
      node.forEach(element -> collect(element, into));
    } else {
      into.add(node.isTextual() ? Double.parseDouble(node.asText()) : node.asDouble());
    }
  }

  /** Adds a part of the samples, from one place to another. */
  interface Part {
    void add(double[] sums, int from, int to);
  }

  /** The sums over random parts, each counted alone. */
  static double[] partitioned(int sums, int samples, long seed, Part part) {
    Random random = new Random(seed);
    double[] all = new double[sums];
    for (int from = 0; from < samples; ) {
      int to = from + 1 + random.nextInt(samples - from);
      double[] own = new double[sums];
      part.add(own, from, to);
      for (int i = 0; i < sums; i++) {
        all[i] += own[i];
      }
      from = to;
    }
    return all;
  }
}
