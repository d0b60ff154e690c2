package org.sparkmto.preprocessing.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.image.Tiff;
import org.sparkmto.preprocessing.job.LocalSpark;

class StreetSamplesTest {
  private static final ImageSize SIZE = new ImageSize(32, 64);

  @TempDir private Path directory;

  @Test
  void theFilesOfASampleHaveTheNamesOfCityscapes() {
    Street street = Street.of(0, "train", 4, SIZE);
    assertThat(StreetSamples.files(street, "train", 4, Optional.empty()).keySet())
        .containsExactlyInAnyOrder(
            "leftImg8bit/train/aachen/aachen_000002_000019_leftImg8bit.png",
            "gtFine/train/aachen/aachen_000002_000019_gtFine_labelIds.png",
            "gtFine/train/aachen/aachen_000002_000019_gtFine_instanceIds.png",
            "gtFine/train/aachen/aachen_000002_000019_gtFine_color.png",
            "gtFine/train/aachen/aachen_000002_000019_gtFine_polygons.json",
            "disparity/train/aachen/aachen_000002_000019_disparity.png",
            "camera/train/aachen/aachen_000002_000019_camera.json",
            "gtFinePanopticParts/train/aachen/aachen_000002_000019_gtFinePanopticParts.tif");
    assertThat(StreetSamples.files(street, "test", 0, Optional.empty()).keySet())
        .as("the real test split has no parts")
        .hasSize(7)
        .noneMatch(path -> path.contains("Panoptic"));
    assertThat(StreetSamples.core("train", 5)).isEqualTo("bochum_000000_000856");
    assertThat(StreetSamples.core("val", 101)).isEqualTo("frankfurt_000001_000575");
    assertThat(StreetSamples.core("test", 3)).isEqualTo("berlin_000003_000019");
  }

  @Test
  void namesAreUniqueAndWellFormedUpToTheLargestOrder() {
    for (String split : List.of("train", "val", "test")) {
      Set<String> names = new HashSet<>();
      for (int i = 0; i < 200_000; i++) {
        names.add(StreetSamples.core(split, i));
      }
      assertThat(names).hasSize(200_000).allMatch(name -> name.matches("[a-z]+_\\d{6}_\\d{6}"));
    }
  }

  @Test
  void filesDecodeToWhatWasDrawn() throws Exception {
    write(order("s", 30, 6, 3, Faults.NONE));
    for (Map.Entry<String, Integer> split : Map.of("train", 30, "val", 6, "test", 3).entrySet()) {
      for (int i = 0; i < split.getValue(); i++) {
        Street street = Street.of(9, split.getKey(), i, SIZE);
        boolean labelled = !split.getKey().equals("test");
        IntegerMap none = new IntegerMap(32, 64, new int[32 * 64]);
        SampleFiles file = new SampleFiles(split.getKey(), i);
        assertSame(
            Png.decodeNumbers(file.read("gtFine", "gtFine_labelIds.png")),
            labelled ? street.labels() : none);
        assertSame(
            Png.decodeNumbers(file.read("gtFine", "gtFine_instanceIds.png")),
            labelled ? street.instances() : none);
        assertSame(Png.decodeNumbers(file.read("disparity", "disparity.png")), street.disparity());
        assertThat(Png.decodeColour(file.read("leftImg8bit", "leftImg8bit.png")).samples())
            .isEqualTo(street.image().samples());
        if (labelled) {
          assertSame(
              Tiff.decodeNumbers(file.read("gtFinePanopticParts", "gtFinePanopticParts.tif")),
              street.uids());
        }
        Image colours = Png.decodeColour(file.read("gtFine", "gtFine_color.png"));
        for (int p = 0; p < 32 * 64; p++) {
          if (labelled && street.labels().values()[p] == 7) {
            assertThat(colours.at(0, p / 64, p % 64)).as("road is purple").isEqualTo(128);
            assertThat(colours.at(1, p / 64, p % 64)).isEqualTo(64);
          }
        }
        JsonNode polygons = json(file.read("gtFine", "gtFine_polygons.json"));
        assertThat(polygons.path("imgHeight").intValue()).isEqualTo(32);
        assertThat(polygons.path("imgWidth").intValue()).isEqualTo(64);
        assertThat(polygons.path("objects").isArray()).isTrue();
        JsonNode camera = json(file.read("camera", "camera.json"));
        assertThat(camera.path("extrinsic").path("baseline").doubleValue())
            .isEqualTo(street.camera().baseline());
        assertThat(camera.path("intrinsic").path("u0").doubleValue()).isEqualTo(1096.98 / 32);
      }
    }
  }

  @Test
  void aSampleIsTheSameWhateverElseIsWritten() throws Exception {
    write(order("many", 60, 2, 1, Faults.NONE));
    write(order("few", 7, 2, 1, Faults.NONE));
    Map<String, ByteBuffer> many = content("many");
    Map<String, ByteBuffer> few = content("few");
    few.remove("_samples.json");
    assertThat(few).hasSize(7 * 8 + 2 * 8 + 7);
    assertThat(many).hasSize(60 * 8 + 2 * 8 + 7 + 1).containsAllEntriesOf(few);
  }

  @Test
  void faultsAreWhereTheyShouldBe() throws Exception {
    Faults faults =
        new Faults(
            Map.of(
                Fault.MISSING_TARGET, 6, Fault.TRUNCATED, 2, Fault.ALL_VOID, 2, Fault.ODD_SIZE, 2));
    SamplesRequest request = order("s", 20, 1, 1, faults);
    write(request);
    Faults.Chosen chosen = faults.among(20, request.seed());
    Set<String> missing = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      SampleFiles file = new SampleFiles("train", i);
      byte[] image = file.read("leftImg8bit", "leftImg8bit.png");
      Path labels = file.path("gtFine", "gtFine_labelIds.png");
      Path disparity = file.path("disparity", "disparity.png");
      Optional<Fault> fault = chosen.of("train", i);
      if (fault.equals(Optional.of(Fault.TRUNCATED))) {
        UnreadableSampleException refusal =
            catchThrowableOfType(UnreadableSampleException.class, () -> Png.decodeColour(image));
        assertThat(refusal.reason()).isEqualTo(Reason.TRUNCATED);
      } else {
        int width = fault.equals(Optional.of(Fault.ODD_SIZE)) ? 63 : 64;
        assertThat(Png.decodeColour(image).width()).isEqualTo(width);
      }
      if (fault.equals(Optional.of(Fault.MISSING_TARGET))) {
        assertThat(Files.exists(labels)).isNotEqualTo(Files.exists(disparity));
        missing.add(Files.exists(labels) ? "disparity" : "labels");
        continue;
      }
      boolean empty = fault.equals(Optional.of(Fault.ALL_VOID));
      for (byte[] target :
          List.of(
              Files.readAllBytes(labels),
              Files.readAllBytes(disparity),
              file.read("gtFine", "gtFine_instanceIds.png"))) {
        boolean zero = Arrays.stream(Png.decodeNumbers(target).values()).allMatch(v -> v == 0);
        assertThat(zero).isEqualTo(empty);
      }
    }
    assertThat(missing)
        .as("what is missing varies")
        .containsExactlyInAnyOrder("labels", "disparity");
  }

  private SamplesRequest order(String name, int train, int val, int test, Faults faults) {
    return new SamplesRequest(
        "streets",
        directory.resolve(name).toString(),
        9,
        OptionalInt.of(train),
        OptionalInt.of(val),
        OptionalInt.of(test),
        Optional.of(SIZE),
        faults,
        Optional.empty(),
        false);
  }

  private static void write(SamplesRequest request) {
    SampleGeneration.write(LocalSpark.session(), request);
  }

  private static void assertSame(IntegerMap map, IntegerMap other) {
    assertThat(map.width()).isEqualTo(other.width());
    assertThat(map.values()).isEqualTo(other.values());
  }

  private static JsonNode json(byte[] text) throws Exception {
    return new ObjectMapper().readTree(text);
  }

  /** The files of a sample in the directory {@code s}. */
  private final class SampleFiles {
    private final String split;
    private final String core;

    SampleFiles(String split, int index) {
      this.split = split;
      this.core = StreetSamples.core(split, index);
    }

    Path path(String type, String ending) {
      String city = core.substring(0, core.indexOf('_'));
      return directory.resolve("s/" + type + "/" + split + "/" + city + "/" + core + "_" + ending);
    }

    byte[] read(String type, String ending) throws Exception {
      return Files.readAllBytes(path(type, ending));
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
