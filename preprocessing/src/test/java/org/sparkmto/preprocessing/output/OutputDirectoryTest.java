package org.sparkmto.preprocessing.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.storage.HadoopDefaults;

class OutputDirectoryTest {
  private static final OutputDirectory.Form FORM =
      new OutputDirectory.Form("thing", "_seal", "ours"::equals, name -> name.startsWith("own"));

  @TempDir private Path directory;

  @Test
  void aNewDirectoryIsMarkedUntilItIsSealed() throws IOException {
    Path fresh = directory.resolve("a/b");
    OutputDirectory output = examine(fresh, false);
    assertThat(fresh).doesNotExist();
    output.begin();
    assertThat(fresh.resolve("_unfinished")).exists();
    output.seal("ours");
    assertThat(fresh.resolve("_seal")).hasContent("ours");
    assertThat(fresh.toFile().list()).containsExactly("_seal");
  }

  @Test
  void aFinishedDirectoryIsReplacedOnlyOnDemand() throws IOException {
    finished("ours");
    assertRefused(false, "holds a finished thing");
    OutputDirectory output = examine(directory, true);
    assertThat(directory.resolve("_seal")).exists();
    output.begin();
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("_unfinished", "notes.txt");
  }

  @Test
  void theRestOfACrashedRunIsCleared() throws IOException {
    examine(directory, false).begin();
    Files.createDirectories(directory.resolve("own-part/deep"));
    OutputDirectory output = examine(directory, false);
    output.begin();
    assertThat(directory.toFile().list()).containsExactly("_unfinished");
  }

  @Test
  void foreignDirectoriesAreNeverTouched() throws IOException {
    Files.createDirectories(directory.resolve("own-photos"));
    assertRefused(true, "is not empty and holds no thing of this program", "own-photos");
    assertThat(directory.resolve("own-photos")).exists();
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> examine(file, true))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("is a file");
  }

  @Test
  void aSealThatIsNotOursIsForeign() throws IOException {
    finished("somebody else's");
    assertRefused(true, "_seal was not written by this version");
  }

  @Test
  void twoRunsAtOnceDoNotBothFinish() throws IOException {
    OutputDirectory first = examine(directory, false);
    first.begin();
    OutputDirectory second = examine(directory, false);
    second.begin();
    assertThatThrownBy(() -> first.seal("ours"))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("another run");
    second.seal("ours");
    assertThatThrownBy(() -> first.seal("ours")).isInstanceOf(PreprocessingException.class);
  }

  @Test
  void unknownFileSystemsAreNamed() {
    assertThatThrownBy(
            () -> OutputDirectory.examine("nofs://x/y", HadoopDefaults.copy(), FORM, false))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("nofs");
  }

  private void finished(String seal) throws IOException {
    Files.writeString(directory.resolve("_seal"), seal);
    Files.createFile(directory.resolve("own-part"));
    Files.createFile(directory.resolve("notes.txt"));
  }

  private void assertRefused(boolean overwrite, String... parts) {
    assertThatThrownBy(() -> examine(directory, overwrite))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> ((PreprocessingException) e).isWrongUsage());
  }

  private static OutputDirectory examine(Path path, boolean overwrite) throws IOException {
    return OutputDirectory.examine(path.toString(), HadoopDefaults.copy(), FORM, overwrite);
  }
}
