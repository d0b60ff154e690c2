package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.json.Json;
import org.sparkmto.training.StripesDataset;

/** The structure of the benchmark's table and the bytes in it; never its times. */
class BenchCommandIT {
  private static final int TASKS = 40;

  @TempDir private Path folder;

  @Test
  void comparesAllModesAndCountsWhatMoves() throws Exception {
    Path file = folder.resolve("step.json");
    CommandHere bench =
        CommandHere.run(
            "bench", "step", "--quick", "--master", "local[2]", "--json", file.toString());
    assertThat(bench.code()).as(bench.err()).isZero();
    JsonNode table = new ObjectMapper().readTree(file.toFile());
    List<String> modes = new ArrayList<>();
    for (JsonNode row : table.get("rows")) {
      String method = row.get("method").asText();
      String mode = row.get("mode").asText();
      modes.add(method + ": " + mode);
      assertThat(row.get("medianMillis").asDouble())
          .isPositive()
          .isGreaterThanOrEqualTo(row.get("leastMillis").asDouble());
      assertThat(row.get("ratioToLibtorch").asDouble()).isPositive();
      boolean gram = !method.equals("ew");
      boolean spark = mode.startsWith("Spark");
      // Losses, label counts and half of the Gram matrix as doubles, the attempt's name and
      // lengths.
      long products = gram ? TASKS * (TASKS + 1) / 2 : 0;
      long most = spark ? 8L * (2 * TASKS + products) + 80 : 0;
      assertThat(row.get("bytesToDriverPerStep").asLong())
          .as(method + ", " + mode)
          .isBetween(Math.max(0, most - 80), most);
      assertThat(row.get("bytesSentPerRankAndStep").asLong() > 0)
          .isEqualTo(spark && !mode.equals("Spark, 1 rank"));
      assertThat(bench.out()).contains(mode);
    }
    assertThat(modes)
        .startsWith("ew: libtorch alone", "ew: without Spark", "ew: Spark, 1 rank")
        .contains("imtl-g at z: Spark, 2 ranks", "pcgrad exact: without Spark")
        .contains("ew: Spark, Gloo", "ew: Spark, in turn", "pcgrad exact: 2 ranks apart")
        .hasSize(19);
  }

  /** What is known is not run again; tables are made of all of it. */
  @Test
  void comparesRanksWithOneRankAndGoesOnWhereItWas() throws IOException {
    String[] asked = {
      "bench",
      "ranks",
      "--methods=ew",
      "--ranks=2",
      "--steps=1",
      "--statistics=rank,synchronised",
      "--micro-batches",
      "--out",
      folder.toString()
    };
    CommandHere bench = CommandHere.run(asked);
    assertThat(bench.code()).as(bench.err()).isZero();
    Path rows = folder.resolve("ranks.jsonl");
    List<String> lines = Files.readAllLines(rows);
    assertThat(lines).hasSize(3 * 2 * 2);
    for (String line : lines) {
      JsonNode row = Json.parse(line);
      double apart = row.path("apart").path("2").asDouble();
      boolean whole = !row.path("pieces").asBoolean();
      switch (row.path("statistics").asText()) {
        case "rank" -> assertThat(apart).as(line).isGreaterThan(1e-6);
        default ->
            assertThat(whole ? apart < 1e-14 : row.path("refused").asText().contains("whole batch"))
                .as(line)
                .isTrue();
      }
    }
    String tables = Files.readString(folder.resolve("ranks.md"));
    assertThat(tables)
        .contains(
            "| segnet | `synchronised` | 1 |", "| deeplab | `synchronised` in pieces | refused |")
        .contains("| `ew` |");
    Files.writeString(rows, String.join("\n", lines.subList(0, 11)) + "\n" + "{\"half");
    CommandHere again = CommandHere.run(asked);
    assertThat(again.out()).contains("1 of 1").doesNotContain("2 of");
    assertThat(Files.readAllLines(rows)).hasSize(12);
    assertThat(folder.resolve("ranks.md")).hasContent(tables);
  }

  /** Gradients that were rounded on their way are seen where those that were not are not. */
  @Test
  void ranksTellHowFarRoundedGradientsLead() throws Exception {
    CommandHere.done(
        "bench",
        "ranks",
        "--methods=ew",
        "--networks=segnet",
        "--statistics=ghost",
        "--ranks=2",
        "--steps=2",
        "--transport=float32,bf16",
        "--out",
        folder.toString());
    Map<String, Double> apart = new LinkedHashMap<>();
    for (String line : Files.readAllLines(folder.resolve("ranks.jsonl"))) {
      JsonNode row = Json.parse(line);
      apart.put(row.path("transport").asText(), row.path("apart").path("2").asDouble());
    }
    assertThat(apart).containsOnlyKeys("float32", "bf16");
    assertThat(apart.get("float32")).isLessThan(1e-14);
    // Each number of a gradient is off by 2^-8 at most, and Adam moves by 1e-4 whatever its size.
    assertThat(apart.get("bf16")).isBetween(1e-9, 1e-3);
    assertThat(folder.resolve("ranks.md")).content().contains("`ghost` by bf16");
  }

  @Test
  void refusesWhatItCannotMeasure() {
    CommandHere step = CommandHere.run("bench", "step", "--batch", "1");
    assertThat(step.code()).isEqualTo(2);
    assertThat(step.err()).contains("--batch 1").hasLineCount(1);
    CommandHere ranks = CommandHere.run("bench", "ranks", "--ranks=2,25");
    assertThat(ranks.code()).isEqualTo(2);
    assertThat(ranks.err()).contains("--ranks [2, 25]").hasLineCount(1);
  }

  /** Bytes follow from the sizes: slices and sums of N ranks send (N-1)/N and twice that. */
  @Test
  void countsWhatMovesInEveryWay() throws Exception {
    Path file = folder.resolve("exchange.json");
    CommandHere.doneByTwo(
        "bench",
        "exchange",
        "--tasks",
        "3",
        "--parameters",
        "1000",
        "--sketch",
        "8",
        "--steps",
        "2",
        "--json",
        file.toString());
    Map<String, Long> sent = new LinkedHashMap<>();
    for (JsonNode row : new ObjectMapper().readTree(file.toFile()).get("rows")) {
      assertThat(row.get("millis").asDouble()).isPositive();
      sent.put(row.get("way").asText(), row.get("bytesSent").asLong());
    }
    long gradient = 4 * 1000;
    assertThat(sent.get("one gradient")).isEqualTo(gradient);
    assertThat(sent.get("K gradients, sliced"))
        .isBetween(4 * gradient / 2, 4 * gradient / 2 + 8 * 40);
    assertThat(sent.get("K sketches")).isBetween(gradient + 3 * 4 * 8, gradient + 3 * 4 * 8 + 200);
    assertThat(sent.get("treeAggregate, broadcast")).isEqualTo(3 * gradient);
  }

  /** Two ranks that join anew in every segment. */
  @Test
  void saysWhatGrows() {
    Path data = StripesDataset.write(folder.resolve("stripes"), List.of(0.0, 0.0, 0.0));
    Path out = folder.resolve("soak");
    CommandHere.doneByTwo(
        "bench",
        "soak",
        "--set",
        "data.directory=" + data,
        "--set",
        "network.name=small-conv",
        "--set",
        "training.batch=8",
        "--set",
        "data.validation=",
        "--steps",
        "60",
        "--segments",
        "3",
        "--out",
        out.toString());
    assertThat(out.resolve("soak.png")).isNotEmptyFile();
    assertThat(out.resolve("soak.csv")).content().startsWith("seconds,\"resident memory, MiB\"");
    assertThat(out.resolve("run")).isDirectoryContaining("glob:**metrics.jsonl");
    assertThat(CommandHere.run("bench", "soak", "--out", out.toString()).err())
        .contains("is there already");
  }
}
