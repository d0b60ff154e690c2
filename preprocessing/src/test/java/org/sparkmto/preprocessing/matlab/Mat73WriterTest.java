package org.sparkmto.preprocessing.matlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.matlab.Mat73Writer.ElementKind;
import org.sparkmto.preprocessing.matlab.Mat73Writer.Variable;

/** What is written here is read by jHDF, an independent reader, and by our own. */
final class Mat73WriterTest {
  private static final Variable IMAGES =
      new Variable("images", ElementKind.UINT8, List.of(2, 3, 5, 7));
  private static final Variable LABELS =
      new Variable("labels", ElementKind.UINT16, List.of(2, 5, 7));
  private static final Variable DEPTHS =
      new Variable("depths", ElementKind.SINGLE, List.of(2, 5, 7));

  @TempDir private Path directory;

  private Path written() throws IOException {
    Path file = directory.resolve("rooms.mat");
    Mat73Writer.write(
        Files.newOutputStream(file), List.of(IMAGES, LABELS, DEPTHS), Mat73WriterTest::fill);
    return file;
  }

  /** Element i is 3 i modulo 256, 613 i modulo 65,536, or i / 8 - 2. */
  private static void fill(Variable variable, OutputStream out) throws IOException {
    int count = variable.dimensions().stream().reduce(1, (a, b) -> a * b);
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (variable.kind()) {
        case UINT8 -> bytes.put((byte) (3 * i));
        case UINT16 -> bytes.putShort((short) (613 * i));
        case SINGLE -> bytes.putFloat(i / 8f - 2);
      }
    }
    out.write(bytes.array(), 0, bytes.position());
  }

  @Test
  void anotherReaderFindsEveryNumber() throws IOException {
    try (HdfFile file = new HdfFile(written())) {
      assertThat(file.getChildren().keySet())
          .containsExactlyInAnyOrder("images", "labels", "depths");
      int[] images = (int[]) file.getDatasetByPath("images").getDataFlat();
      int[] labels = (int[]) file.getDatasetByPath("labels").getDataFlat();
      float[] depths = (float[]) file.getDatasetByPath("depths").getDataFlat();
      assertThat(images).hasSize(210);
      for (int i = 0; i < images.length; i++) {
        assertThat(images[i]).isEqualTo(3 * i % 256);
      }
      for (int i = 0; i < labels.length; i++) {
        assertThat(labels[i]).isEqualTo(613 * i % 65_536);
        assertThat(depths[i]).isEqualTo(i / 8f - 2);
      }
    }
  }

  @Test
  void anotherReaderFindsDimensionsAndMatlabsNamesOfTheTypes() throws IOException {
    try (HdfFile file = new HdfFile(written())) {
      for (Variable variable : List.of(IMAGES, LABELS, DEPTHS)) {
        Dataset dataset = file.getDatasetByPath(variable.name());
        assertThat(dataset.getDimensions())
            .isEqualTo(variable.dimensions().stream().mapToInt(Integer::intValue).toArray());
      }
      assertThat(file.getDatasetByPath("images").getAttribute("MATLAB_class").getData())
          .isEqualTo("uint8");
      assertThat(file.getDatasetByPath("labels").getAttribute("MATLAB_class").getData())
          .isEqualTo("uint16");
      assertThat(file.getDatasetByPath("depths").getAttribute("MATLAB_class").getData())
          .isEqualTo("single");
    }
  }

  @Test
  void ourReaderFindsSlices() throws Exception {
    try (Mat73 mat = Mat73.open(written())) {
      assertThat(mat.dimensions("images")).hasValue(new int[] {2, 3, 5, 7});
      int[] images = mat.integers("images", 1);
      int[] labels = mat.integers("labels", 1);
      float[] depths = mat.reals("depths", 1);
      for (int i = 0; i < images.length; i++) {
        assertThat(images[i]).isEqualTo(3 * (105 + i) % 256);
      }
      for (int i = 0; i < labels.length; i++) {
        assertThat(labels[i]).isEqualTo(613 * (35 + i) % 65_536);
        assertThat(depths[i]).isEqualTo((35 + i) / 8f - 2);
      }
    }
  }

  @Test
  void aVariableThatIsCutOrTooManyVariablesAreRefused() {
    assertThatThrownBy(
            () ->
                Mat73Writer.write(
                    new ByteArrayOutputStream(),
                    List.of(IMAGES),
                    (variable, out) -> out.write(new byte[209])))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("images")
        .hasMessageContaining("209 bytes");
    List<Variable> nine =
        IntStream.range(0, 9)
            .mapToObj(i -> new Variable("v" + i, ElementKind.UINT8, List.of(1)))
            .toList();
    assertThatThrownBy(
            () -> Mat73Writer.write(new ByteArrayOutputStream(), nine, (variable, out) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("9 variables");
  }
}
