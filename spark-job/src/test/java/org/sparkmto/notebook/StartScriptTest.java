package org.sparkmto.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What notebooks/start refuses, in one line and before anything is installed or built. */
class StartScriptTest {
  @TempDir private Path folder;

  private void refuses(String words, String python, String... arguments)
      throws IOException, InterruptedException {
    Path said = folder.resolve("said");
    ProcessBuilder process =
        new ProcessBuilder(Notebook.FOLDER.resolve("start").toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    process.command().addAll(List.of(arguments));
    process.environment().put("SPARK_MTO_VENV", folder.resolve("none").toString());
    process.environment().put("PYTHON", python);
    Process running = process.start();
    assertThat(running.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(said))
        .contains("notebooks/start: ")
        .contains(words)
        .hasLineCount(1);
    assertThat(running.exitValue()).isEqualTo(2);
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void whatIsMissingOrWrongIsSaidInALine() throws Exception {
    refuses("there is no notebook tutorial", "python3", "--headless", "tutorial");
    refuses("--out goes with --headless", "python3", "--out", folder.toString());
    refuses("--out needs a directory", "python3", "--headless", "--out");
    refuses("no no-such-python on the PATH", "no-such-python", "--headless");
  }

  @Test
  void aPythonThatIsTooOldOrHasNoVenvIsNamed() throws Exception {
    Path old = folder.resolve("python");
    Files.writeString(old, "#!/bin/sh\n[ \"$1\" = -V ] && echo Python 3.8.10\nexit 1\n");
    assertThat(old.toFile().setExecutable(true)).isTrue();
    refuses("is Python 3.8.10; Jupyter needs 3.10 or newer", old.toString(), "--headless");
    Files.writeString(old, "#!/bin/sh\ncase \"$2\" in *venv*) exit 1 ;; esac\n");
    refuses("cannot make an environment; install its venv", old.toString(), "--headless");
  }
}
