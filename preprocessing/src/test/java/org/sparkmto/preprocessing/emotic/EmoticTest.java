package org.sparkmto.preprocessing.emotic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.storage.HadoopDefaults;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Cell;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Struct;

class EmoticTest {
  private static final String FOLDER = "mscoco/images";
  private static final String WIDE = "wide.jpg";

  @TempDir private Path root;

  @Test
  void aSampleIsAPersonWithTheImageAndTheBox() throws Exception {
    image("emotic/" + FOLDER + "/" + WIDE, 64, 48);
    image("emotic/" + FOLDER + "/small.jpg", 8, 8);
    Struct train = entries(1);
    entry(train, 0, WIDE, person(true, box(-3, 10, 32, 500), labels("Peace", "Fear"), 3, 5, 9));
    Struct test = entries(1);
    Struct two =
        persons(
            person(false, box(0, 0, 8, 8), labels("Anger"), 1, 1.5, 10),
            person(false, box(1, 2, 3, 4), labels("Yearning", "Doubt/Confusion"), 2, 2, 2));
    entry(test, 0, "small.jpg", two);
    writeWhole(Mat5.newMatFile().addArray("train", train).addArray("test", test));

    RawContents contents = list("size = 24x16, person-size = 8");
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.samples())
        .extracting(RawSample::id, RawSample::split)
        .containsExactly(
            tuple("train-000000-00", "train"),
            tuple("test-000000-00", "test"),
            tuple("test-000000-01", "test"));
    assertThat(contents.columns())
        .extracting(Column::name, Column::role, Column::type, Column::shape)
        .containsExactly(
            tuple("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 24, 16)),
            tuple("person", Column.Role.INPUT, ElementType.UINT8, List.of(3, 8, 8)),
            tuple("categories", Column.Role.TARGET, ElementType.UINT8, List.of(26)),
            tuple("continuous", Column.Role.TARGET, ElementType.FLOAT32, List.of(3)));
    assertThat(contents.tasks())
        .extracting(Task::name, Task::kind, Task::classes, Task::inputs)
        .containsExactly(
            tuple("categories", TaskKind.MULTI_LABEL, 26, List.of("image", "person")),
            tuple("continuous", TaskKind.REGRESSION, 3, List.of("image", "person")));

    Image decoded = Jpeg.decode(Files.readAllBytes(root.resolve("emotic/" + FOLDER + "/" + WIDE)));
    List<byte[]> first = read(contents, 0);
    assertThat(first.get(0)).isEqualTo(decoded.resized(24, 16).samples());
    byte[] cut = new byte[3 * 38 * 32]; // rows 10..47, columns 0..31
    for (int i = 0; i < cut.length; i++) {
      cut[i] = (byte) decoded.at(i / (38 * 32), 10 + i / 32 % 38, i % 32);
    }
    assertThat(first.get(1)).isEqualTo(new Image(3, 38, 32, cut).resized(8, 8).samples());
    byte[] categories = new byte[26];
    categories[15] = 1; // Fear
    categories[18] = 1; // Peace
    assertThat(first.get(2)).isEqualTo(categories);
    assertThat(floats(first.get(3))).containsExactly(3, 5, 9);
    assertThat(floats(read(contents, 1).get(3))).containsExactly(1, 1.5f, 10);
    assertThat(read(contents, 2).get(2)[9]).isEqualTo((byte) 1);
    assertThat(read(contents, 2).get(2)[25]).isEqualTo((byte) 1);
  }

  @Test
  void anImageOfManyPersonsIsDecodedOnce() throws Exception {
    image(FOLDER + "/a.jpg", 8, 8);
    Struct train = entries(1);
    Struct first = person(true, box(0, 0, 8, 8), labels("Anger"), 3, 5, 9);
    Struct second = person(true, box(0, 0, 4, 4), labels("Fear"), 3, 5, 9);
    entry(train, 0, "a.jpg", persons(first, second));
    writeWhole(Mat5.newMatFile().addArray("train", train));
    RawContents contents = list("size = 8");
    List<byte[]> alone = read(contents, 1);
    try (SampleReader reader = contents.opener().open(files(root))) {
      reader.read(contents.samples().get(0));
      Path image = Path.of(java.net.URI.create(contents.samples().get(0).source()));
      Files.delete(image);
      List<byte[]> after = reader.read(contents.samples().get(1));
      for (int i = 0; i < alone.size(); i++) {
        assertThat(after.get(i)).isEqualTo(alone.get(i));
      }
    }
  }

  @Test
  void thereAreTwentySixCategoriesInAlphabeticalOrder() {
    assertThat(Emotic.CATEGORIES).hasSize(26).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void everyCategoryCanBeATaskOfItsOwn() throws Exception {
    image(FOLDER + "/a.jpg", 8, 8);
    Struct train = entries(1);
    entry(train, 0, "a.jpg", person(true, box(0, 0, 8, 8), labels("Anger"), 3, 5, 9));
    writeWhole(Mat5.newMatFile().addArray("train", train));
    RawContents contents = list("tasks = binary-26");
    assertThat(contents.columns()).hasSize(3);
    assertThat(contents.tasks()).hasSize(26).allMatch(t -> t.kind() == TaskKind.BINARY);
    assertThat(contents.tasks().get(9).name()).isEqualTo("Doubt/Confusion");
    assertThat(contents.tasks().get(9).element()).isEqualTo(9);
    List<byte[]> content = read(contents, 0);
    assertThat(content).hasSize(3);
    assertThat(content.get(2)).startsWith(0, 1, 0);
    assertThat(content.get(1)).hasSize(3 * 224 * 224);
  }

  @Test
  void severalAnnotatorsCountCombined() throws Exception {
    image(FOLDER + "/a.jpg", 8, 8);
    Struct val = entries(1);
    Struct person = person(false, box(0, 0, 8, 8), labels("Anger"), 4, 4, 4);
    person.set("annotations_categories", 0, Mat5.newStruct(1, 3));
    person.set("annotations_continuous", 0, Mat5.newScalar(1));
    entry(val, 0, "a.jpg", person);
    writeWhole(Mat5.newMatFile().addArray("val", val));
    assertThat(list("").samples()).extracting(RawSample::split).containsExactly("val");
  }

  @Test
  void setsAsideWhatIsWrong() throws Exception {
    image(FOLDER + "/a.jpg", 8, 8);
    image(FOLDER + "/b.jpg", 9, 8);
    image(FOLDER + "/stray.jpg", 8, 8);
    byte[] sound = Files.readAllBytes(root.resolve(FOLDER).resolve("a.jpg"));
    Files.write(root.resolve(FOLDER).resolve("cut.jpg"), Arrays.copyOf(sound, 300));
    Files.writeString(root.resolve("secret.jpg"), "x");
    Struct train = entries(11);
    entry(
        train,
        0,
        "a.jpg",
        persons(
            person(true, box(0, 0, 8, 8), labels("Anger"), 3, 5, 9), // sound
            person(true, box(0, 0, 8, 8), labels(), 3, 5, 9),
            person(true, box(0, 0, 8, 8), labels("Envy"), 3, 5, 9),
            person(true, box(0, 0, 8, 8), labels("Anger"), Double.NaN, 5, 9),
            person(true, box(0, 0, 8, 8), labels("Anger"), 3, 11, 9),
            person(true, box(8, 0, 12, 8), labels("Anger"), 3, 5, 9), // outside
            person(true, box(4, 4, 4, 8), labels("Anger"), 3, 5, 9), // empty
            person(true, box(0, Double.NaN, 4, 8), labels("Anger"), 3, 5, 9),
            person(true, box(0, 1, 4), labels("Anger"), 3, 5, 9),
            person(true, box(-1e300, -1, 1e300, 1e300), labels("Anger"), 3, 5, 9))); // sound
    Struct one = person(true, box(0, 0, 8, 8), labels("Anger"), 3, 5, 9);
    entry(train, 1, "gone.jpg", one);
    entry(train, 2, "../../secret.jpg", one);
    entry(train, 3, "a.jpg", one);
    train.set("folder", 3, Mat5.newString("../"));
    entry(train, 4, "a.jpg", one);
    train.set("folder", 4, Mat5.newString("/etc"));
    entry(train, 5, "a.jpg", one);
    train.set("filename", 5, Mat5.newScalar(7));
    entry(train, 6, "a.jpg", Mat5.newStruct(1, 0));
    entry(train, 7, "cut.jpg", one);
    entry(train, 8, "b.jpg", one);
    entry(train, 9, "a.jpg", Mat5.newString("nobody"));
    entry(train, 10, "a.jpg", strange());
    writeWhole(Mat5.newMatFile().addArray("train", train));

    RawContents contents = list("");
    assertThat(contents.refused())
        .extracting(RefusedSample::id, RefusedSample::reason)
        .containsExactlyInAnyOrder(
            tuple("train-000000-01", Reason.NO_TARGET),
            tuple("train-000000-02", Reason.BAD_LABEL),
            tuple("train-000000-03", Reason.NO_TARGET),
            tuple("train-000000-04", Reason.BAD_TARGET),
            tuple("train-000000-07", Reason.BAD_ROW),
            tuple("train-000000-08", Reason.BAD_ROW),
            tuple("train-000001-00", Reason.NO_IMAGE),
            tuple("train-000002", Reason.UNSAFE_NAME),
            tuple("train-000003", Reason.UNSAFE_NAME),
            tuple("train-000004", Reason.UNSAFE_NAME),
            tuple("train-000005", Reason.DAMAGED),
            tuple("train-000006", Reason.NO_ATTRIBUTES),
            tuple("train-000009", Reason.DAMAGED),
            tuple("train-000010-00", Reason.BAD_ROW),
            tuple("mscoco/images/stray.jpg", Reason.NO_ATTRIBUTES));
    assertThat(contents.samples())
        .extracting(RawSample::id)
        .containsExactly(
            "train-000000-00",
            "train-000000-05",
            "train-000000-06",
            "train-000000-09",
            "train-000007-00",
            "train-000008-00");
    assertThat(read(contents, 0).get(1)).isEqualTo(read(contents, 3).get(1));
    assertUnreadable(contents, 1, Reason.BAD_ROW);
    assertUnreadable(contents, 2, Reason.BAD_ROW);
    assertUnreadable(contents, 4, Reason.TRUNCATED);
    assertUnreadable(contents, 5, Reason.WRONG_SIZE);
  }

  @Test
  void linksDoNotLeaveTheRoot() throws Exception {
    Path inside = Files.createDirectories(root.resolve("inside"));
    image("outside.jpg", 8, 8);
    Files.createDirectories(inside.resolve(FOLDER));
    Files.createSymbolicLink(inside.resolve(FOLDER + "/a.jpg"), root.resolve("outside.jpg"));
    Files.createSymbolicLink(inside.resolve(FOLDER + "/b.jpg"), inside.resolve(FOLDER + "/b.jpg"));
    Struct train = entries(2);
    Struct one = person(true, box(0, 0, 8, 8), labels("Anger"), 3, 5, 9);
    entry(train, 0, "a.jpg", one);
    entry(train, 1, "b.jpg", one);
    writeWhole(Mat5.newMatFile().addArray("train", train));
    Files.move(root.resolve("Annotations"), inside.resolve("Annotations"));
    RawContents contents = list(inside, "");
    assertThat(contents.refused()).isEmpty(); // links are looked at when they are read
    List<Reason> reasons = List.of(Reason.UNSAFE_NAME, Reason.NO_IMAGE);
    try (SampleReader reader = contents.opener().open(files(inside))) {
      for (int i = 0; i < 2; i++) {
        RawSample sample = contents.samples().get(i);
        Reason reason = reasons.get(i);
        assertThatThrownBy(() -> reader.read(sample))
            .isInstanceOf(UnreadableSampleException.class)
            .matches(e -> ((UnreadableSampleException) e).reason() == reason, sample.id());
      }
    }
    image(FOLDER + "/a.jpg", 8, 8);
    Files.createSymbolicLink(inside.resolve("emotic"), root);
    assertThatThrownBy(() -> list(inside, ""))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("outside of");
  }

  @Test
  void aTableThatCannotBeReadEndsTheRunWithOneLine() throws Exception {
    assertRefused(true, "Annotations/Annotations.mat");
    Struct train = entries(1);
    entry(train, 0, "a.jpg", person(true, box(0, 0, 8, 8), labels("Anger"), 3, 5, 9));
    write(Mat5.newMatFile().addArray("other", train));
    assertRefused(false, "none of the variables [train, val, test]", "other");
    write(Mat5.newMatFile().addArray("train", Mat5.newScalar(1)));
    assertRefused(false, "Annotations.mat", "damaged");
    writeWhole(Mat5.newMatFile().addArray("train", train));
    Path table = root.resolve("Annotations/Annotations.mat");
    byte[] sound = Files.readAllBytes(table);
    for (int length = 0; length < sound.length; length += 13) {
      Files.write(table, Arrays.copyOf(sound, length));
      assertThatThrownBy(() -> list(""))
          .as("%d bytes", length)
          .isInstanceOf(PreprocessingException.class);
    }
    Files.write(table, "{\"train\": []}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertRefused(false, "wrong-format");
  }

  @Test
  void aSplitThatIsAbsentIsTold() throws Exception {
    image(FOLDER + "/a.jpg", 8, 8);
    Struct train = entries(1);
    entry(train, 0, "a.jpg", person(true, box(0, 0, 8, 8), labels("Anger"), 3, 5, 9));
    write(Mat5.newMatFile().addArray("train", train).addArray("val", entries(0)));
    assertRefused(false, "lacks 'test' of the variables [train, val, test]", "[train, val]");
    writeWhole(Mat5.newMatFile().addArray("train", train));
    assertThat(list("").remarks())
        .containsExactly("split 'val' has no sample", "split 'test' has no sample");
  }

  private void assertUnreadable(RawContents contents, int index, Reason reason) {
    assertThatThrownBy(() -> read(contents, index))
        .isInstanceOf(UnreadableSampleException.class)
        .matches(e -> ((UnreadableSampleException) e).reason() == reason, reason.label());
  }

  private void assertRefused(boolean usage, String... parts) {
    assertThatThrownBy(() -> list(""))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> ((PreprocessingException) e).isWrongUsage() == usage);
  }

  private static Struct entries(int count) {
    return Mat5.newStruct(1, count);
  }

  private static void entry(Struct entries, int index, String name, Array persons) {
    Struct size = Mat5.newStruct();
    size.set("n_col", Mat5.newScalar(WIDE.equals(name) ? 64 : 8));
    size.set("n_row", Mat5.newScalar(WIDE.equals(name) ? 48 : 8));
    entries.set("filename", index, Mat5.newString(name));
    entries.set("folder", index, Mat5.newString(FOLDER));
    entries.set("image_size", index, size);
    entries.set("original_database", index, Mat5.newStruct());
    entries.set("person", index, persons);
  }

  private static Struct persons(Struct... persons) {
    Struct all = Mat5.newStruct(1, persons.length);
    for (int i = 0; i < persons.length; i++) {
      for (String field : persons[i].getFieldNames()) {
        all.set(field, i, persons[i].get(field));
      }
    }
    return all;
  }

  private static Struct person(
      boolean single, Matrix box, Cell categories, double valence, double arousal, double power) {
    Struct continuous = Mat5.newStruct();
    continuous.set("valence", Mat5.newScalar(valence));
    continuous.set("arousal", Mat5.newScalar(arousal));
    continuous.set("dominance", Mat5.newScalar(power));
    Struct person = Mat5.newStruct();
    person.set("body_bbox", box);
    if (single) {
      Struct annotated = Mat5.newStruct();
      annotated.set("categories", categories);
      person.set("annotations_categories", annotated);
      person.set("annotations_continuous", continuous);
    } else {
      person.set("annotations_categories", Mat5.newStruct());
      person.set("combined_categories", categories);
      person.set("annotations_continuous", Mat5.newStruct());
      person.set("combined_continuous", continuous);
    }
    person.set("gender", Mat5.newString("Male"));
    person.set("age", Mat5.newString("Adult"));
    return person;
  }

  private static Struct strange() {
    Struct person = Mat5.newStruct();
    person.set("shoe_size", Mat5.newScalar(43));
    return person;
  }

  private static Matrix box(double... sides) {
    Matrix box = Mat5.newMatrix(1, sides.length);
    for (int i = 0; i < sides.length; i++) {
      box.setDouble(i, sides[i]);
    }
    return box;
  }

  private static Cell labels(String... names) {
    Cell cell = Mat5.newCell(1, names.length);
    for (int i = 0; i < names.length; i++) {
      cell.set(i, Mat5.newString(names[i]));
    }
    return cell;
  }

  /** As it should be: with all three variables, those that are not there without a person. */
  private void writeWhole(MatFile file) throws IOException {
    for (String split : List.of("train", "val", "test")) {
      boolean there = false;
      for (MatFile.Entry entry : file.getEntries()) {
        there |= entry.getName().equals(split);
      }
      if (!there) {
        file.addArray(split, entries(0));
      }
    }
    write(file);
  }

  private void write(MatFile file) throws IOException {
    Files.createDirectories(root.resolve("Annotations"));
    Mat5.writeToFile(file, root.resolve("Annotations/Annotations.mat").toFile());
  }

  private void image(String name, int width, int height) throws IOException {
    byte[] samples = new byte[3 * height * width];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i * 5 / 3);
    }
    Files.createDirectories(root.resolve(name).getParent());
    byte[] file = Jpeg.encode(new Image(3, height, width, samples), 0.9f);
    Files.write(root.resolve(name), file);
  }

  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private List<byte[]> read(RawContents contents, int index) throws Exception {
    try (SampleReader reader = contents.opener().open(files(root))) {
      return reader.read(contents.samples().get(index));
    }
  }

  private RawContents list(String options) throws IOException {
    return list(root, options);
  }

  private static RawContents list(Path root, String options) throws IOException {
    return ChosenDataset.of(Emotic.ENTRY, ConfigFactory.parseString(options))
        .dataset()
        .list(new RawFiles(HadoopDefaults.copy()).directory(root.toString()), files(root));
  }

  private static RawFiles files(Path root) throws IOException {
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    return files.within(files.directory(root.toString()));
  }
}
