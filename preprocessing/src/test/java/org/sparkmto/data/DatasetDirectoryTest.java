package org.sparkmto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.storage.HadoopDefaults;

class DatasetDirectoryTest {
  @TempDir private Path directory;

  @Test
  void opensAWholeDataSet() throws IOException {
    write();
    DatasetDirectory opened = open(directory);
    assertThat(opened.manifest()).isEqualTo(DatasetManifestTest.manifest());
    ShardFile file = opened.manifest().split("train").files().get(0);
    assertThat(opened.path(file).toString())
        .isEqualTo("file:" + directory + "/split=train/part-00000.parquet");
  }

  @Test
  void tellsAMissingDirectoryFromAnUnfinishedOne() throws IOException {
    assertRefused(directory.resolve("nothing"), "there is no data set at");
    write();
    Files.delete(directory.resolve(DatasetManifest.FILE_NAME));
    assertRefused(directory, "has not finished");
  }

  @Test
  void seesMissingAndCutFiles() throws IOException {
    write();
    Path file = directory.resolve("split=val/part-00000.parquet");
    Files.write(file, new byte[4]);
    assertRefused(directory, "has 4 bytes, the manifest says 5");
    Files.delete(file);
    assertRefused(directory, "part-00000.parquet is missing");
  }

  @Test
  void namesUnknownFileSystems() {
    assertThatThrownBy(() -> DatasetDirectory.open("nofs://x/y", HadoopDefaults.copy()))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("nofs");
  }

  private void write() throws IOException {
    Files.createDirectories(directory.resolve("split=train"));
    Files.createDirectories(directory.resolve("split=val"));
    Files.write(directory.resolve("split=train/part-00000.parquet"), new byte[77]);
    Files.write(directory.resolve("split=val/part-00000.parquet"), new byte[5]);
    Files.writeString(
        directory.resolve(DatasetManifest.FILE_NAME), DatasetManifestTest.manifest().toJson());
  }

  private static DatasetDirectory open(Path path) {
    return DatasetDirectory.open(path.toString(), HadoopDefaults.copy());
  }

  private static void assertRefused(Path path, String trouble) {
    assertThatThrownBy(() -> open(path))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining(trouble);
  }
}
