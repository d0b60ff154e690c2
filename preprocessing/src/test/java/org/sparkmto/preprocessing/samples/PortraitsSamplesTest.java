package org.sparkmto.preprocessing.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.random.Draws;

class PortraitsSamplesTest {
  private static final int HEAD = 6;

  @TempDir private Path directory;

  @Test
  void theTableSaysWhatIsDrawnAndLacksAFifthOfTheLabels() throws Exception {
    SparkSession spark = LocalSpark.session();
    Path raw = directory.resolve("raw");
    SampleGeneration.write(
        spark, SamplesRequest.of("portraits", raw.toString()).withCounts(100, 3, 2));
    List<String> lines = Files.readAllLines(raw.resolve("portraits.csv"));
    assertThat(lines).hasSize(1 + 105);
    assertThat(lines.get(0)).isEqualTo("image,split,smiles,hat,glasses,age,head");
    int[] missing = new int[HEAD + 1];
    for (int i = 0; i < 100; i++) {
      String[] row = lines.get(1 + i).split(",", -1);
      Draws draws = Draws.of(0).of("portraits").of("train").at(i);
      Portrait portrait = Portrait.of(draws);
      assertThat(row[2]).isIn("", portrait.smiles() ? "yes" : "no");
      assertThat(row[3]).isIn("", portrait.hat() ? "yes" : "no");
      assertThat(row[4]).isIn("", portrait.glasses().name().toLowerCase(Locale.ROOT));
      assertThat(row[5]).isIn("", "" + portrait.age());
      assertThat(Files.readAllBytes(raw.resolve(row[0])))
          .isEqualTo(Png.encode(portrait.image(draws.of("noise"))));
      if (!row[HEAD].isEmpty()) {
        int[] mask = Png.decodeNumbers(Files.readAllBytes(raw.resolve(row[HEAD]))).values();
        assertThat(Arrays.stream(mask).filter(value -> value == Portrait.HEAD).count())
            .isCloseTo(
                Math.round(Math.PI * portrait.radius() * portrait.radius()),
                Percentage.withPercentage(8));
      }
      for (int column = 2; column <= HEAD; column++) {
        missing[column] += row[column].isEmpty() ? 1 : 0;
      }
    }
    for (int column = 2; column <= HEAD; column++) {
      assertThat(missing[column]).as(lines.get(0)).isBetween(8, 32); // 20, three deviations of 4
    }
  }
}
