package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.sparkmto.cli.DeployFiles.list;
import static org.sparkmto.cli.DeployFiles.map;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The DAG's command lines and exit codes against this program; Airflow itself is not here. */
class AirflowDagTest {
  private static final Path DAG = DeployFiles.DEPLOY.resolve("airflow/spark_mto_retraining.py");

  /** Compiles the file and prints its constants that are lists of texts, as JSON. */
  private static final String READ =
      """
      import ast, json, sys
      text = open(sys.argv[1], encoding="utf-8").read()
      compile(text, sys.argv[1], "exec")
      lines = {}
      for node in ast.parse(text).body:
          if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
              lines[node.targets[0].id] = ast.literal_eval(node.value)
      print(json.dumps(lines))
      """;

  @Test
  void everyCommandLineIsOneOfThisProgram(@TempDir Path folder) throws Exception {
    Map<String, Object> lines = commandLines();
    assertThat(lines).containsOnlyKeys("PREPROCESS", "RETRAIN", "PROMOTED", "KEPT");
    Path nightly = folder.resolve("nightly.conf");
    Files.writeString(nightly, nightlyOfThePage());
    for (Object line : lines.values()) {
      DeployFiles.assertCommand(
          list(line).stream()
              .map(Object::toString)
              .map(word -> word.replace("/srv/photos/nightly.conf", nightly.toString()))
              .toList());
    }
  }

  @Test
  void exitCodesOfRetrainAreThoseThatItDecidesBy() {
    assertThat(DeployFiles.text(DAG))
        .contains("{0: \"promoted\", 3: \"kept\", 4: \"nothing_new\"}", "good=(0, 3, 4)");
    assertThat(List.of(ExitCode.DONE, ExitCode.KEPT, ExitCode.NOTHING_NEW))
        .containsExactly(0, 3, 4);
    assertThat(ExitCode.WRONG_CONFIGURATION).isEqualTo(2);
  }

  /** What docs/retraining.md shows as nightly.conf, without what it includes. */
  private static String nightlyOfThePage() {
    String page = DeployFiles.text(DeployFiles.ROOT.resolve("docs/retraining.md"));
    return Pattern.compile("```hocon\\n(# nightly.conf\\n.*?\\n)(.*?)```", Pattern.DOTALL)
        .matcher(page)
        .results()
        .findFirst()
        .orElseThrow()
        .group(2);
  }

  private static Map<String, Object> commandLines() throws IOException, InterruptedException {
    Process python;
    try {
      python =
          new ProcessBuilder("python3", "-c", READ, DAG.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "no python3 on this machine");
      throw e;
    }
    String json = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).isZero();
    return map(new Yaml(new SafeConstructor(new LoaderOptions())).load(json));
  }
}
