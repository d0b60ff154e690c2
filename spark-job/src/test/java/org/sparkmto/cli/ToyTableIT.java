package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole published table, a minute on two cores. */
class ToyTableIT {
  @TempDir private Path folder;

  @Test
  void allRobustCellsHold() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Path file = folder.resolve("table.json");
    int code =
        Main.run(
            Main.subCommands(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            "toy",
            "--table",
            "--out",
            file.toString());
    assertThat(code).as(out + "\n" + err).isZero();
    assertThat(out.toString())
        .contains("12 cells are exact, 20 robust \"-\" are \"-\", 0 differ that must not")
        .containsPattern("do not reproduce: .*GD ew 0.1, GD ew 0.05");
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.get("holds").asBoolean()).isTrue();
    assertThat(json.get("cells")).hasSize(54);
  }
}
