package org.sparkmto.preprocessing.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.storage.HadoopDefaults;

/** Names of Parquet files and columns that other programs would write otherwise. */
class ParquetNamesTest {
  @TempDir private Path directory;

  @Test
  void samplesAreNamedAfterTheirFilesAsThoseAreCalled() throws IOException {
    List<String> names =
        List.of("a b.parquet", "50%.parquet", "%20.parquet", "ä+#&=.parquet", "a'b\"c.parquet");
    Path part = part();
    Files.createDirectories(directory.resolve("raw/t"));
    for (String name : names) {
      Files.copy(part, directory.resolve("raw/t").resolve(name));
    }
    List<String> ids = new ArrayList<>();
    names.forEach(name -> ids.add(name + "#0"));
    assertThat(list("t").samples())
        .extracting(RawSample::id)
        .containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void namesWithWhichSparkOpensNothingAreRefusedWithTheReason() throws IOException {
    Files.createDirectories(directory.resolve("raw/t"));
    Files.copy(part(), directory.resolve("raw/t/a:b.parquet"));
    assertFails("t", "a:b.parquet has a colon in its name", "rename it");
    Files.move(directory.resolve("raw/t/a:b.parquet"), directory.resolve("raw/t/a[b.parquet"));
    assertFails("t", "a[b.parquet has one of *?[]{}\\ in its name", "rename it");
  }

  @Test
  void columnsThatDifferInCaseAloneAreTwo() throws IOException {
    LocalSpark.session().conf().set("spark.sql.caseSensitive", true);
    try {
      LocalSpark.session()
          .sql("SELECT unhex('00') AS image, 'no' AS LABEL, 'yes' AS label, 1 AS Image")
          .write()
          .parquet(directory.resolve("raw/t").toString());
    } finally {
      LocalSpark.session().conf().unset("spark.sql.caseSensitive");
    }
    RawContents contents = list("t");
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.samples().get(0).labels()).startsWith(1);
  }

  private Path part() throws IOException {
    LocalSpark.session()
        .sql("SELECT unhex('00') AS image, 'yes' AS label")
        .coalesce(1)
        .write()
        .parquet(directory.resolve("source").toString());
    try (Stream<Path> files = Files.list(directory.resolve("source"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  private void assertFails(String table, String... parts) {
    assertThatThrownBy(() -> list(table))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> ((PreprocessingException) e).exitCode() == 2);
  }

  private RawContents list(String table) throws IOException {
    LocalSpark.session();
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    org.apache.hadoop.fs.Path root = files.directory(directory.resolve("raw").toString());
    return ChosenDataset.of(
            Own.ENTRY,
            ConfigFactory.parseString(
                "size = 4, validation-share = 0, inputs = [{ column = image }], tasks = [{ name ="
                    + " kind, kind = binary, column = label }], table = "
                    + table))
        .dataset()
        .list(root, files.within(root));
  }
}
