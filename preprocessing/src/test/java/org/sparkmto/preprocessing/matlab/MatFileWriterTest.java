package org.sparkmto.preprocessing.matlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Cell;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sources;

/** What is written here is read by MFL, an independent reader, and by our own. */
final class MatFileWriterTest {
  private static final byte[] FILE =
      new MatFileWriter()
          .column("trainNdxs", List.of(1, 3, 70_000))
          .row("mapClass", new byte[] {40, 0, (byte) 200})
          .cells("names", List.of("wall", "", "grüße"))
          .column("none", List.of())
          .bytes();

  @Test
  void anotherReaderFindsEverything() throws IOException {
    MatFile file = Mat5.newReader(Sources.wrap(FILE)).readMat();
    Matrix column = file.getMatrix("trainNdxs");
    assertThat(column.getDimensions()).containsExactly(3, 1);
    assertThat(column.getInt(0)).isEqualTo(1);
    assertThat(column.getInt(2)).isEqualTo(70_000);
    Matrix row = file.getMatrix("mapClass");
    assertThat(row.getDimensions()).containsExactly(1, 3);
    assertThat(row.getInt(0)).isEqualTo(40);
    assertThat(row.getInt(2)).isEqualTo(200);
    Cell names = file.getCell("names");
    assertThat(names.getDimensions()).containsExactly(1, 3);
    assertThat(names.getChar(0).getString()).isEqualTo("wall");
    assertThat(names.getChar(1).getNumElements()).isZero();
    assertThat(names.getChar(2).getString()).isEqualTo("grüße");
    assertThat(file.getMatrix("none").getNumElements()).isZero();
  }

  @Test
  void ourReaderFindsEverything() throws Exception {
    org.sparkmto.preprocessing.matlab.MatFile file =
        org.sparkmto.preprocessing.matlab.MatFile.parse(FILE);
    assertThat(file.variable("trainNdxs").integers()).containsExactly(1, 3, 70_000);
    assertThat(file.variable("mapClass").integers()).containsExactly(40, 0, 200);
    List<MatValue> names = file.variable("names").cells();
    assertThat(names.get(0).text()).isEqualTo("wall");
    assertThat(names.get(1).text()).isEmpty();
    assertThat(names.get(2).text()).isEqualTo("grüße");
    assertThat(file.variable("none").integers()).isEmpty();
  }
}
