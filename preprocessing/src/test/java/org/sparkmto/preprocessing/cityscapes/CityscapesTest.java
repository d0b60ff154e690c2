package org.sparkmto.preprocessing.cityscapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.HeldOut;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.image.Tiff;

class CityscapesTest {
  private static final String CORE = "aachen_000000_000019";

  @TempDir private Path root;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsBothTrees(boolean wrapped) throws Exception {
    TinyCity city = new TinyCity(root, wrapped);
    city.sample("train", CORE)
        .sample("train", "zurich_000121_000007")
        .sample("val", "frankfurt_000001_082466");
    for (String tasks : List.of("mtan-2", "kendall-3", "ial-3")) {
      RawContents contents = city.list(TinyCity.options("tasks", tasks, "validation-share", "0"));
      assertThat(contents.refused()).isEmpty();
      assertThat(contents.samples())
          .extracting(RawSample::id, RawSample::split)
          .containsExactly(
              tuple(CORE, "train"),
              tuple("zurich_000121_000007", "train"),
              tuple("frankfurt_000001_082466", "test"));
      assertThat(contents.samples().get(2).source())
          .endsWith("/leftImg8bit/val/frankfurt/frankfurt_000001_082466_leftImg8bit.png");
      for (RawSample sample : contents.samples()) {
        List<byte[]> columns = city.read(TinyCity.options("tasks", tasks), sample.id());
        assertThat(columns.stream().map(column -> column.length).toList())
            .isEqualTo(contents.columns().stream().map(Column::bytes).toList());
      }
    }
  }

  @Test
  void theTwoTasksOfMtan() throws Exception {
    TinyCity city = new TinyCity(root, false).sample("train", CORE);
    RawContents contents = city.list(TinyCity.options());
    assertThat(contents.columns())
        .containsExactly(
            new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 128, 256)),
            new Column("segmentation", Column.Role.TARGET, ElementType.UINT8, List.of(128, 256)),
            new Column("disparity", Column.Role.TARGET, ElementType.UINT16, List.of(128, 256))
                .measured(1.0 / 65535, 0, "mtan-inverse-depth"));
    assertThat(contents.tasks())
        .extracting(Task::name, Task::kind, Task::target, Task::classes)
        .containsExactly(
            tuple("segmentation", TaskKind.SEGMENTATION, "segmentation", 7),
            tuple("inverse-depth", TaskKind.DEPTH, "disparity", 1));
    assertThat(contents.tasks().get(0).classNames()).startsWith("flat").endsWith("vehicle");

    List<byte[]> columns = city.read(TinyCity.fullSize("mtan-2"), CORE);
    assertThat(columns.get(0)).isEqualTo(TinyCity.image(TinyCity.HEIGHT, TinyCity.WIDTH).samples());
    int[] classOfId = {
      255, 255, 255, 255, 255, 255, 255, 0, 0, 255, 255, 1, 1, 1, 255, 255, 255, 2, 255, 2, 2, 3, 3,
      4, 5, 5, 6, 6, 6, 255, 255, 6, 6, 6
    };
    ByteBuffer disparity = TinyCity.numbers(columns.get(2));
    for (int i = 0; i < TinyCity.HEIGHT * TinyCity.WIDTH; i++) {
      assertThat(columns.get(1)[i] & 0xff).isEqualTo(classOfId[Math.min(33, i / 15)]);
      assertThat(disparity.getShort(2 * i) & 0xffff).isEqualTo(TinyCity.DISPARITIES[i % 6]);
    }
    byte[] grouped =
        city.read(TinyCity.fullSize("mtan-2", "group-ignored-too", "true"), CORE).get(1);
    assertThat(List.of(grouped[9 * 15], grouped[15 * 15], grouped[18 * 15], grouped[29 * 15]))
        .containsExactly((byte) 0, (byte) 1, (byte) 2, (byte) 6);
    assertThat(grouped[4 * 15]).isEqualTo((byte) 255);
  }

  @Test
  void theThreeTasksOfKendall() throws Exception {
    TinyCity city = new TinyCity(root, true).sample("train", CORE);
    RawContents contents = city.list(TinyCity.options("tasks", "kendall-3"));
    assertThat(contents.columns())
        .containsExactly(
            new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 256, 512)),
            new Column("segmentation", Column.Role.TARGET, ElementType.UINT8, List.of(32, 64)),
            new Column("offsets", Column.Role.TARGET, ElementType.FLOAT32, List.of(2, 32, 64))
                .measured(1, 0, "px"),
            new Column("disparity", Column.Role.TARGET, ElementType.UINT16, List.of(32, 64))
                .measured(1 / 2729.0680031169923, 0, "sener-scaled"));
    assertThat(contents.tasks())
        .extracting(Task::name, Task::kind, Task::target, Task::classes)
        .containsExactly(
            tuple("segmentation", TaskKind.SEGMENTATION, "segmentation", 19),
            tuple("instances", TaskKind.VECTORS, "offsets", 2),
            tuple("disparity", TaskKind.DEPTH, "disparity", 1));
    assertThat(city.list(TinyCity.options("tasks", "kendall-3", "size", "64x128")).columns())
        .extracting(Column::shape)
        .containsExactly(List.of(3, 64, 128), List.of(8, 16), List.of(2, 8, 16), List.of(8, 16));

    List<byte[]> columns = city.read(TinyCity.fullSize("kendall-3"), CORE);
    assertThat(columns.get(1)[7 * 15]).isZero();
    assertThat(columns.get(1)[33 * 15]).isEqualTo((byte) 18);
    assertThat(columns.get(1)[29 * 15]).isEqualTo((byte) 255);
    ByteBuffer offsets = TinyCity.numbers(columns.get(2));
    int area = TinyCity.HEIGHT * TinyCity.WIDTH;
    for (int y = 0; y < TinyCity.HEIGHT; y++) {
      for (int x = 0; x < TinyCity.WIDTH; x++) {
        int i = y * TinyCity.WIDTH + x;
        int number = TinyCity.instances().at(y, x);
        boolean none = number < 1000 || number == 29_000 || number == 30_000;
        double[] centre = centre(number);
        float dy = none ? Float.NaN : (float) (y - centre[0]);
        float dx = none ? Float.NaN : (float) (x - centre[1]);
        assertThat(offsets.getFloat(4 * i)).as("%d", number).isEqualTo(dy, within(1e-5f));
        assertThat(offsets.getFloat(4 * (area + i))).isEqualTo(dx, within(1e-5f));
      }
    }
    ByteBuffer asOne =
        TinyCity.numbers(
            city.read(TinyCity.fullSize("kendall-3", "group-instances", "as-one"), CORE).get(2));
    assertThat(offsets.getFloat(4 * 26 * 15)).isNaN();
    assertThat(asOne.getFloat(4 * 26 * 15)).isNotNaN();
  }

  private static double[] centre(int number) {
    double[] sums = new double[3];
    int[] numbers = TinyCity.instances().values();
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] == number) {
        sums[0] += Math.floorDiv(i, TinyCity.WIDTH);
        sums[1] += i % TinyCity.WIDTH;
        sums[2]++;
      }
    }
    return new double[] {sums[0] / sums[2], sums[1] / sums[2]};
  }

  @Test
  void theThreeTasksOfIal() throws Exception {
    TinyCity city = new TinyCity(root, true).sample("train", CORE);
    RawContents contents = city.list(TinyCity.options("tasks", "ial-3"));
    assertThat(contents.columns())
        .containsExactly(
            new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 256, 512)),
            new Column("segmentation", Column.Role.TARGET, ElementType.UINT8, List.of(256, 512)),
            new Column("parts", Column.Role.TARGET, ElementType.UINT8, List.of(256, 512)),
            new Column("disparity", Column.Role.TARGET, ElementType.UINT16, List.of(256, 512))
                .measured(1.0 / 1024, -1.0 / 1024, "px"));
    assertThat(contents.tasks())
        .extracting(Task::name, Task::kind, Task::target, Task::classes)
        .containsExactly(
            tuple("segmentation", TaskKind.SEGMENTATION, "segmentation", 19),
            tuple("parts", TaskKind.SEGMENTATION, "parts", 10),
            tuple("disparity", TaskKind.DEPTH, "disparity", 1));
    assertThat(contents.tasks().get(1).classNames()).hasSize(10).startsWith("background");

    byte[] parts = city.read(TinyCity.fullSize("ial-3"), CORE).get(2);
    // Persons: 24, 24001, 2400104, 2400101, 2400205; cars: 2600105, 2600101, 2600100, 26, 26001.
    int[] ofPersons = {0, 0, 4, 1, 0};
    int[] ofCars = {9, 5, 0, 0, 0};
    for (int i = 0; i < parts.length; i++) {
      int id = Math.min(33, i / 15);
      assertThat(parts[i])
          .isEqualTo((byte) (id == 24 ? ofPersons[i % 5] : id == 26 ? ofCars[i % 5] : 0));
    }
  }

  @Test
  void metricDepth() throws Exception {
    TinyCity city = new TinyCity(root, false).sample("train", CORE);
    Map<String, String> chosen =
        TinyCity.fullSize("mtan-2", "disparity", "metric-depth", "max-depth", "100");
    RawContents contents = city.list(chosen);
    assertThat(contents.columns().get(2))
        .isEqualTo(
            new Column("depth", Column.Role.TARGET, ElementType.FLOAT32, List.of(16, 32))
                .measured(1, 0, "m"));
    assertThat(contents.tasks().get(1).name()).isEqualTo("depth");
    assertThat(contents.tasks().get(1).target()).isEqualTo("depth");
    ByteBuffer depth = TinyCity.numbers(city.read(chosen, CORE).get(2));
    double product = 0.209313 * 2262.52;
    float[] expected = {
      Float.NaN, 100, 100, 100, (float) (product / 127.99609375), (float) (product / 255.9921875)
    };
    for (int i = 0; i < 6; i++) {
      assertThat(depth.getFloat(4 * i)).isEqualTo(Float.valueOf(expected[i]));
    }
    Files.delete(city.path(RawFile.CAMERA, "train", CORE));
    assertThat(city.list(chosen).refused())
        .extracting(RefusedSample::id, RefusedSample::reason)
        .containsExactly(tuple(CORE, Reason.NO_TARGET));
    assertThat(city.list(TinyCity.options()).refused()).isEmpty(); // only metric depth needs it
  }

  /** Every target must take the same pixel of the full image. */
  @ParameterizedTest
  @CsvSource({"CENTRE,centre", "FLOOR,floor"})
  void allTargetsKeepTheSamePixels(NearestPixel rule, String name) throws Exception {
    int height = 12;
    int width = 20;
    TinyCity city = new TinyCity(root, false);
    city.write(RawFile.IMAGE, "train", CORE, Png.encode(TinyCity.image(height, width)));
    city.write(
        RawFile.LABEL_IDS, "train", CORE, Png.encode(TinyCity.map(height, width, i -> i % 34), 8));
    city.write(
        RawFile.INSTANCE_IDS,
        "train",
        CORE,
        Png.encode(TinyCity.map(height, width, i -> i % 34 < 24 ? i % 34 : i % 34 * 1000 + i), 16));
    city.write(
        RawFile.PARTS,
        "train",
        CORE,
        Tiff.encode(TinyCity.map(height, width, i -> i % 34 == 24 ? 2400101 + i % 4 : i % 34)));
    city.write(
        RawFile.DISPARITY, "train", CORE, Png.encode(TinyCity.map(height, width, i -> i + 1), 16));
    int[] kept = TinyCity.map(height, width, i -> i).resized(5, 7, rule).values();
    for (String tasks : List.of("kendall-3", "ial-3")) {
      List<byte[]> columns =
          city.read(
              TinyCity.options(
                  "tasks", tasks, "size", "6x10", "target-size", "5x7", "nearest", name),
              CORE);
      ByteBuffer disparity = TinyCity.numbers(columns.get(3));
      for (int i = 0; i < kept.length; i++) {
        int pixel = kept[i];
        int id = pixel % 34;
        assertThat(disparity.getShort(2 * i) - 1).isEqualTo(pixel);
        assertThat(columns.get(1)[i]).isEqualTo(Classes.evaluated().of(id));
        if (tasks.equals("ial-3")) {
          assertThat(columns.get(2)[i]).isEqualTo((byte) (id == 24 ? 1 + pixel % 4 : 0));
        } else {
          boolean object = id >= 24 && id != 29 && id != 30; // of a single pixel
          assertThat(TinyCity.numbers(columns.get(2)).getFloat(4 * i))
              .isEqualTo(Float.valueOf(object ? 0 : Float.NaN));
        }
      }
    }
  }

  @Test
  void imagesAreFilteredAsAskedFor() throws Exception {
    TinyCity city = new TinyCity(root, false).sample("train", CORE);
    Image image = TinyCity.image(TinyCity.HEIGHT, TinyCity.WIDTH);
    for (Filter filter : Filter.values()) {
      String name = org.sparkmto.options.Option.spelled(filter);
      assertThat(city.read(TinyCity.options("size", "5x9", "image-filter", name), CORE).get(0))
          .isEqualTo(image.resized(5, 9, filter).samples());
    }
  }

  @Test
  void theIdZeroIsVoidAndNotRoad() throws Exception {
    TinyCity city = new TinyCity(root, false).sample("train", CORE);
    city.write(
        RawFile.LABEL_IDS, "train", CORE, Png.encode(TinyCity.map(i -> i % 2 == 0 ? 0 : 255), 8));
    for (String tasks : List.of("mtan-2", "ial-3")) {
      assertThat(city.read(TinyCity.fullSize(tasks), CORE).get(1)).containsOnly(255);
    }
  }

  @Test
  void theValidationSplitDependsOnNamesAlone() throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 2975; i++) {
      names.add("city%d_%06d_000019".formatted(i % 18, i));
    }
    TinyCity city = new TinyCity(root, false);
    for (String name : names) {
      for (RawFile kind : List.of(RawFile.IMAGE, RawFile.LABEL_IDS, RawFile.DISPARITY)) {
        city.write(kind, "train", name, new byte[0]);
      }
    }
    RawContents contents = city.list(TinyCity.options());
    assertThat(TinyCity.ids(contents, "val")).hasSize(595);
    assertThat(TinyCity.ids(contents, "train")).hasSize(2380);
    assertThat(TinyCity.ids(contents, "test")).isEmpty();
    List<String> shuffled = new ArrayList<>(names);
    Collections.shuffle(shuffled, new Random(1));
    Set<String> heldOut = HeldOut.of(shuffled, 0.2, 0);
    assertThat(TinyCity.ids(contents, "val")).isEqualTo(new TreeSet<>(heldOut));
  }

  @Test
  void samplesWithoutLabelsMoveNoOther() throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      names.add("city%d_%06d_000019".formatted(i % 6, i));
    }
    Set<String> heldOut = HeldOut.of(names, 0.2, 0);
    for (String name : names) {
      for (RawFile kind : List.of(RawFile.IMAGE, RawFile.LABEL_IDS, RawFile.DISPARITY)) {
        // All in one directory, so the files come in another order than by city.
        if (kind != RawFile.LABEL_IDS || !name.startsWith("city5_")) {
          Path file = root.resolve(kind.tree() + "/train/all/" + name + "_" + kind.suffix());
          Files.createDirectories(file.getParent());
          Files.createFile(file);
        }
      }
    }
    TinyCity city = new TinyCity(root, false);
    RawContents contents = city.list(TinyCity.options());
    Set<String> otherSeed = HeldOut.of(names, 0.2, 1);
    otherSeed.removeIf(name -> name.startsWith("city5_"));
    assertThat(TinyCity.ids(city.list(TinyCity.options("validation-seed", "1")), "val"))
        .isEqualTo(new TreeSet<>(otherSeed))
        .isNotEqualTo(TinyCity.ids(contents, "val"));
    assertThat(heldOut).hasSize(12).anyMatch(name -> name.startsWith("city5_"));
    heldOut.removeIf(name -> name.startsWith("city5_"));
    assertThat(TinyCity.ids(contents, "val")).isEqualTo(new TreeSet<>(heldOut));
    assertThat(contents.refused()).hasSize(10).allMatch(s -> s.reason() == Reason.NO_TARGET);
  }

  @Test
  void theOfficialTestSplitIsNeverRead() throws Exception {
    TinyCity city =
        new TinyCity(root, true).sample("train", CORE).sample("test", "berlin_000000_000019");
    city.write(RawFile.LABEL_IDS, "test", "bonn_000000_000019", new byte[] {1});
    city.write(RawFile.IMAGE, "train_extra", "bamberg_000000_000019", new byte[] {1});
    for (String tasks : List.of("mtan-2", "kendall-3", "ial-3")) {
      RawContents contents = city.list(TinyCity.options("tasks", tasks, "validation-share", "0"));
      assertThat(contents.samples()).extracting(RawSample::id).containsExactly(CORE);
      assertThat(contents.refused()).isEmpty();
    }
  }

  @Test
  void nothingIsLost() throws Exception {
    TinyCity city = new TinyCity(root, false);
    for (String name : List.of("good", "nolabels", "noimage", "nodisparity", "onlylabels")) {
      city.sample("train", name + "_000000_000019");
    }
    city.sample("train", "both_000000_000019").sample("val", "both_000000_000019");
    Files.delete(city.path(RawFile.LABEL_IDS, "train", "nolabels_000000_000019"));
    Files.delete(city.path(RawFile.IMAGE, "train", "noimage_000000_000019"));
    Files.delete(city.path(RawFile.DISPARITY, "train", "nodisparity_000000_000019"));
    Files.delete(city.path(RawFile.IMAGE, "train", "onlylabels_000000_000019"));
    Files.delete(city.path(RawFile.DISPARITY, "train", "onlylabels_000000_000019"));
    Files.delete(city.path(RawFile.INSTANCE_IDS, "train", "onlylabels_000000_000019"));
    Path good = root.resolve("leftImg8bit/train/good");
    Files.createFile(good.resolve("readme.txt"));
    Files.createFile(good.resolve("good_000000_leftImg8bit.png"));
    Files.createFile(good.resolve("good_000007_000019_leftImg8bit.jpg"));
    Files.createFile(good.resolve(".hidden"));
    Files.createDirectories(good.resolve("deeper"));
    Files.createDirectories(good.resolve("good_000008_000019_leftImg8bit.png"));
    Path elsewhere = root.resolve("leftImg8bit/train/elsewhere");
    Files.createDirectories(elsewhere);
    Files.copy(
        city.path(RawFile.IMAGE, "train", "good_000000_000019"),
        elsewhere.resolve("nolabels_000000_000019_leftImg8bit.png"));
    Files.createFile(root.resolve("gtFine/train/stray"));
    Path colon = root.resolve("disparity/train/a:b");
    Files.createDirectories(colon);
    Files.createFile(colon.resolve("c:d_000000_000019_disparity.png"));
    Files.createFile(colon.resolve("colon_000000_000019_disparity.png"));

    RawContents contents = city.list(TinyCity.options());
    assertThat(contents.samples()).extracting(RawSample::id).containsExactly("good_000000_000019");
    assertThat(contents.refused())
        .extracting(RefusedSample::id, RefusedSample::reason)
        .containsExactlyInAnyOrder(
            tuple("nolabels_000000_000019", Reason.DUPLICATE),
            tuple("noimage_000000_000019", Reason.NO_IMAGE),
            tuple("nodisparity_000000_000019", Reason.NO_TARGET),
            tuple("onlylabels_000000_000019", Reason.NO_IMAGE),
            tuple("both_000000_000019", Reason.DUPLICATE),
            tuple("both_000000_000019", Reason.DUPLICATE),
            tuple("good_000007_000019", Reason.NO_IMAGE),
            tuple("colon_000000_000019", Reason.NO_IMAGE),
            tuple("leftImg8bit/train/good/readme.txt", Reason.WRONG_FORMAT),
            tuple("leftImg8bit/train/good/good_000000_leftImg8bit.png", Reason.WRONG_FORMAT),
            tuple("leftImg8bit/train/good/deeper", Reason.WRONG_FORMAT),
            tuple("leftImg8bit/train/good/good_000008_000019_leftImg8bit.png", Reason.WRONG_FORMAT),
            tuple("gtFine/train/stray", Reason.WRONG_FORMAT),
            tuple("disparity/train/a:b/c:d_000000_000019_disparity.png", Reason.WRONG_FORMAT));
    assertThat(contents.refused()).allMatch(refused -> refused.source().startsWith("file:"));
  }

  @Test
  void citiesOnlyOrderTheFiles() throws Exception {
    TinyCity city = new TinyCity(root, false).sample("train", CORE);
    Path labels = city.path(RawFile.LABEL_IDS, "train", CORE);
    Path moved = root.resolve("gtFine/train/b:c/" + labels.getFileName());
    Files.createDirectories(moved.getParent());
    Files.move(labels, moved);
    Path image = city.path(RawFile.IMAGE, "train", CORE);
    Files.move(image, root.resolve("leftImg8bit/train/" + image.getFileName()));
    assertThat(city.read(TinyCity.options(), CORE)).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({
    "aachen_000000_000019_leftImg8bit.png,         aachen_000000_000019, leftImg8bit.png",
    "aachen_000000_000019_gtFine_labelIds.png,     aachen_000000_000019, gtFine_labelIds.png",
    "frankfurt_000001_082466_disparity.png,        frankfurt_000001_082466, disparity.png",
    "monchengladbach_000000_035364_camera.json,    monchengladbach_000000_035364, camera.json",
    "a-b_1234567_1_gtFinePanopticParts.tif,        a-b_1234567_1, gtFinePanopticParts.tif"
  })
  void namesHaveFiveOrSixParts(String name, String core, String suffix) {
    assertThat(FileName.parse(name)).contains(new FileName(core, suffix));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "aachen_000000_leftImg8bit.png",
        "aachen_000000_000019.png",
        "a_aachen_000000_000019_leftImg8bit.png",
        "aachen_000000_000019_gtFine_label_Ids.png",
        "aachen_00000a_000019_leftImg8bit.png",
        "aachen_000000_000019_leftImg8bit.png.tmp",
        "aachen_000000_000019_leftImg8bit",
        "../x_000000_000019_leftImg8bit.png",
        "a/b_000000_000019_leftImg8bit.png",
        "a:b_000000_000019_leftImg8bit.png",
        "_000000_000019_leftImg8bit.png"
      })
  void otherNamesAreNone(String name) {
    assertThat(FileName.parse(name)).isEmpty();
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    assertWrong(TinyCity.options(), "the images are at none of", "leftImg8bit_trainvaltest/");
    TinyCity city = new TinyCity(root, false).sample("train", CORE);
    city.list(TinyCity.options("tasks", "ial-3"));
    Files.move(root.resolve("gtFinePanopticParts"), root.resolve("parts"));
    assertWrong(
        TinyCity.options("tasks", "ial-3"),
        "tasks = ial-3",
        "the parts are at none of",
        "gtFinePanopticParts_trainval/gtFinePanopticParts");
    city.list(TinyCity.options("tasks", "kendall-3"));
    Files.move(root.resolve("gtFine"), root.resolve("fine"));
    Files.createSymbolicLink(root.resolve("gtFine"), root.resolve("gtFine"));
    assertWrong(TinyCity.options(), "the labels are at none of");
  }

  @Test
  void optionsThatAreNotPossible() throws Exception {
    new TinyCity(root, false).sample("train", CORE);
    assertWrong(TinyCity.options("tasks", "mtan"), "tasks", "mtan-2", "kendall-3", "ial-3");
    assertWrong(TinyCity.options("classes", "8"), "classes", "8", "one of 7, 19");
    assertWrong(TinyCity.options("classes", "20"), "classes", "20");
    assertWrong(
        TinyCity.options("classes", "19", "group-ignored-too", "true"), "group-ignored-too");
    assertWrong(TinyCity.options("disparity", "depth"), "disparity", "metric-depth");
    assertWrong(TinyCity.options("size", "0x5"), "size", "128x256");
    assertWrong(TinyCity.options("validation-share", "1.5"), "validation-share");
    assertWrong(TinyCity.options("full-width", "0"), "full-width");
    assertWrong(TinyCity.options("max-depth", "NaN"), "max-depth");
    assertWrong(TinyCity.options("group-instances", "yes"), "group-instances", "as-one");
    assertWrong(TinyCity.options("nearest", "ceil"), "nearest", "centre");
  }

  private void assertWrong(Map<String, String> chosen, String... parts) {
    assertThatThrownBy(() -> new TinyCity(root, false).list(chosen))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> ((PreprocessingException) e).isWrongUsage());
  }

  @Test
  void aSampleWithoutAnyValueIsRefused() throws Exception {
    TinyCity city = new TinyCity(root, false).sample("train", CORE);
    IntegerMap zero = TinyCity.map(i -> 0);
    city.write(RawFile.LABEL_IDS, "train", CORE, Png.encode(zero, 8));
    city.write(RawFile.INSTANCE_IDS, "train", CORE, Png.encode(zero, 16));
    city.write(RawFile.PARTS, "train", CORE, Tiff.encode(TinyCity.map(i -> i % 7)));
    assertThat(city.read(TinyCity.options("tasks", "ial-3"), CORE)).hasSize(4); // disparities
    city.write(RawFile.DISPARITY, "train", CORE, Png.encode(zero, 16));
    for (String tasks : List.of("mtan-2", "kendall-3", "ial-3")) {
      assertThatThrownBy(() -> city.read(TinyCity.options("tasks", tasks), CORE))
          .isInstanceOf(UnreadableSampleException.class)
          .matches(e -> ((UnreadableSampleException) e).reason() == Reason.NO_LABELS);
    }
    // p = 1 is infinitely far, not missing.
    city.write(RawFile.DISPARITY, "train", CORE, Png.encode(TinyCity.map(i -> 1), 16));
    assertThat(city.read(TinyCity.options("tasks", "mtan-2"), CORE)).hasSize(3);
  }
}
