package org.sparkmto.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the notebooks in Java by the script of their folder, where that has installed Jupyter. */
class NotebooksIT {
  /** Those whose text is the same on every machine; what is trained differs in the last digits. */
  private static final List<String> EXACT = List.of("choosing-a-method.ipynb", "cluster-run.ipynb");

  @TempDir private Path folder;

  @Test
  void everyNotebookInJavaRunsWithoutABrowserAndSaysWhatIsStored() throws Exception {
    String place = System.getenv("SPARK_MTO_VENV");
    Path venv = Path.of(place == null ? "../runs/notebooks/venv" : place);
    assumeTrue(
        installed(venv),
        "Jupyter is not in runs/notebooks/venv, or another one: notebooks/start installs it");
    assertThat(start()).as(text("said")).isZero();
    for (Notebook stored : Notebook.all().stream().filter(Notebook::isJava).toList()) {
      Notebook made = Notebook.read(folder.resolve("out").resolve(stored.toString()));
      assertThat(kinds(made)).as(stored.toString()).isEqualTo(kinds(stored));
      if (EXACT.contains(stored.toString())) {
        assertThat(printed(made)).isEqualTo(printed(stored));
      }
    }
  }

  private static boolean installed(Path venv) throws IOException {
    Path there = venv.resolve("requirements.txt");
    return Files.exists(there)
        && Files.mismatch(there, Notebook.FOLDER.resolve("requirements.txt")) < 0;
  }

  private int start() throws IOException, InterruptedException {
    String out = folder.resolve("out").toString();
    Process process =
        new ProcessBuilder(
                Notebook.FOLDER.resolve("start").toAbsolutePath().normalize().toString(),
                "--headless",
                "--out",
                out)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile())
            .start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  /** What kinds of outputs each cell has. */
  private static List<String> kinds(Notebook notebook) {
    return notebook.outputs().stream()
        .map(output -> output.path("output_type").asText() + output.path("data").has("image/png"))
        .toList();
  }

  private static String printed(Notebook notebook) {
    return notebook.outputs().stream()
        .map(output -> Notebook.elements(output.path("text")).map(JsonNode::asText))
        .map(lines -> lines.collect(Collectors.joining()))
        .collect(Collectors.joining());
  }
}
