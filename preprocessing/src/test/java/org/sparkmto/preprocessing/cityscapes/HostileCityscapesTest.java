package org.sparkmto.preprocessing.cityscapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.image.Tiff;
import org.sparkmto.storage.HadoopDefaults;

/** Files that lie, through the reader. */
@Tag("hostile")
class HostileCityscapesTest {
  private static final String CORE = "aachen_000000_000019";

  @TempDir private Path directory;
  private Path root;
  private TinyCity city;

  @BeforeEach
  void goodSample() throws IOException {
    root = Files.createDirectory(directory.resolve("raw"));
    city = new TinyCity(root, false).sample("train", CORE);
  }

  @ParameterizedTest
  @EnumSource(RawFile.class)
  void cutFilesOfEveryKindAtEveryPlace(RawFile kind) throws Exception {
    byte[] whole = Files.readAllBytes(city.path(kind, "train", CORE));
    for (int length = 0; length < whole.length - 4; length += length < 64 ? 1 : 17) {
      Reason reason = reason(kind, Arrays.copyOf(whole, length));
      assertThat(reason)
          .as("%s of %d bytes", kind, length)
          .isIn(Reason.TRUNCATED, Reason.DAMAGED, Reason.WRONG_FORMAT);
    }
  }

  /** A PNG has check sums: a changed byte is never decoded to something else. */
  @ParameterizedTest
  @EnumSource(
      value = RawFile.class,
      names = {"IMAGE", "LABEL_IDS", "INSTANCE_IDS", "DISPARITY"})
  void changedBytesAreNoticed(RawFile kind) throws Exception {
    byte[] whole = Files.readAllBytes(city.path(kind, "train", CORE));
    for (int at = 0; at < whole.length; at += 7) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x10;
      assertThat(reason(kind, changed)).as("byte %d", at).isNotNull();
    }
  }

  /** A TIFF and a JSON have none: whatever is decoded, it is a sample or a reason. */
  @ParameterizedTest
  @EnumSource(
      value = RawFile.class,
      names = {"PARTS", "CAMERA"})
  void changedBytesNeverCrash(RawFile kind) throws Exception {
    byte[] whole = Files.readAllBytes(city.path(kind, "train", CORE));
    int noticed = 0;
    for (int at = 0; at < whole.length; at += 11) {
      for (int bit : new int[] {0x01, 0x80}) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) bit;
        city.write(kind, "train", CORE, changed);
        try {
          city.read(options(kind), CORE);
        } catch (UnreadableSampleException e) {
          noticed++;
        }
      }
    }
    assertThat(noticed).isPositive();
  }

  @ParameterizedTest
  @EnumSource(
      value = RawFile.class,
      names = {"IMAGE", "LABEL_IDS", "INSTANCE_IDS", "DISPARITY", "PARTS"})
  void aJpegIsNoMapWhateverItsName(RawFile kind) throws Exception {
    BufferedImage gray =
        new BufferedImage(TinyCity.WIDTH, TinyCity.HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
    assertThat(reason(kind, encoded(gray, "jpg"))).isEqualTo(Reason.WRONG_FORMAT);
    assertThat(reason(kind, encoded(gray, "bmp"))).isEqualTo(Reason.WRONG_FORMAT);
    assertThat(reason(kind, "<html>not found</html>".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Reason.WRONG_FORMAT);
  }

  @Test
  void coloursAreNoLabels() throws Exception {
    byte[] colours = Png.encode(TinyCity.image(TinyCity.HEIGHT, TinyCity.WIDTH));
    for (RawFile kind : List.of(RawFile.LABEL_IDS, RawFile.INSTANCE_IDS, RawFile.DISPARITY)) {
      assertThat(reason(kind, colours)).isEqualTo(Reason.WRONG_FORMAT);
    }
    BufferedImage alpha =
        new BufferedImage(TinyCity.WIDTH, TinyCity.HEIGHT, BufferedImage.TYPE_INT_ARGB);
    assertThat(reason(RawFile.LABEL_IDS, encoded(alpha, "png"))).isEqualTo(Reason.WRONG_FORMAT);
  }

  @Test
  void eightAndSixteenBitsAreNotMixedUp() throws Exception {
    assertThat(reason(RawFile.LABEL_IDS, Png.encode(TinyCity.labels(), 16)))
        .isEqualTo(Reason.WRONG_FORMAT);
    assertThat(reason(RawFile.INSTANCE_IDS, Png.encode(TinyCity.labels(), 8)))
        .isEqualTo(Reason.WRONG_FORMAT);
    assertThat(reason(RawFile.DISPARITY, Png.encode(TinyCity.labels(), 8)))
        .isEqualTo(Reason.WRONG_FORMAT);
  }

  @Test
  void anImageOfAnotherSizeThanItsTargets() throws Exception {
    for (int[] size : new int[][] {{15, 32}, {16, 31}, {32, 16}, {1, 512}}) {
      byte[] image = Png.encode(TinyCity.image(size[0], size[1]));
      assertThat(reason(RawFile.IMAGE, image)).isEqualTo(Reason.WRONG_SIZE);
      IntegerMap map = TinyCity.map(size[0], size[1], i -> 7);
      assertThat(reason(RawFile.LABEL_IDS, Png.encode(map, 8))).isEqualTo(Reason.WRONG_SIZE);
      assertThat(reason(RawFile.INSTANCE_IDS, Png.encode(map, 16))).isEqualTo(Reason.WRONG_SIZE);
      assertThat(reason(RawFile.DISPARITY, Png.encode(map, 16))).isEqualTo(Reason.WRONG_SIZE);
      assertThat(reason(RawFile.PARTS, Tiff.encode(map))).isEqualTo(Reason.WRONG_SIZE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {34, 35, 99, 128, 254})
  void labelsOutsideOfTheTable(int id) throws Exception {
    byte[] file = Png.encode(TinyCity.map(i -> i == 511 ? id : 7), 8);
    UnreadableSampleException e = trouble(RawFile.LABEL_IDS, file);
    assertThat(e.reason()).isEqualTo(Reason.BAD_LABEL);
    assertThat(e).hasMessageContaining("gtFine_labelIds.png").hasMessageContaining("" + id);
  }

  /** One pixel that the smaller map would not even keep. */
  @Test
  void wrongNumbersAreFoundAtFullSize() throws Exception {
    int last = TinyCity.HEIGHT * TinyCity.WIDTH - 1;
    assertThat(
            reason(
                RawFile.PARTS,
                Tiff.encode(TinyCity.map(i -> i == last ? 240 : TinyCity.parts().values()[i]))))
        .isEqualTo(Reason.BAD_LABEL);
    assertThat(
            reason(
                RawFile.INSTANCE_IDS,
                Png.encode(
                    TinyCity.map(i -> i == last ? 34000 : TinyCity.instances().values()[i]), 16)))
        .isEqualTo(Reason.BAD_LABEL);
  }

  @ParameterizedTest
  @EnumSource(
      value = RawFile.class,
      names = {"IMAGE", "LABEL_IDS", "INSTANCE_IDS", "DISPARITY"})
  void headersThatAnnounceTooMuch(RawFile kind) throws Exception {
    for (int[] size : new int[][] {{60_000, 60_000}, {1, Integer.MAX_VALUE}, {5001, 5000}}) {
      byte[] file = Files.readAllBytes(city.path(kind, "train", CORE));
      ByteBuffer.wrap(file).putInt(16, size[1]).putInt(20, size[0]);
      assertThat(reason(kind, withCheckSum(file))).isEqualTo(Reason.TOO_LARGE);
      city.sample("train", CORE);
    }
    // Within the limit, but longer than any stored image may be.
    byte[] file = Files.readAllBytes(city.path(kind, "train", CORE));
    ByteBuffer.wrap(file).putInt(16, 10_000).putInt(20, 1);
    assertThat(reason(kind, withCheckSum(file))).isIn(Reason.DAMAGED, Reason.WRONG_SIZE);
  }

  private static byte[] withCheckSum(byte[] png) {
    CRC32 sum = new CRC32();
    sum.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) sum.getValue());
    return png;
  }

  @Test
  void aLongImageIsRead() throws Exception {
    city.write(RawFile.IMAGE, "train", CORE, Png.encode(TinyCity.image(1, 10_000)));
    city.write(RawFile.LABEL_IDS, "train", CORE, Png.encode(TinyCity.map(1, 10_000, i -> 7), 8));
    city.write(RawFile.DISPARITY, "train", CORE, Png.encode(TinyCity.map(1, 10_000, i -> 7), 16));
    assertThat(city.read(TinyCity.options(), CORE)).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(RawFile.class)
  void linksThatLeaveTheRoot(RawFile kind) throws Exception {
    Path file = city.path(kind, "train", CORE);
    Path outside = directory.resolve("outside");
    Files.move(file, outside);
    Files.createSymbolicLink(file, outside);
    UnreadableSampleException e =
        catchThrowableOfType(UnreadableSampleException.class, () -> city.read(options(kind), CORE));
    assertThat(e.reason()).isEqualTo(Reason.UNSAFE_NAME);
    // Within the root, links are fine.
    Files.delete(file);
    Files.move(outside, root.resolve("inside"));
    Files.createSymbolicLink(file, root.resolve("inside"));
    assertThat(city.read(options(kind), CORE)).isNotEmpty();
  }

  @Test
  void aCityThatIsALinkOutside() throws Exception {
    Path other = Files.createDirectory(directory.resolve("other"));
    Path labels = root.resolve("gtFine/train/aachen");
    Files.move(labels, other.resolve("aachen"));
    Files.createSymbolicLink(labels, other.resolve("aachen"));
    assertThatThrownBy(() -> city.read(TinyCity.options(), CORE))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("outside");
  }

  @Test
  void samplesAtBothPlaces() throws Exception {
    Path wrapped = root.resolve("gtFine_trainvaltest/gtFine/train/aachen");
    Files.createDirectories(wrapped);
    assertThatThrownBy(() -> city.list(TinyCity.options()))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("the labels are at two places");
  }

  @Test
  void twoNamesOfOnePlaceAreFine() throws Exception {
    Path wrapper = Files.createDirectory(root.resolve("gtFine_trainvaltest"));
    Files.move(root.resolve("gtFine"), wrapper.resolve("gtFine"));
    Files.createSymbolicLink(root.resolve("gtFine"), Path.of("gtFine_trainvaltest/gtFine"));
    assertThat(city.read(TinyCity.options(), CORE)).hasSize(3);
  }

  @Test
  void imagesThatAreTooLargeToResize() throws Exception {
    // Few pixels, but columns are resized in an array of all rows x new columns.
    city.write(RawFile.IMAGE, "train", CORE, Png.encode(TinyCity.map(65_536, 1, i -> 7), 8));
    UnreadableSampleException e =
        catchThrowableOfType(
            UnreadableSampleException.class, () -> city.read(TinyCity.options(), CORE));
    assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void samplesThatAreTooLargeToStore() {
    assertThatThrownBy(() -> city.list(Map.of("size", "8192x8192")))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("choose a smaller size");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"extrinsic\":{\"baseline\":0.2,\"baseline\":0.4},\"intrinsic\":{\"fx\":2262}}",
        "{\"extrinsic\":{\"baseline\":0.2},\"intrinsic\":{\"fx\":2262}} {}",
        "{\"extrinsic\":{\"baseline\":NaN},\"intrinsic\":{\"fx\":2262}}"
      })
  void camerasThatSayTwoThings(String json) throws Exception {
    assertThat(reason(RawFile.CAMERA, json.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Reason.DAMAGED);
  }

  @Test
  void linksInALoop() throws Exception {
    Path image = city.path(RawFile.IMAGE, "train", CORE);
    Files.delete(image);
    Files.createSymbolicLink(image, image);
    Path loop = root.resolve("leftImg8bit/train/loop");
    Files.createSymbolicLink(loop, root.resolve("leftImg8bit"));
    Files.createSymbolicLink(root.resolve("gtFine/train/self"), root.resolve("gtFine/train/self"));
    var contents = city.list(TinyCity.options());
    try (var reader = contents.opener().open(new RawFiles(HadoopDefaults.copy()))) {
      UnreadableSampleException e =
          catchThrowableOfType(
              UnreadableSampleException.class, () -> reader.read(contents.samples().get(0)));
      assertThat(e.reason()).isEqualTo(Reason.NO_IMAGE);
    }
  }

  @Test
  void aFileThatIsGoneWhenItIsRead() throws Exception {
    for (RawFile kind : List.of(RawFile.IMAGE, RawFile.DISPARITY)) {
      var contents = city.list(TinyCity.options());
      Files.delete(city.path(kind, "train", CORE));
      var files = new RawFiles(HadoopDefaults.copy());
      try (var reader = contents.opener().open(files)) {
        UnreadableSampleException e =
            catchThrowableOfType(
                UnreadableSampleException.class, () -> reader.read(contents.samples().get(0)));
        assertThat(e.reason())
            .isEqualTo(kind == RawFile.IMAGE ? Reason.NO_IMAGE : Reason.NO_TARGET);
      }
      city.sample("train", CORE);
    }
  }

  private Reason reason(RawFile kind, byte[] content) throws IOException {
    return trouble(kind, content).reason();
  }

  /** What the reader says of a sample with this file instead of the good one. */
  private UnreadableSampleException trouble(RawFile kind, byte[] content) throws IOException {
    byte[] good = Files.readAllBytes(city.path(kind, "train", CORE));
    city.write(kind, "train", CORE, content);
    UnreadableSampleException trouble =
        catchThrowableOfType(UnreadableSampleException.class, () -> city.read(options(kind), CORE));
    assertThat(trouble).as("%s of %d bytes", kind, content.length).isNotNull();
    city.write(kind, "train", CORE, good);
    return trouble;
  }

  private static Map<String, String> options(RawFile kind) {
    return switch (kind) {
      case INSTANCE_IDS -> TinyCity.fullSize("kendall-3", "target-size", "8x8");
      case PARTS -> TinyCity.fullSize("ial-3", "target-size", "8x8");
      case CAMERA -> TinyCity.fullSize("mtan-2", "disparity", "metric-depth");
      default -> TinyCity.fullSize("mtan-2", "target-size", "8x8");
    };
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, out)).isTrue();
    return out.toByteArray();
  }
}
