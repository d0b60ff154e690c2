package org.sparkmto.preprocessing.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Png;

class MapFileTest {
  private static MapFile file(
      TaskKind kind, int classes, ElementType type, List<Integer> shape, double greatest) {
    Task task = Task.of("task", kind, List.of("image"), "target", classes);
    double scale = kind == TaskKind.NORMALS ? 1.0 / 32767 : 1;
    Column column = new Column("task", Column.Role.TARGET, type, shape).measured(scale, 0, "m");
    return MapFile.of(task, column, greatest).orElseThrow();
  }

  private static BufferedImage seen(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  @Test
  void numbersOfClassesAreReadBackAndPeopleSeeColours()
      throws IOException, UnreadableSampleException {
    byte[] content = {0, 1, 2, (byte) 255, 2, 1};
    byte[] png =
        file(TaskKind.SEGMENTATION, 3, ElementType.UINT8, List.of(2, 3), Double.NaN).png(content);
    assertThat(Png.decodeNumbers(png).values()).containsExactly(0, 1, 2, 255, 2, 1);
    BufferedImage seen = seen(png);
    assertThat(seen.getWidth()).isEqualTo(3);
    List<Integer> colours = Colours.ofClasses(3, List.of());
    assertThat(seen.getRGB(1, 0) & 0xffffff).isEqualTo(colours.get(1));
    assertThat(seen.getRGB(0, 1) & 0xffffff).as("void").isZero();
  }

  @Test
  void masksAreBlackAndWhite() throws IOException, UnreadableSampleException {
    byte[] png =
        file(TaskKind.MASK, 2, ElementType.UINT8, List.of(1, 3), Double.NaN)
            .png(new byte[] {0, 1, (byte) 255});
    assertThat(Png.decodeNumbers(png).values()).containsExactly(0, 1, 255);
    assertThat(seen(png).getRGB(0, 0) & 0xffffff).isZero();
    assertThat(seen(png).getRGB(1, 0) & 0xffffff).isEqualTo(0xffffff);
    assertThat(seen(png).getRGB(2, 0) & 0xffffff).isEqualTo(0x808080);
  }

  @ParameterizedTest
  @CsvSource({"10, 0.001", "32.7675, 0.001", "32.8, 0.01", "80, 0.01", "0.5, 0.0001", "NaN, 0.001"})
  void twiceTheGreatestDepthFitsInto16Bits(double greatest, double step) {
    assertThat(file(TaskKind.DEPTH, 1, ElementType.FLOAT32, List.of(1, 1), greatest).step())
        .isEqualTo(step);
  }

  @Test
  void depthsAreStepsAndWhereThereIsNoneIsZero() throws UnreadableSampleException {
    ByteBuffer content = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    content.asFloatBuffer().put(new float[] {1.2344f, 0, -3, Float.NaN, 100});
    byte[] png =
        file(TaskKind.DEPTH, 1, ElementType.FLOAT32, List.of(1, 5), 10).png(content.array());
    assertThat(Png.decodeNumbers(png).values()).containsExactly(1234, 1, 1, 0, 65_535);
  }

  @Test
  void normalsAreColoursAndWhereThereIsNoneIsBlack() throws IOException {
    ByteBuffer content = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    short none = (short) ElementType.INT16.missing();
    content.asShortBuffer().put(new short[] {-32767, none, 0, none, 32767, none});
    byte[] png =
        file(TaskKind.NORMALS, 3, ElementType.INT16, List.of(3, 1, 2), Double.NaN)
            .png(content.array());
    assertThat(seen(png).getRGB(0, 0) & 0xffffff).isEqualTo(0x0080ff);
    assertThat(seen(png).getRGB(1, 0) & 0xffffff).isZero();
  }

  @Test
  void vectorsHaveNoFile() {
    Task task = Task.of("task", TaskKind.VECTORS, List.of("image"), "target", 2);
    Column column = new Column("task", Column.Role.TARGET, ElementType.FLOAT32, List.of(2, 1, 1));
    assertThat(MapFile.of(task, column, 1)).isEmpty();
  }
}
