package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The structure of what is measured; never its times. */
class BenchNetworkCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int network(String... options) {
    String[] arguments = new String[options.length + 2];
    arguments[0] = "bench";
    arguments[1] = "network";
    System.arraycopy(options, 0, arguments, 2, options.length);
    return Main.run(
        Main.subCommands(), new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  @Test
  void measuresEveryStepAndWritesTheFiles() throws Exception {
    Path files = folder.resolve("new").resolve("folder");
    int code =
        network(
            "--network",
            "small-unet",
            "--network-option",
            "width=4",
            "--size",
            "16x24",
            "--steps",
            "4",
            "--threads",
            "1",
            "--method",
            "imtl-g:level=representation",
            "--out",
            files.toString());
    assertThat(code).as(err::toString).isZero();
    assertThat(out.toString())
        .contains("small-unet (width 4), tasks of nyuv2, 16x24, batch 2")
        .contains(
            "imtl-g:level=representation, 1 thread, network.recompute = none, training.precision ="
                + " float32, network.memory-format = contiguous\n")
        .containsPattern("heads' parameters +[\\d,]+: segmentation [\\d,]+, depth [\\d,]+, normals")
        .containsPattern("first step +[\\d,.]+ ms")
        .containsPattern("steps 2 to 4 +median [\\d,.]+ ms, least [\\d,.]+ ms, most [\\d,.]+ ms")
        .containsPattern("growth +[+-][\\d.]+ MiB resident from step 2 to step 4; slope [+-]");

    List<String> csv = Files.readAllLines(files.resolve("memory.csv"));
    assertThat(csv).hasSize(5);
    assertThat(csv.get(0)).startsWith("step,milliseconds,resident_bytes");
    assertThat(csv.get(4)).startsWith("4,").matches("[\\d.]+(,\\d+(\\.\\d+)?){6}");

    JsonNode json = new ObjectMapper().readTree(files.resolve("results.json").toFile());
    assertThat(json.at("/networkOptions/width").asInt()).isEqualTo(4);
    JsonNode times = json.get("milliseconds");
    assertThat(times.get("least").asDouble())
        .isPositive()
        .isLessThanOrEqualTo(times.get("median").asDouble());
    JsonNode memory = json.get("memory");
    long end = memory.at("/end/residentBytes").asLong();
    assertThat(memory.get("peakResidentBytes").asLong()).isGreaterThanOrEqualTo(end);
    // The parameters of the replica at least; a heap and a JVM besides.
    assertThat(end).isGreaterThan(10 << 20);
    assertThat(memory.at("/end/nativeObjects").asLong())
        .isGreaterThan(memory.at("/before/nativeObjects").asLong());
    assertThat(json.at("/parameters/heads").size()).isEqualTo(3);

    BufferedImage picture = ImageIO.read(files.resolve("memory.png").toFile());
    assertThat(picture.getWidth()).isGreaterThan(1000);
  }

  @Test
  void comparesWaysToMakePassesInOneTable() {
    int code =
        network(
            ("--network small-unet --network-option width=2 --size 16x24 --steps 2 --threads 1"
                    + " --recompute none,blocks")
                .split(" "));
    assertThat(code).as(err::toString).isZero();
    assertThat(out.toString())
        .contains(
            "1 thread, network.recompute = none, training.precision = float32,"
                + " network.memory-format = contiguous\n",
            "network.recompute = blocks, training.precision = float32,"
                + " network.memory-format = contiguous\n")
        .containsPattern(
            "passes +mean ms +of the first +least ms +of the first +peak, MiB +of the first +Gram"
                + " +weights\n")
        .containsPattern(
            "network.recompute = none +[\\d,.]+ +1\\.00 +[\\d,.]+ +1\\.00 +[\\d,]+"
                + " +(1\\.00|-) +- +0.0e\\+00\n")
        .containsPattern(
            "network.recompute = blocks +[\\d,.]+ +[\\d.]+ +[\\d,.]+ +[\\d.]+ +[\\d,]+"
                + " +[\\d.-]+ +- +0.0e\\+00\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--network deeplabv3plu        | unknown network 'deeplabv3plu'; did you mean"
            + " 'deeplabv3plus'?",
        "--network-option depht=18     | no option 'depht'; did you mean 'depth'?",
        "--network-option depth=19     | network.depth = 19 must be one of 18, 34, 50, 101",
        "--network-option depth=x      | 'x' is not a long",
        "--tasks nyu                   | did you mean 'nyuv2'?",
        "--network small-conv          | task 'segmentation' has a target for every pixel",
        "--steps 1                     | steps = 1",
        "--size 288x                   | '288x' is no image size",
        "--batch 0                     | batch = 0",
        "--threads 0                   | threads = 0",
        "--method imtlg                | unknown method 'imtlg'",
        "--method modo                 | cuts every batch into 3 parts",
        "--precision fp16             | training.precision = fp16 must be one of float32, bf16",
        "--recompute block             | network.recompute = block must be one of none, blocks",
        "--out pom.xml                 | there is a file of that name",
      })
  void refusesInOneLine(String line, String reason) {
    assertThat(network(line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(reason).hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }
}
