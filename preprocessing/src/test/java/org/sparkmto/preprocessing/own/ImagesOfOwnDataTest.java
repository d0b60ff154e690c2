package org.sparkmto.preprocessing.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.storage.HadoopDefaults;

class ImagesOfOwnDataTest {
  @TempDir private Path directory;

  @Test
  void imagesOfSixteenBitsAreReadAsTheLevelsSayAndTheirMasksAsTheyAre() throws Exception {
    Files.write(
        directory.resolve("a.png"),
        Png.encode(new IntegerMap(1, 4, new int[] {0, 1000, 2000, 4000}), 16));
    Files.write(
        directory.resolve("mask.png"),
        Png.encode(new IntegerMap(1, 4, new int[] {40000, 7, 7, 65535}), 16));
    List<byte[]> content = read("levels = [0, 2000]");
    assertThat(content.get(0)).containsExactly(0, 128, 255, 255);
    assertThat(content.get(1)).containsExactly(1, 0, 0, 255);
    assertThatThrownBy(() -> read(""))
        .isInstanceOf(UnreadableSampleException.class)
        .matches(e -> ((UnreadableSampleException) e).reason() == Reason.WRONG_FORMAT)
        .hasMessageContaining("'levels'");
    assertThatThrownBy(() -> read("levels = [0, 2000], max-pixels = 3"))
        .isInstanceOf(UnreadableSampleException.class)
        .matches(e -> ((UnreadableSampleException) e).reason() == Reason.TOO_LARGE)
        .hasMessageContaining("4x1 pixels");
    assertThatThrownBy(() -> read("max-pixels = 400000000"))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("needs 6103 MiB and has")
        .hasMessageContaining("spark.executor.memory");
    assertThatThrownBy(() -> read("max-pixels = 400000001"))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("1 to 400000000");
  }

  private List<byte[]> read(String settings) throws IOException, UnreadableSampleException {
    Files.writeString(directory.resolve("t.csv"), "image,mask\na.png,mask.png\n");
    RawFiles files =
        new RawFiles(HadoopDefaults.copy())
            .within(new org.apache.hadoop.fs.Path(directory.toUri()));
    RawContents contents =
        ChosenDataset.of(
                Own.ENTRY,
                ConfigFactory.parseString(
                    settings
                        + """


                        table = t.csv, size = 1x4, validation-share = 0
                        inputs = [{ column = image, channels = 1 }]
                        tasks = [{ name = m, kind = segmentation, column = mask, classes = 2
                          values = [7, 40000], ignore = 65535 }]
                        """))
            .dataset()
            .list(new org.apache.hadoop.fs.Path(directory.toUri()), files);
    try (SampleReader reader = contents.opener().open(files)) {
      return reader.read(contents.samples().get(0));
    }
  }
}
