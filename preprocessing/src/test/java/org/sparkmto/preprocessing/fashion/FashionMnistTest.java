package org.sparkmto.preprocessing.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.storage.HadoopDefaults;

class FashionMnistTest {
  private final RawFiles files = new RawFiles(HadoopDefaults.copy());

  @Test
  void theSplitsOfTheShippedImagesShareNone() throws Exception {
    FashionMnist fashion = FashionMnist.shipped();
    assertThat(fashion.garments().get("train").count()).isEqualTo(8000);
    assertThat(fashion.garments().get("val").count()).isEqualTo(500);
    assertThat(fashion.garments().get("test").count()).isEqualTo(1500);
    // Together they are the file, image by image; so none of it is in two of them.
    Map<ByteBuffer, Integer> together = new HashMap<>();
    for (Garments garments : fashion.garments().values()) {
      for (int i = 0; i < garments.count(); i++) {
        together.merge(ByteBuffer.wrap(garments.image(i)), 1, Integer::sum);
      }
    }
    Map<ByteBuffer, Integer> file = new HashMap<>();
    InputStream resource = FashionMnist.class.getResourceAsStream("t10k-images-idx3-ubyte.gz");
    try (IdxReader images = IdxReader.images(resource, "shipped")) {
      for (int i = 0; i < images.count(); i++) {
        file.merge(ByteBuffer.wrap(images.next()), 1, Integer::sum);
      }
    }
    assertThat(together).isEqualTo(file);
  }

  @Test
  void labelsStayWithTheirImages() throws Exception {
    int[] perClass = new int[10];
    double[] brightness = new double[10];
    for (Garments garments : FashionMnist.shipped().garments().values()) {
      for (int i = 0; i < garments.count(); i++) {
        perClass[garments.label(i)]++;
        for (byte pixel : garments.image(i)) {
          brightness[garments.label(i)] += (pixel & 0xff) / 784.0 / 1000;
        }
      }
    }
    assertThat(perClass).containsOnly(1000);
    // Mean brightness of each class, from the same file by NumPy, rounded to 0.001.
    double[] expected = {
      83.624, 56.981, 95.353, 66.395, 99.745, 34.757, 84.858, 43.02, 90.139, 76.593
    };
    for (int c = 0; c < expected.length; c++) {
      assertThat(brightness[c])
          .as(FashionMnist.CLASSES.get(c))
          .isCloseTo(expected[c], within(0.0006));
    }
  }

  @Test
  void theFullSetKeepsItsOwnTestImages(@TempDir Path directory) throws Exception {
    write(directory, "train", 20, 1);
    write(directory, "t10k", 6, 2);
    FashionMnist fashion = FashionMnist.find(Optional.of(directory.toString()), files);
    assertThat(fashion.garments().get("train").count()).isEqualTo(10);
    assertThat(fashion.garments().get("val").count()).isEqualTo(10);
    assertThat(fashion.garments().get("test").count()).isEqualTo(6);
    assertThat(fashion.garments().get("test").image(5)[0]).isEqualTo((byte) 2);
    assertThat(fashion.garments().get("val").image(5)[0]).isEqualTo((byte) 1);
    assertThat(fashion.origin()).contains(directory.toString());
  }

  @Test
  void aNamedDirectoryMustHoldTheFiles(@TempDir Path directory) throws Exception {
    Optional<String> name = Optional.of(directory.toString());
    assertThatThrownBy(() -> FashionMnist.find(name, files))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("holds neither train-images-idx3-ubyte.gz")
        .matches(e -> ((PreprocessingException) e).exitCode() == 2);
    assertThatThrownBy(() -> FashionMnist.find(Optional.of("/does/not/exist"), files))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("/does/not/exist is not a directory");
    write(directory, "train", 20, 1);
    write(directory, "t10k", 6, 2);
    Files.write(
        directory.resolve("t10k-labels-idx1-ubyte"),
        ByteBuffer.allocate(13).putInt(2049).putInt(5).array());
    assertThatThrownBy(() -> FashionMnist.find(name, files))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("6 images for 5 labels")
        .matches(e -> ((PreprocessingException) e).exitCode() == 1);
  }

  private static void write(Path directory, String part, int count, int value) throws Exception {
    ByteBuffer images = ByteBuffer.allocate(16 + count * 784);
    images.putInt(2051).putInt(count).putInt(28).putInt(28);
    while (images.hasRemaining()) {
      images.put((byte) value);
    }
    Files.write(directory.resolve(part + "-images-idx3-ubyte"), images.array());
    Files.write(
        directory.resolve(part + "-labels-idx1-ubyte"),
        ByteBuffer.allocate(8 + count).putInt(2049).putInt(count).array());
  }
}
