package org.sparkmto.preprocessing.pascal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.preprocessing.numpy.Npy;
import org.sparkmto.storage.HadoopDefaults;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sinks;
import us.hebi.matlab.mat.types.Struct;

/**
 * A tree of small images. {@code label-map.mat} is a random map written by SciPy 1.17.1, {@code
 * edges.npy} what OpenCV 5.0.0 ({@code Laplacian(map, CV_64F)}) and scikit-image 0.26.0 ({@code
 * thin}) make of it; {@code thin-in.npy} and {@code thin-out.npy} are noise before and after {@code
 * thin}.
 */
final class PascalContextTest {
  private static final int H = 6;
  private static final int W = 8;

  @TempDir private Path root;

  @BeforeEach
  void tree() throws IOException {
    for (String id : List.of("2008_000001", "2008_000002", "2008_000003", "2009_000004")) {
      sample(id, H, W);
    }
    text("ImageSets/Context/train.txt", "2008_000001\n2008_000002\r\n\n2008_000003\n");
    text("ImageSets/Context/val.txt", "2009_000004\n");
  }

  @Test
  void fiveTasksAndTheirTargets() throws Exception {
    RawContents contents = list("size = 6x8");
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.tasks())
        .extracting(Task::name, Task::kind, Task::classes)
        .containsExactly(
            tuple("segmentation", TaskKind.SEGMENTATION, 21),
            tuple("human_parts", TaskKind.SEGMENTATION, 7),
            tuple("normals", TaskKind.NORMALS, 3),
            tuple("saliency", TaskKind.MASK, 2),
            tuple("edges", TaskKind.MASK, 2));
    assertThat(contents.columns()).hasSize(6);
    assertThat(contents.columns().get(3).shape()).containsExactly(3, 6, 8);

    List<byte[]> columns = read(contents, "2008_000001");
    assertThat(columns.get(0)).hasSize(3 * H * W);
    byte[] classes = columns.get(1);
    byte[] parts = columns.get(2);
    ByteBuffer normals = ByteBuffer.wrap(columns.get(3)).order(ByteOrder.LITTLE_ENDIAN);
    for (int y = 0; y < H; y++) {
      for (int x = 0; x < W; x++) {
        int i = y * W + x;
        assertThat(classes[i] & 0xff).isEqualTo(classAt(y, x));
        assertThat(parts[i]).as("part at %s %s", y, x).isEqualTo((byte) partAt(y, x));
        assertThat(columns.get(4)[i]).isEqualTo((byte) (grayAt(y, x) >= 128 ? 1 : 0));
        double[] n = {2 * 200 / 255.0 - 1, 2 * (x * 9) / 255.0 - 1, 2 * 30 / 255.0 - 1};
        double norm = Math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
        for (int c = 0; c < 3; c++) {
          short stored = normals.getShort(2 * (c * H * W + i));
          // The right half is sky, which NYUv2 does not have.
          assertThat(stored)
              .isEqualTo(x >= 4 ? (short) -32768 : (short) Math.round(32767 * n[c] / norm));
        }
      }
    }
  }

  @Test
  void splitsAreTheListsWithAHeldOutShare() throws Exception {
    RawContents contents = list("validation-share = 0.34");
    assertThat(contents.samples()).extracting(RawSample::split).containsOnlyOnce("val", "test");
    assertThat(contents.samples()).filteredOn(s -> s.split().equals("train")).hasSize(2);
    assertThat(contents.samples())
        .filteredOn(s -> s.split().equals("test"))
        .extracting(RawSample::id)
        .containsExactly("2009_000004");
    assertThat(list("validation-share = 0").samples())
        .filteredOn(s -> s.split().equals("train"))
        .hasSize(3);
    Path inner = root.resolve("outer");
    Files.createDirectories(inner);
    Files.createSymbolicLink(inner.resolve("PASCAL_MT"), root);
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    assertThat(pascal("").list(files.directory(inner.toString()), files).samples()).hasSize(4);
  }

  @Test
  void classesOfTheChallengeArePreferred() throws Exception {
    png("semseg/VOC12/2008_000001.png", 8, (y, x) -> 20);
    assertThat(read(list("size = 6x8"), "2008_000001").get(1)).containsOnly(20);
    palette("semseg/VOC12/2008_000001.png", 7);
    assertThat(read(list("size = 6x8"), "2008_000001").get(1)).containsOnly(7);
  }

  @Test
  void imagesWithoutPersonsHaveNoParts() throws Exception {
    write("human_parts/2008_000001.mat", anno(object(9, part("head", H, W, (y, x) -> true))));
    assertThat(read(list(""), "2008_000001").get(2)).containsOnly(255);
    write("human_parts/2008_000001.mat", anno(object(15)));
    assertThat(read(list(""), "2008_000001").get(2)).containsOnly(255);
    RawContents alone = list("tasks = human_parts");
    assertThat(alone.columns()).hasSize(2);
    refused(Reason.NO_LABELS, "no target", () -> read(alone, "2008_000001"));
    assertThat(read(alone, "2008_000002").get(1)).contains(0, 1, 6);
  }

  @Test
  void tasksCanBeLeftOut() throws Exception {
    for (String directory : List.of("human_parts", "normals_distill", "pascal-context/trainval")) {
      try (var files = Files.list(root.resolve(directory))) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
    assertThat(list("").refused())
        .hasSize(4)
        .allMatch(sample -> sample.reason() == Reason.NO_TARGET);
    RawContents contents = list("tasks = \"saliency, segmentation\"");
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.tasks()).extracting(Task::name).containsExactly("segmentation", "saliency");
    assertThat(read(contents, "2008_000001")).hasSize(3);
    assertThatExceptionOfType(PreprocessingException.class)
        .isThrownBy(() -> list("tasks = depth"))
        .withMessageContaining("'depth'")
        .withMessageContaining("human_parts");
  }

  @Test
  void edgesAreThoseOfTheReference() throws Exception {
    ContextLabels map = ContextLabels.parse(resource("label-map.mat"), 60, 81);
    assertThat(map.edges().values()).isEqualTo(Npy.parse(resource("edges.npy"), 10_000).integers());
  }

  @Test
  void thinningIsThatOfTheReference() throws Exception {
    int[] in = Npy.parse(resource("thin-in.npy"), 10_000).integers();
    int[] out = Npy.parse(resource("thin-out.npy"), 10_000).integers();
    boolean[] mask = new boolean[in.length];
    for (int i = 0; i < in.length; i++) {
      mask[i] = in[i] != 0;
    }
    Thinning.thin(mask, 33, 47);
    for (int i = 0; i < in.length; i++) {
      assertThat(mask[i]).isEqualTo(out[i] != 0);
    }
  }

  @Test
  void normalsAreOfNyusClasses() throws Exception {
    String[] lines =
        new String(resource("normals-classes.csv"), StandardCharsets.UTF_8).split("\n", -1);
    assertThat(lines).hasSize(172).contains("284,person", "427,tvmonitor", "158,floor", "440,wall");
    assertThat(lines).doesNotContain("360,sky", "187,grass", "431,unknown", "207,horse");
    List<String> nyu =
        new String(resource("../nyuv2/classes.csv"), StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.split(",", -1)[1])
            .toList();
    assertThat(nyu).hasSize(895);
    assertThat(lines)
        .filteredOn(line -> !line.isEmpty() && !line.equals("427,tvmonitor"))
        .allMatch(line -> nyu.contains(line.substring(line.indexOf(',') + 1)));
    write("pascal-context/trainval/2008_000001.mat", labelMap(H, W, (y, x) -> 360));
    ByteBuffer none =
        ByteBuffer.wrap(read(list("size = 6x8"), "2008_000001").get(3))
            .order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer some =
        ByteBuffer.wrap(read(list("size = 6x8, normals-classes = all"), "2008_000001").get(3))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 3 * H * W; i++) {
      assertThat(none.getShort(2 * i)).isEqualTo((short) -32768);
      assertThat(some.getShort(2 * i)).isNotEqualTo((short) -32768);
    }
  }

  /** Grey pixels have no direction; interpolated normals have length 1; borders stay clean. */
  @Test
  void resizedNormalsHaveLengthOne() {
    byte[] colours = new byte[3 * 4 * 4];
    new Random(1).nextBytes(colours);
    for (int c = 0; c < 3; c++) {
      colours[c * 16 + 5] = (byte) 128;
    }
    boolean[] valid = new boolean[16];
    Arrays.fill(valid, true);
    valid[0] = false;
    NormalPicture picture = new NormalPicture(new Image(3, 4, 4, colours), valid);
    for (int side : new int[] {1, 3, 4, 9, 16}) {
      short[] stored = picture.resized(new ImageSize(side, side), NearestPixel.CENTRE);
      int area = side * side;
      for (int i = 0; i < area; i++) {
        int row = (2 * (i / side) + 1) * 4 / (2 * side);
        int column = (2 * (i % side) + 1) * 4 / (2 * side);
        int source = row * 4 + column;
        boolean missing = source == 0 || source == 5;
        double norm = 0;
        for (int c = 0; c < 3; c++) {
          assertThat(stored[c * area + i] == -32768).isEqualTo(missing);
          norm += Math.pow(stored[c * area + i] / 32767.0, 2);
        }
        if (!missing) {
          assertThat(Math.sqrt(norm)).isBetween(0.9999, 1.0001); // rounding to 16 bits
        }
      }
    }
  }

  @Test
  void namesAndFilesThatDoNotFitTogether() throws Exception {
    sample("stray", H, W);
    Files.delete(root.resolve("JPEGImages/2008_000002.jpg"));
    Files.delete(root.resolve("semseg/pascal-context/2008_000003.png"));
    text(
        "ImageSets/Context/train.txt",
        "2008_000001\n2008_000002\n2008_000003\n../../etc/passwd\n/etc/passwd\na b\n2009_000004\n");
    text("ImageSets/Context/val.txt", "2009_000004\nnowhere\nfile:x\n");
    text("JPEGImages/notes.txt", "x");
    RawContents contents = list("");
    assertThat(contents.samples()).extracting(RawSample::id).containsExactly("2008_000001");
    assertThat(contents.refused())
        .extracting(RefusedSample::id, RefusedSample::reason)
        .containsExactlyInAnyOrder(
            tuple("2008_000002", Reason.NO_IMAGE),
            tuple("2008_000003", Reason.NO_TARGET),
            tuple("2009_000004", Reason.DUPLICATE),
            tuple("../../etc/passwd", Reason.UNSAFE_NAME),
            tuple("/etc/passwd", Reason.UNSAFE_NAME),
            tuple("a b", Reason.UNSAFE_NAME),
            tuple("file:x", Reason.UNSAFE_NAME),
            tuple("nowhere", Reason.NO_IMAGE),
            tuple("stray", Reason.NO_PARTITION),
            tuple("notes.txt", Reason.NO_PARTITION));
    assertThat(list("unlisted = ignore").refused()).hasSize(8);
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Files.delete(root.resolve("ImageSets/Context/val.txt"));
    assertThatExceptionOfType(PreprocessingException.class)
        .isThrownBy(() -> list(""))
        .withMessageContaining("val.txt is not there");
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    Path empty = Files.createDirectory(root.resolve("empty"));
    assertThatExceptionOfType(PreprocessingException.class)
        .isThrownBy(() -> pascal("").list(files.directory(empty.toString()), files))
        .withMessageContaining("does not hold PASCAL-Context")
        .withMessageContaining("PASCAL_MT/JPEGImages");
  }

  @Test
  void hostileFilesAreRefusedWithTheirReasons() throws Exception {
    RawContents contents = list("");
    String id = "2008_000001";

    byte[] good = Files.readAllBytes(root.resolve("human_parts/" + id + ".mat"));
    hostile(contents, "human_parts/" + id + ".mat", Arrays.copyOf(good, 150), Reason.TRUNCATED);
    hostile(contents, "human_parts/" + id + ".mat", new byte[300], Reason.WRONG_FORMAT);
    hostile(
        contents,
        "human_parts/" + id + ".mat",
        anno(object(15, part("wing", H, W, (y, x) -> true))),
        Reason.BAD_LABEL);
    hostile(
        contents,
        "human_parts/" + id + ".mat",
        anno(object(15, part("head", H + 1, W, (y, x) -> true))),
        Reason.WRONG_SIZE);
    hostile(contents, "human_parts/" + id + ".mat", labelMap(H, W, (y, x) -> 1), Reason.DAMAGED);
    hostile(
        contents,
        "pascal-context/trainval/" + id + ".mat",
        labelMap(H, W, (y, x) -> 460),
        Reason.BAD_LABEL);
    hostile(
        contents,
        "pascal-context/trainval/" + id + ".mat",
        labelMap(W, H, (y, x) -> 4),
        Reason.WRONG_SIZE);
    hostile(
        contents,
        "pascal-context/trainval/" + id + ".mat",
        mat("LabelMap", Mat5.newMatrix(new int[] {H, W / 2, 2})),
        Reason.WRONG_SIZE);
    hostile(
        contents,
        "human_parts/" + id + ".mat",
        anno(object(15, new Part("head", Mat5.newMatrix(new int[] {H, W / 2, 2})))),
        Reason.WRONG_SIZE);
    Matrix unknown = matrix(H, W, (y, x) -> 0);
    unknown.setDouble(2, 3, Double.NaN);
    hostile(
        contents,
        "human_parts/" + id + ".mat",
        anno(object(15, new Part("head", unknown))),
        Reason.DAMAGED);
    hostile(
        contents,
        "semseg/pascal-context/" + id + ".png",
        Png.encode(map(H, W, (y, x) -> 21), 8),
        Reason.BAD_LABEL);
    hostile(
        contents,
        "semseg/pascal-context/" + id + ".png",
        Png.encode(map(H, W + 1, (y, x) -> 1), 8),
        Reason.WRONG_SIZE);
    hostile(
        contents,
        "sal_distill/" + id + ".png",
        Png.encode(map(H, W, (y, x) -> 40_000), 16),
        Reason.WRONG_FORMAT);
    hostile(
        contents,
        "sal_distill/" + id + ".png",
        Files.readAllBytes(root.resolve("JPEGImages/" + id + ".jpg")),
        Reason.WRONG_FORMAT);
    BufferedImage bits = new BufferedImage(W, H, BufferedImage.TYPE_BYTE_BINARY);
    ByteArrayOutputStream oneBit = new ByteArrayOutputStream();
    ImageIO.write(bits, "png", oneBit);
    hostile(contents, "sal_distill/" + id + ".png", oneBit.toByteArray(), Reason.WRONG_FORMAT);
    hostile(
        contents,
        "normals_distill/" + id + ".png",
        Png.encode(map(H, W, (y, x) -> 9), 8),
        Reason.WRONG_FORMAT);
    hostile(
        contents,
        "normals_distill/" + id + ".png",
        Png.encode(new Image(3, H, W + 1, new byte[3 * H * (W + 1)])),
        Reason.WRONG_SIZE);
    hostile(
        contents,
        "JPEGImages/" + id + ".jpg",
        Png.encode(new Image(3, H, W, new byte[3 * H * W])),
        Reason.WRONG_FORMAT);

    Path target = root.resolve("sal_distill/" + id + ".png");
    byte[] kept = Files.readAllBytes(target);
    Files.delete(target);
    refused(Reason.NO_TARGET, "sal_distill/" + id, () -> read(contents, id));
    Path outside = Files.createTempFile("outside", ".png");
    Files.write(outside, kept);
    Files.createSymbolicLink(target, outside);
    refused(Reason.UNSAFE_NAME, "outside", () -> read(contents, id));
    Files.delete(target);
    Files.delete(outside);
    Files.createSymbolicLink(target, target);
    refused(Reason.NO_TARGET, "sal_distill/" + id, () -> read(contents, id));
  }

  @Test
  void damagedAnnotationsEndInOneKindOfException() throws Exception {
    Random random = new Random(11);
    byte[] parts = Files.readAllBytes(root.resolve("human_parts/2008_000001.mat"));
    byte[] labels = Files.readAllBytes(root.resolve("pascal-context/trainval/2008_000001.mat"));
    for (int i = 0; i < 5000; i++) {
      byte[] file = (i % 2 == 0 ? parts : labels).clone();
      file[random.nextInt(file.length)] = (byte) random.nextInt(256);
      try {
        if (i % 2 == 0) {
          assertThat(HumanParts.parse(file, H, W).values()).hasSize(H * W);
        } else {
          assertThat(ContextLabels.parse(file, H, W).edges().values()).hasSize(H * W);
        }
      } catch (UnreadableSampleException e) {
        assertThat(e).hasMessageNotContaining("\n");
      }
    }
  }

  @Test
  void theFileInConfHoldsTheUsualValues() {
    Path path = Path.of("..", "conf", "preprocess-pascal-context.conf");
    assertThat(Files.isRegularFile(path)).isTrue();
    Config config = ConfigFactory.parseFile(path.toFile());
    assertThat(ChosenDataset.of(PascalContext.ENTRY, config).options())
        .isEqualTo(ChosenDataset.of(PascalContext.ENTRY, ConfigFactory.empty()).options());
    assertThat(config.root().keySet()).hasSameSizeAs(PascalContext.ENTRY.options());
  }

  @Test
  void fromFilesToShards(@TempDir Path output) throws Exception {
    write("human_parts/2008_000002.mat", new byte[300]);
    DatasetManifest manifest =
        Preprocessing.run(
                LocalSpark.session(),
                PreprocessingRequest.of(
                        "pascal-context", root.toString(), output.resolve("shards").toString())
                    .withOption("size", "16x16")
                    .withMaxBad(0.5))
            .manifest();
    assertThat(manifest.sources().kept()).isEqualTo(3);
    assertThat(manifest.sources().quarantined()).isEqualTo(Map.of("wrong-format", 1L));
    assertThat(manifest.tasks()).hasSize(5);
  }

  private interface Action {
    void run() throws Exception;
  }

  private interface Pixel {
    int at(int row, int column);
  }

  private interface Inside {
    boolean at(int row, int column);
  }

  private void hostile(RawContents contents, String file, byte[] bytes, Reason reason)
      throws IOException {
    byte[] good = Files.readAllBytes(root.resolve(file));
    write(file, bytes);
    refused(reason, file, () -> read(contents, "2008_000001"));
    write(file, good);
  }

  private static void refused(Reason reason, String detail, Action action) {
    assertThatExceptionOfType(UnreadableSampleException.class)
        .isThrownBy(action::run)
        .withMessageContaining(detail)
        .satisfies(e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }

  private RawContents list(String config) throws IOException {
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    return pascal(config).list(files.directory(root.toString()), files);
  }

  private static RawDataset pascal(String config) {
    return ChosenDataset.of(PascalContext.ENTRY, ConfigFactory.parseString(config)).dataset();
  }

  private List<byte[]> read(RawContents contents, String id) throws Exception {
    RawFiles files =
        new RawFiles(HadoopDefaults.copy()).within(new org.apache.hadoop.fs.Path(root.toUri()));
    RawSample sample =
        contents.samples().stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
    try (SampleReader reader = contents.opener().open(files)) {
      return reader.read(sample);
    }
  }

  private static int classAt(int y, int x) {
    return y == 0 ? 255 : (y + x) % 21;
  }

  private static int grayAt(int y, int x) {
    return y * 30 + x * 9;
  }

  /** Two persons: head and foot, and the other's torso over the first one's foot. */
  private static int partAt(int y, int x) {
    return y == 4 && x == 5 ? 2 : y == 1 && x < 3 ? 1 : y >= 4 && x > 4 ? 6 : 0;
  }

  private void sample(String id, int height, int width) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", jpeg);
    write("JPEGImages/" + id + ".jpg", jpeg.toByteArray());
    png("semseg/pascal-context/" + id + ".png", 8, PascalContextTest::classAt);
    png("sal_distill/" + id + ".png", 8, PascalContextTest::grayAt);
    byte[] colours = new byte[3 * height * width];
    for (int i = 0; i < height * width; i++) {
      colours[i] = (byte) 200;
      colours[height * width + i] = (byte) (i % width * 9);
      colours[2 * height * width + i] = 30;
    }
    write("normals_distill/" + id + ".png", Png.encode(new Image(3, height, width, colours)));
    write(
        "pascal-context/trainval/" + id + ".mat",
        labelMap(height, width, (y, x) -> x < 4 ? 284 : 360));
    write(
        "human_parts/" + id + ".mat",
        anno(
            object(
                15,
                part("lear", height, width, (y, x) -> y == 1 && x < 3),
                part("rfoot", height, width, (y, x) -> y >= 4 && x > 4)),
            object(13, part("hfhoof", height, width, (y, x) -> true)),
            object(15, part("neck", height, width, (y, x) -> y == 4 && x == 5))));
  }

  private void png(String name, int bits, Pixel pixel) throws IOException {
    write(name, Png.encode(map(H, W, pixel), bits));
  }

  private void palette(String name, int index) throws IOException {
    byte[] levels = new byte[256];
    for (int i = 0; i < 256; i++) {
      levels[i] = (byte) (i * 37);
    }
    BufferedImage image =
        new BufferedImage(
            W,
            H,
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, 256, levels, levels, levels));
    for (int i = 0; i < W * H; i++) {
      image.getRaster().setSample(i % W, i / W, 0, index);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    write(name, png.toByteArray());
  }

  private static IntegerMap map(int height, int width, Pixel pixel) {
    int[] values = new int[height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = pixel.at(i / width, i % width);
    }
    return new IntegerMap(height, width, values);
  }

  private static byte[] labelMap(int height, int width, Pixel pixel) throws IOException {
    return mat("LabelMap", matrix(height, width, pixel));
  }

  private static Matrix matrix(int height, int width, Pixel pixel) {
    Matrix matrix = Mat5.newMatrix(height, width);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        matrix.setDouble(y, x, pixel.at(y, x));
      }
    }
    return matrix;
  }

  private record Part(String name, Matrix mask) {}

  private static Part part(String name, int height, int width, Inside inside) {
    return new Part(name, matrix(height, width, (y, x) -> inside.at(y, x) ? 1 : 0));
  }

  private record Annotated(int category, List<Part> parts) {}

  private static Annotated object(int category, Part... parts) {
    return new Annotated(category, List.of(parts));
  }

  /** In the structure of PASCAL-Part: anno.objects(i).parts(j).mask. */
  private static byte[] anno(Annotated... objects) throws IOException {
    Struct all = Mat5.newStruct(1, objects.length);
    for (int i = 0; i < objects.length; i++) {
      Array parts = Mat5.newMatrix(0, 0);
      if (!objects[i].parts().isEmpty()) {
        Struct struct = Mat5.newStruct(1, objects[i].parts().size());
        for (int j = 0; j < objects[i].parts().size(); j++) {
          struct.set("part_name", j, Mat5.newString(objects[i].parts().get(j).name()));
          struct.set("mask", j, objects[i].parts().get(j).mask());
        }
        parts = struct;
      }
      all.set("class", i, Mat5.newString("x"));
      all.set("class_ind", i, Mat5.newScalar(objects[i].category()));
      all.set("mask", i, Mat5.newMatrix(1, 1));
      all.set("parts", i, parts);
    }
    return mat("anno", Mat5.newStruct().set("imname", Mat5.newString("x")).set("objects", all));
  }

  private static byte[] mat(String name, Array value) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(100_000).order(ByteOrder.LITTLE_ENDIAN);
    Mat5.newMatFile().addArray(name, value).writeTo(Sinks.wrap(buffer));
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private void text(String name, String text) throws IOException {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, byte[] bytes) throws IOException {
    Files.createDirectories(root.resolve(name).getParent());
    Files.write(root.resolve(name), bytes);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = PascalContextTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
