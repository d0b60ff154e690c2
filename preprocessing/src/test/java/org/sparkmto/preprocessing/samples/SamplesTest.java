package org.sparkmto.preprocessing.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.fashion.FashionMnist;
import org.sparkmto.preprocessing.fashion.Garments;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.storage.HadoopDefaults;

class SamplesTest {
  @TempDir private Path directory;

  @Test
  void theOverlayAgreesWithTheRecipeInNumpy() throws Exception {
    try (InputStream in = SamplesTest.class.getResourceAsStream("overlaid.bytes")) {
      byte[] left = in.readNBytes(784);
      byte[] right = in.readNBytes(784);
      assertThat(MultiFashionSamples.overlaid(left, right)).isEqualTo(in.readAllBytes());
    }
  }

  @Test
  void theSameSeedGivesTheSameMultiFashion() throws Exception {
    write(SamplesRequest.of("multi-fashion", path("a")).withCounts(300, 10, 20));
    write(SamplesRequest.of("multi-fashion", path("b")).withCounts(300, 10, 20));
    write(SamplesRequest.of("multi-fashion", path("c")).withCounts(300, 10, 20).withSeed(1));
    write(SamplesRequest.of("multi-fashion", path("d")).withCounts(200, 10, 20));
    assertThat(content("a")).isEqualTo(content("b"));
    byte[] images = inflated("a/train-images-idx3-ubyte.gz");
    assertThat(inflated("c/train-images-idx3-ubyte.gz")).isNotEqualTo(images);
    byte[] fewer = inflated("d/train-images-idx3-ubyte.gz");
    assertThat(Arrays.copyOfRange(fewer, 16, fewer.length))
        .isEqualTo(Arrays.copyOfRange(images, 16, fewer.length));
    assertThat(content("a").keySet())
        .containsExactlyInAnyOrder(
            "_samples.json",
            "train-images-idx3-ubyte.gz",
            "train-left-labels-idx1-ubyte.gz",
            "train-right-labels-idx1-ubyte.gz",
            "val-images-idx3-ubyte.gz",
            "val-left-labels-idx1-ubyte.gz",
            "val-right-labels-idx1-ubyte.gz",
            "test-images-idx3-ubyte.gz",
            "test-left-labels-idx1-ubyte.gz",
            "test-right-labels-idx1-ubyte.gz");
  }

  @Test
  void leftLabelsBelongToTheGarmentsOfTheirOwnSplit() throws Exception {
    write(SamplesRequest.of("multi-fashion", path("m")).withCounts(500, 50, 100));
    for (String split : List.of("train", "val", "test")) {
      // The first rows of the canvas show the left garment alone: rows 0, 1, 3, 4, 5 of it.
      Map<ByteBuffer, Set<Integer>> classes = new HashMap<>();
      Garments garments = sources().get(split);
      for (int i = 0; i < garments.count(); i++) {
        byte[] top = MultiFashionSamples.overlaid(garments.image(i), new byte[784]);
        classes
            .computeIfAbsent(ByteBuffer.wrap(top, 0, 4 * 28).slice(), key -> new HashSet<>())
            .add(garments.label(i));
      }
      byte[] images = inflated("m/" + split + "-images-idx3-ubyte.gz");
      byte[] labels = inflated("m/" + split + "-left-labels-idx1-ubyte.gz");
      for (int i = 0; i < labels.length - 8; i++) {
        assertThat(classes.get(ByteBuffer.wrap(images, 16 + i * 784, 4 * 28).slice()))
            .as("%s %d", split, i)
            .contains((int) labels[8 + i]);
      }
    }
  }

  @Test
  void fashion40HasTheLayoutOfCelebaAndTrueLabels() throws Exception {
    SamplesSummary summary = write(SamplesRequest.of("fashion-40", path("f")).withCounts(12, 3, 5));
    assertThat(summary.counts()).isEqualTo(Map.of("train", 12, "val", 3, "test", 5));
    List<String> attributes = Files.readAllLines(directory.resolve("f/Anno/list_attr_celeba.txt"));
    List<String> partition =
        Files.readAllLines(directory.resolve("f/Eval/list_eval_partition.txt"));
    assertThat(attributes).hasSize(22);
    assertThat(attributes.get(0)).isEqualTo("20");
    String[] names = attributes.get(1).split(" ");
    assertThat(names).hasSize(40).startsWith("top_left_t_shirt", "top_left_trouser");
    assertThat(names[39]).isEqualTo("bottom_right_ankle_boot");
    assertThat(partition).hasSize(20).startsWith("000001.jpg 0").endsWith("000020.jpg 2");
    assertThat(partition.get(12)).isEqualTo("000013.jpg 1");
    try (Stream<Path> files = Files.list(directory.resolve("f/Img/img_align_celeba"))) {
      assertThat(files).hasSize(20);
    }
    Map<String, Garments> garments = sources();
    for (int i = 0; i < 20; i++) {
      String name = String.format("%06d.jpg", i + 1);
      Image image =
          Jpeg.decode(Files.readAllBytes(directory.resolve("f/Img/img_align_celeba/" + name)));
      assertThat(image.width()).isEqualTo(178);
      assertThat(image.height()).isEqualTo(218);
      String[] row = attributes.get(2 + i).split("\\s+");
      assertThat(row).hasSize(41).startsWith(name);
      assertThat(Arrays.copyOfRange(row, 1, 41)).containsOnly("1", "-1");
      String split = List.of("train", "val", "test").get(partition.get(i).charAt(11) - '0');
      for (int q = 0; q < 4; q++) {
        int shown = nearest(quadrant(image, q), garments.get(split));
        for (int c = 0; c < 10; c++) {
          assertThat(row[1 + 10 * q + c])
              .as("%s, %s", name, names[10 * q + c])
              .isEqualTo(c == shown ? "1" : "-1");
        }
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameFashion40() throws Exception {
    write(SamplesRequest.of("fashion-40", path("a")).withCounts(1005, 2, 3));
    write(SamplesRequest.of("fashion-40", path("b")).withCounts(1005, 2, 3));
    Map<String, ByteBuffer> first = content("a");
    assertThat(first).isEqualTo(content("b")).hasSize(1010 + 3);
    write(SamplesRequest.of("fashion-40", path("b")).withCounts(4, 2, 3).overwriting());
    Map<String, ByteBuffer> fewer = content("b");
    assertThat(fewer).hasSize(9 + 3);
    assertThat(fewer.get("Img/img_align_celeba/000004.jpg"))
        .isEqualTo(first.get("Img/img_align_celeba/000004.jpg"));
    assertThat(fewer.get("Img/img_align_celeba/000005.jpg"))
        .as("the first of the validation split")
        .isEqualTo(first.get("Img/img_align_celeba/001006.jpg"));
  }

  @Test
  void samplesAreMadeWhenTheirSealSaysTheSame() throws Exception {
    SamplesRequest request = SamplesRequest.of("fashion-40", path("f")).withCounts(4, 0, 1);
    Configuration hadoop = HadoopDefaults.copy();
    assertThat(SampleGeneration.isMade(request, hadoop)).isFalse();
    write(request);
    assertThat(SampleGeneration.isMade(request, hadoop)).isTrue();
    assertThat(SampleGeneration.isMade(request.withCounts(5, 0, 1), hadoop)).isFalse();
    assertThat(SampleGeneration.isMade(request.withSeed(1), hadoop)).isFalse();
    Files.writeString(directory.resolve("f/" + SampleGeneration.SEAL), "{");
    assertThat(SampleGeneration.isMade(request, hadoop)).isFalse();
  }

  @Test
  void refusesWhatItCannotDo() throws Exception {
    assertRefused(
        SamplesRequest.of("multi-mode", path("x")),
        "unknown samples 'multi-mode'; did you mean 'multi-fashion'? Known are faces, fashion-40,");
    assertRefused(
        SamplesRequest.of("fashion-40", path("x")).withSize(new ImageSize(8, 8)),
        "samples 'fashion-40' has no option 'size'");
    assertRefused(
        SamplesRequest.of("multi-fashion", path("x"))
            .withFaults(new Faults(Map.of(Fault.TRUNCATED, 1))),
        "samples 'multi-fashion' has no option 'faults'");
    assertRefused(
        SamplesRequest.of("streets", path("x")).withFashionDirectory("/somewhere"),
        "samples 'streets' has no option 'fashion-directory'");
    assertRefused(
        SamplesRequest.of("fashion-40", path("x")).withFashionDirectory("/does/not/exist"),
        "/does/not/exist");
    assertThat(directory.resolve("x")).doesNotExist();
    Files.createDirectories(directory.resolve("mine/Img"));
    assertRefused(
        SamplesRequest.of("fashion-40", path("mine")).overwriting(), "name another directory");
    assertThatThrownBy(() -> SamplesRequest.of("fashion-40", "x").withCounts(0, 1, 1))
        .isInstanceOf(PreprocessingException.class);
    assertThatThrownBy(() -> SamplesRequest.of("fashion-40", "x").withCounts(999_999, 1, 1))
        .isInstanceOf(PreprocessingException.class);
  }

  /** The images that the generators find, too. */
  private static Map<String, Garments> sources() throws IOException {
    return FashionMnist.find(Optional.empty(), new RawFiles(HadoopDefaults.copy())).garments();
  }

  private static byte[] quadrant(Image image, int q) {
    byte[] tile = new byte[109 * 89];
    for (int y = 0; y < 109; y++) {
      for (int x = 0; x < 89; x++) {
        tile[y * 89 + x] = (byte) image.at(0, y + (q / 2) * 109, x + (q % 2) * 89);
      }
    }
    return new Image(1, 109, 89, tile).resized(28, 28).samples();
  }

  private static int nearest(byte[] tile, Garments garments) {
    long best = Long.MAX_VALUE;
    int label = -1;
    for (int i = 0; i < garments.count(); i++) {
      byte[] image = garments.image(i);
      long distance = 0;
      for (int p = 0; p < tile.length && distance < best; p++) {
        int difference = (tile[p] & 0xff) - (image[p] & 0xff);
        distance += (long) difference * difference;
      }
      if (distance < best) {
        best = distance;
        label = garments.label(i);
      }
    }
    return label;
  }

  private static SamplesSummary write(SamplesRequest request) {
    return SampleGeneration.write(LocalSpark.session(), request);
  }

  private static void assertRefused(SamplesRequest request, String trouble) {
    assertThatThrownBy(() -> write(request))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining(trouble)
        .matches(e -> ((PreprocessingException) e).isWrongUsage());
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private byte[] inflated(String name) throws Exception {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(directory.resolve(name)))) {
      return in.readAllBytes();
    }
  }

  private Map<String, ByteBuffer> content(String name) throws Exception {
    Map<String, ByteBuffer> content = new TreeMap<>();
    Path root = directory.resolve(name);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(root.relativize(file).toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
      }
    }
    return content;
  }
}
