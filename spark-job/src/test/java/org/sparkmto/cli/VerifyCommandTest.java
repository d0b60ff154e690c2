package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  private int run(String... arguments) {
    return Main.run(
        List.of(new VerifyCommand()),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        arguments);
  }

  private Path written(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return file;
  }

  private static String small(String alpha) {
    return """
    {"format": 1, "cases": [{"name": "tiny", "K": 2, "P": 1, "G": [[1], [3]],
      "losses": [1, 2], "methods": {
        "ew_sum": {"alpha": %s, "g": [4]},
        "rotograd_7": {"alpha": [1, 0]}}}]}
    """
        .formatted(alpha);
  }

  @Test
  void theGoldenFilePasses() throws URISyntaxException {
    URL file =
        VerifyCommandTest.class.getResource("/org/sparkmto/experiment/golden/golden.json.gz");
    assertThat(run("verify", Path.of(file.toURI()).toString())).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString().lines())
        .anyMatch(line -> line.matches("k3p7_conflict/ew_sum +[0-9.e+-]+ +1\\.0e-09 +ok"))
        .last()
        .asString()
        .contains("0 malformed, 0 FAILED");
  }

  @Test
  void oneLinePerEntryAndTheCounts() throws IOException {
    assertThat(run("verify", written("small.json", small("[1, 1]")).toString())).isZero();
    assertThat(out.toString().lines().toList())
        .satisfiesExactly(
            first -> assertThat(first).matches("tiny/ew_sum +0\\.0e\\+00 +1\\.0e-09  ok"),
            second ->
                assertThat(second)
                    .matches("tiny/rotograd_7 +- +-  unknown: there is no check for 'rotograd_7'"),
            counts ->
                assertThat(counts)
                    .contains("2 entries: 1 ok, 0 better, 0 refused rightly, 1 unknown"));
  }

  @Test
  void aWrongValueExitsWithOne() throws IOException {
    Path json = folder.resolve("lines.json");
    Path bad = written("bad.json", small("[1, 1.00001]"));
    Path good = written("good.json", small("[1, 1]"));
    assertThat(run("verify", "--json", json.toString(), bad.toString(), good.toString()))
        .isEqualTo(1);
    assertThat(out.toString()).contains("FAIL: alpha is off by");
    assertThat(err.toString()).contains("1 of 4 entries fail");
    JsonNode lines = new ObjectMapper().readTree(json.toFile());
    assertThat(lines.at("/0/entries/0/verdict").asText()).isEqualTo("fail");
    assertThat(lines.at("/0/entries/0/entry").asText()).isEqualTo("tiny/ew_sum");
    assertThat(lines.at("/0/entries/0/error").asDouble()).isGreaterThan(1e-6);
    assertThat(lines.at("/1/entries/0/verdict").asText()).isEqualTo("ok");
    assertThat(lines.at("/1/counts/unknown").asInt()).isEqualTo(1);
  }

  @Test
  void aMalformedEntryExitsWithOne() throws IOException {
    assertThat(run("verify", written("bad.json", small("[1]")).toString())).isEqualTo(1);
    assertThat(out.toString()).contains("malformed: the field 'alpha' holds 1 value where 2");
  }

  @Test
  void whatCannotBeReadExitsWithTwo() throws IOException {
    assertThat(run("verify", folder.resolve("none.json").toString())).isEqualTo(2);
    assertThat(err.toString()).startsWith("spark-mto verify: there is no file ");
    assertThat(run("verify", folder.toString())).isEqualTo(2);
    assertThat(run("verify", written("broken.json", "{").toString())).isEqualTo(2);
    assertThat(run("verify", written("plain.json.gz", "{}").toString())).isEqualTo(2);
    assertThat(run("verify")).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
  }
}
