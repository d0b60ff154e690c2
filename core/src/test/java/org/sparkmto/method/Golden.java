package org.sparkmto.method;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Golden vectors: what public implementations of the methods, run unmodified in float64, answered
 * for a dozen systems of gradients. {@code provenance} in the file tells what produced a value.
 */
final class Golden {
  private static final JsonNode ROOT = read();

  /** One system of gradients and what the methods answered. */
  record Case(String name, JsonNode json) {
    int tasks() {
      return json.get("K").asInt();
    }

    double[][] gradients() {
      return Golden.rows(json.get("G"));
    }

    Vector losses() {
      return Golden.vector(json.get("losses"));
    }

    Vector vector(String method, String field) {
      return Golden.vector(json.get("methods").path(method).path(field));
    }

    boolean has(String method, String field) {
      JsonNode node = json.get("methods").path(method).path(field);
      return node.isArray() && Golden.vector(node).isFinite();
    }

    double number(String method, String field) {
      return json.get("methods").get(method).get(field).asDouble();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private Golden() {}

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    ROOT.get("cases").forEach(node -> cases.add(new Case(node.get("name").asText(), node)));
    return cases;
  }

  static JsonNode auxiliary() {
    return ROOT.get("auxiliary");
  }

  static JsonNode optimizers() {
    return ROOT.get("optimizers");
  }

  static JsonNode alternating() {
    return ROOT.get("mtl_io_alternating");
  }

  static JsonNode featureLevel() {
    return ROOT.get("feature_level");
  }

  static Vector vector(JsonNode node) {
    double[] values = new double[node.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = node.get(i);
      values[i] = value.isTextual() ? Double.parseDouble(value.asText()) : value.asDouble();
    }
    return Vector.of(values);
  }

  static double[][] rows(JsonNode node) {
    double[][] rows = new double[node.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = vector(node.get(i)).toArray();
    }
    return rows;
  }

  private static JsonNode read() {
    try (InputStream in = new GZIPInputStream(Golden.class.getResourceAsStream("golden.json.gz"))) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
