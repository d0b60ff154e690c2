package org.sparkmto.experiment.golden;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.sparkmto.json.Json;
import org.sparkmto.options.ConfigurationException;

/**
 * A file of golden vectors: cases of gradients with what methods answered for them, trajectories of
 * optimisers, methods with a primary task, gradients at the representation, and metrics. Numbers
 * are float64 with 15 digits; {@code NaN}, {@code Infinity} and {@code -Infinity} are strings.
 */
public final class GoldenFile {
  private static final Set<String> DESCRIPTIVE = Set.of("note", "generator");
  private static final int FORMAT = 1;

  private final String name;
  private final JsonNode root;
  private final List<Line> lines = new ArrayList<>();

  private GoldenFile(String name, JsonNode root) {
    this.name = name;
    this.root = root;
  }

  /** What a check of one entry does with its fields. */
  @FunctionalInterface
  private interface EntryCheck {
    void check(Fields fields, Findings findings);
  }

  /**
   * Reads a file, compressed if its name ends in {@code .gz}.
   *
   * @throws ConfigurationException if it cannot be read, is not JSON, or is no golden file at all
   */
  public static GoldenFile read(Path file) {
    try (InputStream plain = new BufferedInputStream(Files.newInputStream(file));
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(plain) : plain) {
      JsonNode root = Json.parse(in);
      if (root == null || !root.isObject() || root.isEmpty()) {
        throw new ConfigurationException(file + " is no golden file: it holds no JSON object");
      }
      return new GoldenFile(file.toString(), root);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("there is no file " + file, e);
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(
          "%s is not JSON, see line %d: %s"
              .formatted(
                  file,
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new ConfigurationException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Checks every entry. */
  public Verification verify() {
    lines.clear();
    root.properties().forEach(section -> section(section.getKey(), section.getValue()));
    if (lines.isEmpty()) {
      lines.add(Line.malformed("file", "it holds no entry"));
    }
    return new Verification(name, lines);
  }

  private void section(String section, JsonNode node) {
    switch (section) {
      case "format" -> {
        if (!node.isInt() || node.asInt() != FORMAT) {
          lines.add(Line.malformed(section, "it is %s, known is %d".formatted(node, FORMAT)));
        }
      }
      case "cases" -> cases(node);
      case "optimizers" -> results(section, node, OptimizerRules::check);
      case "mtl_io_alternating" -> entry(section, node, OptimizerRules::alternating);
      case "auxiliary" -> results(section, node, AuxiliaryRules::check);
      case "feature_level" -> featureLevel(section, node);
      case "metrics" -> metrics(section, node);
      default -> {
        if (!DESCRIPTIVE.contains(section)) {
          lines.add(Line.unknown(section, "there is no check for this section"));
        }
      }
    }
  }

  private void cases(JsonNode cases) {
    if (!cases.isArray()) {
      lines.add(Line.malformed("cases", "it is no list"));
      return;
    }
    for (int i = 0; i < cases.size(); i++) {
      JsonNode node = cases.get(i);
      String given = node.path("name").asText();
      oneCase(given.isEmpty() ? "cases[" + i + "]" : given, node);
    }
  }

  private void oneCase(String name, JsonNode node) {
    GoldenCase of;
    try {
      of = new GoldenCase(Fields.of(node));
    } catch (MalformedEntryException e) {
      lines.add(Line.malformed(name, e.getMessage()));
      node.path("methods")
          .fieldNames()
          .forEachRemaining(
              method -> lines.add(Line.malformed(name + "/" + method, "its case is")));
      return;
    }
    node.fieldNames()
        .forEachRemaining(
            field -> {
              switch (field) {
                case "gram" -> checked(name + "/gram", findings -> CaseFacts.gram(of, findings));
                case "stats" ->
                    entry(
                        name + "/stats",
                        node.get(field),
                        (fields, findings) -> CaseFacts.stats(of, fields, findings));
                default -> {
                  if (!CaseFacts.INPUTS.contains(field)) {
                    lines.add(Line.unknown(name + "/" + field, "no check reads it"));
                  }
                }
              }
            });
    JsonNode methods = node.path("methods");
    if (!methods.isObject()) {
      lines.add(Line.malformed(name + "/methods", "it is no object with methods"));
      return;
    }
    methods
        .properties()
        .forEach(
            method -> method(of, name + "/" + method.getKey(), method.getKey(), method.getValue()));
  }

  private void method(GoldenCase of, String at, String method, JsonNode node) {
    Optional<Rule.Found> found = Rule.find(method);
    if (found.isEmpty()) {
      lines.add(Line.unknown(at, "there is no check for '" + method + "'"));
      return;
    }
    entry(
        at,
        node,
        (fields, findings) ->
            found
                .get()
                .rule()
                .check()
                .check(new CaseEntry(of, found.get().match(), fields, findings)));
  }

  /** A check of one result of a section, whose inputs stand beside the results. */
  @FunctionalInterface
  private interface ResultCheck {
    void check(String name, Fields section, Fields fields, Findings findings);
  }

  private void results(String section, JsonNode node, ResultCheck check) {
    JsonNode results = node.path("results");
    if (!results.isObject()) {
      lines.add(Line.malformed(section, "it has no object 'results'"));
      return;
    }
    Fields inputs = Fields.of(node);
    inputs.raw("results");
    results
        .properties()
        .forEach(
            result ->
                entry(
                    section + "/" + result.getKey(),
                    result.getValue(),
                    (fields, findings) -> check.check(result.getKey(), inputs, fields, findings)));
    inputs.unread().forEach(field -> lines.add(unread(section, field)));
  }

  private void featureLevel(String section, JsonNode node) {
    if (!node.isObject()) {
      lines.add(Line.malformed(section, "it is no object with entries"));
      return;
    }
    node.properties()
        .forEach(
            field -> {
              String key = field.getKey();
              if (key.startsWith("gram_flattened") || key.startsWith("gram_batch_summed")) {
                // The entry is a matrix, no object: its fields are those of the section.
                checked(
                    section + "/" + key,
                    findings -> FeatureRules.gram(key, Fields.of(node), findings));
              } else if (!FeatureRules.INPUTS.contains(key)) {
                entry(
                    section + "/" + key,
                    field.getValue(),
                    (fields, findings) ->
                        FeatureRules.check(key, Fields.of(node), fields, findings));
              }
            });
  }

  private void metrics(String section, JsonNode node) {
    if (!node.isObject()) {
      lines.add(Line.malformed(section, "it is no object with entries"));
      return;
    }
    node.properties()
        .forEach(
            field ->
                entry(
                    section + "/" + field.getKey(),
                    field.getValue(),
                    (fields, findings) -> MetricRules.check(field.getKey(), fields, findings)));
  }

  /** Checks one entry and names the fields that its check did not read. */
  private void entry(String at, JsonNode node, EntryCheck check) {
    checked(
        at,
        findings -> {
          Fields fields = Fields.of(node);
          check.check(fields, findings);
          fields.unread().forEach(findings::unread);
        });
  }

  private static Line unread(String at, String field) {
    return Line.unknown(at + "." + field, "no check reads this field");
  }

  private void checked(String at, Consumer<Findings> check) {
    Findings findings = new Findings();
    try {
      check.accept(findings);
    } catch (MalformedEntryException e) {
      lines.add(Line.malformed(at, e.getMessage()));
      return;
    } catch (NotOfferedException e) {
      lines.add(Line.unknown(at, e.getMessage()));
      return;
    } catch (RuntimeException e) {
      // A method that throws on an entry has failed it, and the other entries still count.
      findings.fail("ours throws " + e);
    }
    lines.add(findings.line(at));
    findings.unread().forEach(field -> lines.add(unread(at, field)));
  }
}
