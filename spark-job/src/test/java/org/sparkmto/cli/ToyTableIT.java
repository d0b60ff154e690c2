package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole published table. */
class ToyTableIT {
  @TempDir private Path folder;

  @Test
  void allRobustCellsHold() throws Exception {
    Path file = folder.resolve("table.json");
    Path output = folder.resolve("output.txt");
    // In a JVM that optimises, where this takes a third of the time that it takes in that of a
    // test.
    Process toy =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "toy",
                "--table",
                "--out",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int code = toy.waitFor();
    String said = Files.readString(output);
    assertThat(code).as(said).isZero();
    assertThat(said)
        .contains("12 cells are exact, 20 robust \"-\" are \"-\", 0 differ that must not")
        .containsPattern("do not reproduce: .*GD ew 0.1, GD ew 0.05");
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.get("holds").asBoolean()).isTrue();
    assertThat(json.get("cells")).hasSize(54);
  }
}
