package org.sparkmto.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.runlog.Evaluation;

class UndefinedFiguresTest {
  @TempDir Path folder;

  /** A cell that is empty, a dash, a NaN or a 0 would be read as something else. */
  @Test
  void aFigureThatTheSplitDoesNotDefineIsSaidToBeSoEverywhere() throws Exception {
    Path directory = Files.createDirectories(folder.resolve("run"));
    Files.writeString(
        directory.resolve("run.json"), "{\"run\":\"rare\",\"tasks\":[\"left\",\"right\"]}");
    Map<String, Double> none = Map.of("f1", Double.NaN);
    Map<String, Map<String, Double>> tasks = Map.of("left", Map.of("accuracy", 1.0), "right", none);
    Evaluation evaluation =
        new Evaluation(
            "test", 4, tasks, Map.of("accuracy", 1.0, "f1", Double.NaN), Optional.empty());
    Files.writeString(directory.resolve("evaluation-test.json"), evaluation.toJson());
    Report.write(List.of(directory, directory), folder.resolve("report"));
    String html = Files.readString(folder.resolve("report/report.html"));
    assertThat(html)
        .contains("<td class=\"n\">undefined</td>", "<td class=\"n\">–</td>")
        .contains("<strong>undefined</strong>")
        .contains("undefined: the split has not what the metric needs.")
        .doesNotContain("NaN");
    assertThat(Files.readString(folder.resolve("report/results.csv")))
        .contains("rare,,test,4,task,right,f1,,,1,,undefined\r\n")
        .contains("rare,,test,4,task,left,accuracy,1.0,,1,,\r\n")
        .doesNotContain("NaN");
    assertThat(Files.readString(folder.resolve("report/results.tex")))
        .contains("% undef.: not defined on this split.", " & undef.")
        .doesNotContain("NaN");
    JsonNode json =
        new ObjectMapper().readTree(Files.readString(folder.resolve("report/results.json")));
    assertThat(json.at("/runs/0/results/test/tasks/right/f1").isNull()).isTrue();
    assertThat(json.at("/runs/0/results/test/undefined/right/f1").asText())
        .isEqualTo("needs a label that says yes");
  }
}
