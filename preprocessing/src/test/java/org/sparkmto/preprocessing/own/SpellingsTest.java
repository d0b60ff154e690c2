package org.sparkmto.preprocessing.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.storage.HadoopDefaults;

class SpellingsTest {
  @TempDir private Path directory;

  /** Names that a configuration would take for numbers, or for yes and no. */
  @ParameterizedTest
  @CsvSource({
    "007, 008",
    "1.10, 1.1",
    "1e5, 100000",
    "1.0, 1",
    "true, false",
    "True, False",
    "-0, 0",
    "+5, 5",
    "0x1F, 31",
    "2024-01-01, 2024-01-02",
    "12345678901234567890123, 12345678901234567890124",
    "null, none",
    "nan, inf",
    "1_000, 1000",
  })
  void aClassIsWhatIsSpelledInTheConfiguration(String first, String second) throws IOException {
    String quoted = first.startsWith("+") ? "\"" + first + "\"" : first; // HOCON has no plus
    RawContents contents =
        listed(
            "classification, classes = [%s, %s]".formatted(quoted, second),
            first + "\n" + second + "\n");
    assertThat(contents.refused()).isEmpty();
    assertThat(labels(contents)).containsExactly(0, 1);
    assertThat(contents.tasks().get(0).classNames()).containsExactly(first, second);
  }

  @Test
  void valuesOfSplitsAndValuesToIgnoreAreWhatIsSpelled() throws IOException {
    Files.writeString(
        directory.resolve("t.csv"),
        "image,fold,y\na,01,1.10\nb,1,1.1\nc,02,00\nd,true,1.1\ne,1e1,1.1\nf,10,1.1\n");
    RawContents contents =
        contents(
            """
            split { column = fold, train = [01, true], val = [02], test = 1e1 }
            tasks = [{ name = y, kind = classification, column = y, classes = [1.1, 1.10]
              ignore = 00 }, { name = z, kind = regression, column = y }]
            """);
    assertThat(contents.samples())
        .extracting(sample -> sample.id() + " " + sample.split() + " " + (sample.labels()[0] & 255))
        .containsExactly("a train 1", "c val 255", "d train 0", "e test 0");
    assertThat(contents.refused())
        .extracting(RefusedSample::detail)
        .containsExactly(
            "line 3 of t.csv: column 'fold' is '1', none of [01, true, 02, 1e1]; '01' is the same"
                + " number, but written otherwise",
            "line 7 of t.csv: column 'fold' is '10', none of [01, true, 02, 1e1]; '1e1' is the"
                + " same number, but written otherwise");
  }

  @Test
  void aRefusalNamesTheClassesAsTheyAreSpelled() throws IOException {
    RawContents contents = listed("classification, classes = [007, 1.10]", "007\n7\n1.2\n");
    assertThat(contents.refused())
        .extracting(RefusedSample::detail)
        .containsExactly(
            "line 3 of t.csv: column 'y' is '7', which is none of 2 classes [007, 1.10]; '007' is"
                + " the same number, but written otherwise",
            "line 4 of t.csv: column 'y' is '1.2', which is none of 2 classes [007, 1.10]");
  }

  @Test
  void otherProgramsMayWriteWholeNumbersWithAPointAndTruthInCapitals() throws IOException {
    RawContents numbers = listed("classification, classes = [3, 5]", "3.0\n5.\n5\n");
    assertThat(labels(numbers)).containsExactly(0, 1, 1);
    RawContents truths = listed("binary, classes = [false, true]", "False\nTRUE\ntrue\n1\n");
    assertThat(labels(truths)).containsExactly(0, 1, 1, 1);
    RawContents both = listed("classification, classes = [1, 1.0]", "1\n1.0\n1.00\n");
    assertThat(labels(both)).containsExactly(0, 1);
    assertThat(both.refused()).hasSize(1);
  }

  @Test
  void aNumberOfParquetHasNoSpelling() {
    Spellings<Integer> classes = new Spellings<>();
    List<String> words = List.of("007", "1.10", "1e7", "2.0", "true", "big", "1", "1.0");
    words.forEach(word -> classes.add(word, words.indexOf(word)));
    assertThat(meaning(classes, 7)).contains(0);
    assertThat(meaning(classes, 7L)).contains(0);
    assertThat(meaning(classes, new BigDecimal("7.00"))).contains(0);
    assertThat(meaning(classes, 1.1)).contains(1);
    assertThat(meaning(classes, 1.1f)).contains(1);
    assertThat(meaning(classes, new BigDecimal("1.1"))).contains(1);
    assertThat(meaning(classes, 1.0E7)).contains(2);
    assertThat(meaning(classes, 10_000_000)).contains(2);
    assertThat(meaning(classes, (byte) 2)).contains(3);
    assertThat(meaning(classes, true)).contains(4);
    assertThat(meaning(classes, "big")).contains(5);
    assertThat(meaning(classes, 1)).as("two words are this number").isEmpty();
    assertThat(meaning(classes, Double.NaN)).isEmpty();
    assertThat(meaning(classes, false)).isEmpty();
    assertThat(meaning(classes, "7")).isEmpty();
  }

  @Test
  void wholeDecimalRealAndTruthColumnsOfParquetMeetNamesThatAreSpelledOtherwise()
      throws IOException {
    LocalSpark.session()
        .sql(
            "SELECT * FROM VALUES ('a', 7, 1.10BD, 1.0E7D, true, 1S),"
                + " ('b', 8, 2.00BD, 5D, false, 2S)"
                + " AS t(image, whole, decimal, real, truth, fold)")
        .coalesce(1)
        .write()
        .parquet(directory.resolve("t.csv").toString());
    RawContents contents =
        contents(
            """
            split { column = fold, train = 01, test = [02] }
            tasks = [
              { name = a, kind = classification, column = whole, classes = [007, 008] },
              { name = b, kind = classification, column = decimal, classes = [2.0, 1.1] },
              { name = c, kind = classification, column = real, classes = [1e7, 5.00] },
              { name = d, kind = classification, column = truth, classes = [True, False] },
              { name = e, kind = binary, column = truth, classes = [no, yes] }]
            """);
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.samples())
        .extracting(RawSample::split)
        .containsExactlyInAnyOrder("train", "test");
    for (RawSample sample : contents.samples()) {
      byte[] labels = Arrays.copyOf(sample.labels(), 5);
      assertThat(labels)
          .isEqualTo(
              sample.split().equals("train")
                  ? new byte[] {0, 1, 0, 0, 1}
                  : new byte[] {1, 0, 1, 1, 0});
    }
  }

  @Test
  void namesOfColumnsAndTasksAreWhatIsSpelled() throws IOException {
    Files.writeString(directory.resolve("1.10"), "image,01,1.50\na,1,2\n");
    RawContents contents =
        contents(
            """
            table = 1.10
            tasks = [{ name = 007, kind = binary, column = 01 },
              { name = 1e3, kind = regression, columns = [1.50] }]
            """);
    assertThat(contents.tasks()).extracting(Task::name).containsExactly("007", "1e3");
  }

  @Test
  void aTableMayHaveAColonInItsName() throws IOException {
    Files.writeString(directory.resolve("of 10:30.csv"), "image,y\nof:1.png,yes\n");
    RawContents contents =
        contents(
            "table = \"of 10:30.csv\", tasks = [{ name = y, kind = binary, column = y,"
                + " loss { name = focal, gamma = 2, weight = [0.5, 1] } }]");
    assertThat(contents.samples()).extracting(RawSample::id).containsExactly("of:1.png");
    assertThat(contents.tasks().get(0).loss()).isEqualTo("focal:gamma=2,weight=[0.5, 1]");
  }

  @Test
  void theManifestKeepsTheSpelling() {
    Config config = ConfigFactory.parseString(config("classification, classes = [007, 1, 0.10]"));
    assertThat(ChosenDataset.of(Own.ENTRY, config).options().get("tasks"))
        .contains("\"classes\":[\"007\",1,\"0.10\"]");
  }

  @Test
  void aWordForTwoThingsIsRefused() {
    assertThatThrownBy(() -> listed("classification, classes = [007, 007]", "007\n"))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("names that are all different, not '[007, 007]'");
    assertThatThrownBy(() -> listed("classification, classes = [1, 2], ignore = 1.0", "1\n"))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("a value that is no class, not '1.0'");
  }

  private static Optional<Integer> meaning(Spellings<Integer> spellings, Object value) {
    return spellings.meaning(new Cell("y", value));
  }

  /** What the first task says of every sample. */
  private static List<Integer> labels(RawContents contents) {
    List<Integer> labels = new ArrayList<>();
    for (RawSample sample : contents.samples()) {
      labels.add(sample.labels()[0] & 255);
    }
    return labels;
  }

  /** A table whose rows have these values, one in a line, in the column of the one task. */
  private RawContents listed(String task, String values) throws IOException {
    StringBuilder table = new StringBuilder("image,y\n");
    values
        .lines()
        .forEach(value -> table.append(table.length()).append(".png,").append(value).append('\n'));
    Files.writeString(directory.resolve("t.csv"), table);
    return contents("tasks = [{ name = y, column = y, kind = " + task + " }]");
  }

  private static String config(String task) {
    return "table = t.csv, size = 4, inputs = [{ column = image }],"
        + " tasks = [{ name = y, column = y, kind = "
        + task
        + " }]";
  }

  private RawContents contents(String settings) throws IOException {
    Config config =
        ConfigFactory.parseString(settings)
            .withFallback(
                ConfigFactory.parseString(
                    "table = t.csv, size = 4, validation-share = 0"
                        + ", inputs = [{ column = image }]"));
    if (config.hasPath("split")) {
      config = config.withoutPath("validation-share");
    }
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    org.apache.hadoop.fs.Path root = files.directory(directory.toString());
    return ChosenDataset.of(Own.ENTRY, config).dataset().list(root, files.within(root));
  }
}
