package org.sparkmto.preprocessing.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.storage.HadoopDefaults;

/** What spreadsheets write where a comma stands before fractions. */
class CsvOfSpreadsheetsTest {
  private static final String TASK =
      "tasks = [{ name = weight, kind = regression, column = Größe }]\n";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "auto, UTF-8",
    "latin-1, ISO-8859-1",
    "windows-1252, windows-1252",
    "utf-16le, UTF-16LE",
    "utf-16be, UTF-16BE",
  })
  void lettersComeOutInEveryEncodingThatIsNamed(String encoding, String charset)
      throws IOException {
    write("image;Größe\r\nä.png;1,5\r\nb.png;-2e1\r\n", Charset.forName(charset));
    RawContents contents =
        list("encoding = " + encoding + ", decimal = comma, separator = \";\", " + TASK);
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.samples()).extracting(RawSample::id).containsExactly("ä.png", "b.png");
    assertThat(weights(contents)).containsExactly(1.5f, -20f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {"sep=;\\r\\n|;", "\"sep=;\"\\n|;", "SEP=\t\\n|\t", "sep=,\\r|,", "sep=;\\r|;"})
  void theLineAboveTheHeaderSaysWhatStandsBetweenFields(String line, String separator)
      throws IOException {
    String above = line.replace("\\r", "\r").replace("\\n", "\n");
    String end = above.endsWith("\r") ? "\r" : "\n";
    write(
        above + String.join(end, "image,Größe", "a.png,15", "b.png,x", "").replace(",", separator),
        StandardCharsets.UTF_8);
    RawContents contents = list(TASK);
    assertThat(weights(contents)).containsExactly(15f);
    assertThat(contents.refused())
        .extracting(RefusedSample::detail)
        .containsExactly("line 4 of t.csv: column 'Größe' is 'x', not a number");
  }

  @Test
  void aLineThatContradictsTheOptionIsRefused() throws IOException {
    write("sep=;\nimage;Größe\na.png;1\n", StandardCharsets.UTF_8);
    assertThat(weights(list("separator = \";\", " + TASK))).containsExactly(1f);
    assertThatThrownBy(() -> list("separator = \",\", " + TASK))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("separator is ',', but the first line of")
        .hasMessageContaining("is sep=;")
        .matches(e -> ((PreprocessingException) e).exitCode() == 2);
  }

  @Test
  void aPointInNumbersWithCommasAndACommaInThoseWithPointsAreNoNumbers() throws IOException {
    write("image;Größe\na.png;1.234,5\nb.png;1.5\nc.png;2,5\nd.png;3\n", StandardCharsets.UTF_8);
    RawContents comma = list("decimal = comma, separator = \";\", " + TASK);
    assertThat(weights(comma)).containsExactly(2.5f, 3f);
    assertThat(comma.refused())
        .extracting(RefusedSample::detail)
        .allMatch(detail -> detail.endsWith("not a number with a decimal comma"))
        .hasSize(2);
    RawContents point = list("separator = \";\", " + TASK);
    assertThat(weights(point)).containsExactly(1.5f, 3f);
    assertThat(point.refused())
        .extracting(RefusedSample::detail)
        .contains(
            "line 4 of t.csv: column 'Größe' is '2,5', not a number; write a point for the decimal"
                + " comma, or set decimal = comma");
  }

  @Test
  void bytesOfAnotherEncodingAreToldWithTheOption() throws IOException {
    write("image,Größe\na.png,1\n", StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> list(TASK))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("no UTF-8")
        .hasMessageContaining("set encoding = latin-1");
    write("image,Größe\n\u0081.png,1\n", StandardCharsets.ISO_8859_1);
    assertThat(list("encoding = windows-1252, " + TASK).refused())
        .extracting(RefusedSample::detail)
        .allMatch(detail -> detail.contains("no windows-1252; see the option 'encoding'"))
        .hasSize(1);
    write("image,Größe\na.png,1\n", StandardCharsets.UTF_16LE);
    assertThatThrownBy(() -> list(TASK)).hasMessageContaining("set encoding = utf-16le");
  }

  private void write(String text, Charset charset) throws IOException {
    Files.write(directory.resolve("t.csv"), text.getBytes(charset));
  }

  private static List<Float> weights(RawContents contents) {
    return contents.samples().stream()
        .map(sample -> ByteBuffer.wrap(sample.labels()).order(ByteOrder.LITTLE_ENDIAN).getFloat())
        .toList();
  }

  private RawContents list(String settings) throws IOException {
    Config config =
        ConfigFactory.parseString(
            settings
                + "table = t.csv, size = 4, validation-share = 0, inputs = [{ column = image }]");
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    org.apache.hadoop.fs.Path root = files.directory(directory.toString());
    return ChosenDataset.of(Own.ENTRY, config).dataset().list(root, files.within(root));
  }
}
