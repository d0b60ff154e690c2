package org.sparkmto.experiment.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.options.ConfigurationException;

class GoldenFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectNode GOLDEN = golden();

  @TempDir private Path folder;

  static ObjectNode golden() {
    try (InputStream in =
        new GZIPInputStream(GoldenFileTest.class.getResourceAsStream("golden.json.gz"))) {
      return (ObjectNode) JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Verification verify(JsonNode root) throws IOException {
    Path file = folder.resolve("golden.json");
    Files.writeString(file, root.toString());
    return GoldenFile.read(file).verify();
  }

  /** The golden file with one case alone. */
  private static ObjectNode only(String name, Consumer<ObjectNode> change) {
    ObjectNode root = JSON.createObjectNode().put("format", 1);
    for (JsonNode node : GOLDEN.get("cases")) {
      if (node.get("name").asText().equals(name)) {
        ObjectNode copy = node.deepCopy();
        root.putArray("cases").add(copy);
        change.accept(copy);
      }
    }
    return root;
  }

  private static ObjectNode onlyMethod(String name, String method, Consumer<ObjectNode> change) {
    return only(
        name,
        node -> {
          ObjectNode methods = (ObjectNode) node.get("methods");
          methods.retain(method);
          change.accept((ObjectNode) methods.get(method));
        });
  }

  private Line line(JsonNode root, String entry) throws IOException {
    return verify(root).lines().stream()
        .filter(line -> line.entry().equals(entry))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyEntryHasItsLine() throws IOException {
    List<String> expected = new ArrayList<>();
    for (JsonNode node : GOLDEN.get("cases")) {
      String name = node.get("name").asText();
      node.get("methods").fieldNames().forEachRemaining(m -> expected.add(name + "/" + m));
    }
    for (String section : List.of("optimizers", "auxiliary")) {
      GOLDEN
          .at("/" + section + "/results")
          .fieldNames()
          .forEachRemaining(entry -> expected.add(section + "/" + entry));
    }
    GOLDEN.get("metrics").fieldNames().forEachRemaining(entry -> expected.add("metrics/" + entry));
    expected.add("mtl_io_alternating");
    assertThat(verify(GOLDEN).lines()).extracting(Line::entry).containsAll(expected);
  }

  /** What claims nothing of the answer, and inputs that may move nothing but a sign or a mask. */
  private static final Set<String> DESCRIPTIVE =
      Set.of(
          "max_rel_diff_own",
          "max_abs_diff_to_libmtl_alpha",
          "kkt_rel_gap",
          "cond_DU",
          "libmtl_reported_batch_weight_WRONG",
          "leak",
          "initial_losses");

  /** A number below it is what rounding left: a thousandth of it says nothing. */
  private static final double ROUNDING = 1e-6;

  static Stream<String> caseNames() {
    return Stream.of("k2p7_dup", "k3p2_rankdef", "k3p7_conflict", "k3p7_zero", "k5p50_scales");
  }

  /** One number after the other is changed by a thousandth, and the entry must fail by it. */
  @ParameterizedTest
  @MethodSource("caseNames")
  void everyCorruptedNumberIsFound(String name) throws IOException {
    List<String> missed = new ArrayList<>();
    ObjectNode whole = only(name, node -> {});
    Map<String, Verdict> before = new HashMap<>();
    verify(whole).lines().forEach(line -> before.put(line.entry(), line.verdict()));
    JsonNode methods = whole.at("/cases/0/methods");
    for (Map.Entry<String, JsonNode> method : methods.properties()) {
      String entry = name + "/" + method.getKey();
      if (before.get(entry) == Verdict.UNKNOWN) {
        continue;
      }
      for (String path : paths(method.getValue())) {
        ObjectNode root =
            onlyMethod(name, method.getKey(), fields -> corrupt(fields, path.split("/")));
        if (!line(root, entry).verdict().isFailure()) {
          missed.add(entry + "/" + path);
        }
      }
    }
    assertThat(missed).isEmpty();
  }

  /** Of every field of numbers, however deep, the place of the first number and of the last. */
  private static List<String> paths(JsonNode fields) {
    List<String> paths = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      if (!DESCRIPTIVE.contains(field.getKey())) {
        collect(field.getKey(), field.getValue(), paths);
      }
    }
    return paths;
  }

  private static void collect(String at, JsonNode node, List<String> paths) {
    if (node.isNumber()) {
      paths.add(at);
    } else if (node.isArray() && !node.isEmpty()) {
      collect(at + "/0", node.get(0), paths);
      collect(at + "/" + (node.size() - 1), node.get(node.size() - 1), paths);
    } else if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        if (!DESCRIPTIVE.contains(field.getKey())) {
          collect(at + "/" + field.getKey(), field.getValue(), paths);
        }
      }
    }
  }

  private static void corrupt(JsonNode fields, String[] path) {
    JsonNode parent = fields;
    for (int i = 0; i < path.length - 1; i++) {
      parent = parent.isArray() ? parent.get(Integer.parseInt(path[i])) : parent.get(path[i]);
    }
    String last = path[path.length - 1];
    if (parent instanceof ArrayNode array) {
      // Relative to the largest of the list: that is what errors are relative to.
      double largest = 0;
      for (JsonNode value : array) {
        largest = Math.max(largest, Math.abs(value.asDouble()));
      }
      int at = Integer.parseInt(last);
      double value = array.get(at).asDouble() + 1e-3 * (largest < ROUNDING ? 1 : largest);
      array.set(at, JSON.getNodeFactory().numberNode(value));
    } else {
      double value = parent.get(last).asDouble();
      double changed = Math.abs(value) < ROUNDING ? value + 1e-3 : value * 1.001;
      ((ObjectNode) parent).put(last, changed);
    }
  }

  @Test
  void aCorruptedGradientFailsByItsGramMatrix() throws IOException {
    ObjectNode root = only("k3p7_conflict", node -> corrupt(node, new String[] {"G", "0", "0"}));
    assertThat(line(root, "k3p7_conflict/gram").verdict()).isEqualTo(Verdict.FAIL);
    assertThat(line(root, "k3p7_conflict/stats").verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void otherOptionsAreReadFromNamesAndFields() throws IOException {
    ObjectNode root =
        only(
            "k3p7_conflict",
            node -> {
              ObjectNode methods = (ObjectNode) node.get("methods");
              methods.retain("dwa", "famo", "db_mtl");
              ObjectNode cooler = methods.get("dwa").deepCopy();
              cooler.put("T", 0.5);
              methods.set("dwa_T0.5", cooler);
              methods.set("dwa_T3", methods.get("dwa").deepCopy());
              methods.set("famo_gamma0.001", methods.get("famo").deepCopy());
            });
    // The temperature of the name is read, and the recorded weights are of another.
    assertThat(line(root, "k3p7_conflict/dwa_T0.5").verdict()).isEqualTo(Verdict.FAIL);
    assertThat(line(root, "k3p7_conflict/dwa_T3").toText())
        .contains("malformed: its name says 3, its field 'T' 2.0");
    assertThat(line(root, "k3p7_conflict/famo_gamma0.001").verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void whatNobodyKnowsIsListed() throws IOException {
    ObjectNode root =
        only(
            "k2p2_conflict",
            node -> {
              ((ObjectNode) node.get("methods")).putObject("oracle").putArray("alpha").add(1);
              ((ObjectNode) node.at("/methods/ew_sum")).put("beauty", 3);
              node.put("weather", "fine");
            });
    root.putObject("poems").put("first", 1);
    root.putObject("optimizers").put("theta0", 1).putObject("results");
    Verification verification = verify(root);
    assertThat(verification.lines())
        .filteredOn(line -> line.verdict() == Verdict.UNKNOWN)
        .extracting(Line::entry)
        .contains(
            "k2p2_conflict/oracle",
            "k2p2_conflict/ew_sum.beauty",
            "k2p2_conflict/weather",
            "poems",
            "optimizers.theta0");
    assertThat(verification.failures()).isZero();
  }

  @Test
  void whatCannotBeReadIsMalformedAndTheRestStillCounts() throws IOException {
    ObjectNode root =
        only(
            "k3p7_conflict",
            node -> {
              ObjectNode methods = (ObjectNode) node.get("methods");
              methods.retain("ew_sum", "gls", "dwa", "uw_libmtl_step1", "mgda_exact_l2");
              ((ObjectNode) methods.get("gls")).putArray("alpha").add(1).add(2);
              ((ObjectNode) methods.get("dwa")).put("loss_epoch_minus1", "three");
              ((ObjectNode) methods.get("uw_libmtl_step1")).remove("s_init");
              methods.putNull("mgda_exact_l2");
            });
    Verification verification = verify(root);
    assertThat(line(root, "k3p7_conflict/ew_sum").verdict()).isEqualTo(Verdict.OK);
    assertThat(line(root, "k3p7_conflict/gls").toText())
        .contains("malformed: the field 'alpha' holds 2 values where 3 belong");
    assertThat(line(root, "k3p7_conflict/dwa").toText())
        .contains("malformed: the field 'loss_epoch_minus1' is not a list of numbers");
    assertThat(line(root, "k3p7_conflict/uw_libmtl_step1").toText())
        .contains("malformed: the field 's_init' is missing");
    assertThat(line(root, "k3p7_conflict/mgda_exact_l2").toText())
        .contains("malformed: it is no object with fields");
    assertThat(verification.failures()).isEqualTo(4);
  }

  @Test
  void aMalformedCaseTakesAllItsMethodsWithIt() throws IOException {
    ObjectNode root = only("k2p2_conflict", node -> node.put("K", 3));
    Verification verification = verify(root);
    assertThat(verification.lines()).extracting(Line::entry).contains("k2p2_conflict/ew_sum");
    assertThat(verification.failures()).isEqualTo(verification.lines().size());
  }

  /** Removing any one part of the file must never end in anything but lines. */
  @Test
  void noMissingPartCrashes() throws IOException {
    for (String pointer :
        List.of(
            "losses",
            "orders",
            "uniform_draws",
            "normal_draws",
            "sequence",
            "gram",
            "stats",
            "methods",
            "G",
            "name",
            "P")) {
      Verification verification = verify(only("k3p7_conflict", node -> node.remove(pointer)));
      assertThat(verification.lines()).isNotEmpty();
      assertThat(verification.lines())
          .extracting(Line::toText)
          .noneMatch(text -> text.contains("ours throws"));
    }
    for (String section :
        List.of("optimizers", "auxiliary", "feature_level", "metrics", "mtl_io_alternating")) {
      ObjectNode root = JSON.createObjectNode().put("format", 1);
      root.put(section, 7);
      assertThat(verify(root).failures()).isPositive();
    }
  }

  /** Every entry of every case with one field less or with a null: lines, not exceptions. */
  @Test
  void noMissingFieldCrashes() throws IOException {
    ObjectNode root =
        only(
            "k3p7_conflict",
            node -> {
              ObjectNode methods = (ObjectNode) node.get("methods");
              for (Map.Entry<String, JsonNode> method : methods.deepCopy().properties()) {
                for (Map.Entry<String, JsonNode> field : method.getValue().properties()) {
                  ObjectNode less = method.getValue().deepCopy();
                  less.putNull(field.getKey());
                  methods.set(method.getKey(), less);
                }
              }
            });
    assertThat(verify(root).lines())
        .extracting(Line::toText)
        .noneMatch(text -> text.contains("ours throws"));
  }

  @Test
  void aNullAnswerIsNotARefusalUnlessOursRefuses() throws IOException {
    Line line =
        line(
            onlyMethod(
                "k3p7_conflict",
                "mgda_exact_l2",
                fields -> fields.removeAll().putNull("alpha").put("reason", "no")),
            "k3p7_conflict/mgda_exact_l2");
    assertThat(line.verdict()).isEqualTo(Verdict.FAIL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}", "7", "{\"format\": 1} x", "{\"a\":1,\"a\":2}"})
  void whatIsNoGoldenFileAtAllIsRefused(String text) throws IOException {
    Path file = folder.resolve("other.json");
    Files.writeString(file, text);
    assertThatThrownBy(() -> GoldenFile.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("other.json");
  }

  @Test
  void aFileOfAnotherFormatFails() throws IOException {
    assertThat(verify(JSON.createObjectNode().put("format", 2)).failures()).isEqualTo(1);
    assertThat(verify(JSON.createObjectNode().put("format", 1)).failures()).isEqualTo(1);
  }
}
