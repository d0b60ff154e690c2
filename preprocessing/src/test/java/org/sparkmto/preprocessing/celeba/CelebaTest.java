package org.sparkmto.preprocessing.celeba;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.TableLines;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.storage.HadoopDefaults;

class CelebaTest {
  @TempDir private Path root;

  @Test
  void joinsByNameWhateverTheOrderBlanksAndLineEnds() throws IOException {
    images("Img/img_align_celeba", "000001.jpg", "000002.jpg", "000003.jpg");
    text(
        "Anno/list_attr_celeba.txt",
        "3\r\nYoung  Bald \r\n000003.jpg  1 -1\r\n000001.jpg -1   1 \r\n\r\n000002.jpg  1  1\r\n");
    text("Eval/list_eval_partition.txt", "000002.jpg 1\r\n000001.jpg 0\r\n000003.jpg 2\r\n");
    RawContents contents = list();
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.samples())
        .extracting(
            RawSample::id,
            RawSample::split,
            sample -> List.of(sample.labels()[0], sample.labels()[1]))
        .containsExactly(
            tuple("000001.jpg", "train", List.of((byte) 0, (byte) 1)),
            tuple("000002.jpg", "val", List.of((byte) 1, (byte) 1)),
            tuple("000003.jpg", "test", List.of((byte) 1, (byte) 0)));
    assertThat(contents.tasks())
        .containsExactly(
            new Task("Young", TaskKind.BINARY, List.of("image"), "attributes", 0, 2, 255),
            new Task("Bald", TaskKind.BINARY, List.of("image"), "attributes", 1, 2, 255));
    assertThat(contents.columns().get(0).shape()).containsExactly(3, 64, 64);
    assertThat(contents.columns().get(1).shape()).containsExactly(2);
  }

  @Test
  void readsTheFlatLayout() throws IOException {
    images("celeba/img_align_celeba", "000001.jpg");
    text("celeba/list_attr_celeba.txt", "1\nYoung\n000001.jpg 1\n");
    text("celeba/list_eval_partition.txt", "000001.jpg 0\n");
    assertThat(list().samples()).hasSize(1);
    Path inner = root.resolve("celeba");
    assertThat(list(inner).samples()).hasSize(1);
  }

  @Test
  void readsTheTablesOfKaggle() throws IOException {
    images("img_align_celeba/img_align_celeba", "000001.jpg", "000002.jpg", ".DS_Store");
    text("list_attr_celeba.csv", "\uFEFFimage_id,Young,Bald\n000002.jpg,1,-1\n000001.jpg,-1,\n");
    text("list_eval_partition.csv", "image_id,partition\n000001.jpg,0\n000002.jpg,2\n");
    RawContents contents = list();
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.samples())
        .extracting(RawSample::id)
        .containsExactly("000001.jpg", "000002.jpg");
    assertThat(contents.samples().get(0).labels()).containsExactly(0, 255);
    assertThat(contents.samples().get(0).source())
        .endsWith("img_align_celeba/img_align_celeba/000001.jpg");
  }

  @Test
  void countsWhatDoesNotFitTogether() throws IOException {
    images(
        "Img/img_align_celeba",
        "good.jpg",
        "noattr.jpg",
        "nopart.jpg",
        "stray.txt",
        "short.jpg",
        "zero.jpg",
        "split.jpg",
        "twice.jpg",
        "leak.jpg");
    Files.createFile(root.resolve("secret.jpg"));
    text(
        "Anno/list_attr_celeba.txt",
        """
        9
        Young Bald
        good.jpg 1 1
        nopart.jpg 1 1
        noimage.jpg 1 1
        short.jpg 1
        zero.jpg 0 1
        split.jpg 1 1
        twice.jpg 1 1
        twice.jpg -1 1
        leak.jpg 1 1
        ../../secret.jpg 1 1
        /etc/passwd 1 1
        a\\b.jpg 1 1
        file:x.jpg 1 1
        """);
    text(
        "Eval/list_eval_partition.txt",
        """
        good.jpg 0
        noattr.jpg 0
        noimage.jpg 0
        short.jpg 0
        zero.jpg 0
        split.jpg 3
        twice.jpg 0
        leak.jpg 0
        leak.jpg 2
        ../../secret.jpg 0
        """);
    RawContents contents = list();
    assertThat(contents.samples()).extracting(RawSample::id).containsExactly("good.jpg");
    assertThat(contents.refused())
        .extracting(RefusedSample::id, RefusedSample::reason)
        .containsExactlyInAnyOrder(
            tuple("../../secret.jpg", Reason.UNSAFE_NAME),
            tuple("/etc/passwd", Reason.UNSAFE_NAME),
            tuple("a\\b.jpg", Reason.UNSAFE_NAME),
            tuple("file:x.jpg", Reason.UNSAFE_NAME),
            tuple("leak.jpg", Reason.DUPLICATE),
            tuple("noattr.jpg", Reason.NO_ATTRIBUTES),
            tuple("noimage.jpg", Reason.NO_IMAGE),
            tuple("nopart.jpg", Reason.NO_PARTITION),
            tuple("short.jpg", Reason.BAD_ATTRIBUTES),
            tuple("split.jpg", Reason.BAD_PARTITION),
            tuple("stray.txt", Reason.NO_ATTRIBUTES),
            tuple("twice.jpg", Reason.DUPLICATE),
            tuple("zero.jpg", Reason.BAD_ATTRIBUTES));
    assertThat(contents.refused())
        .filteredOn(sample -> sample.reason() == Reason.UNSAFE_NAME)
        .allMatch(sample -> sample.source().endsWith("list_attr_celeba.txt"));
  }

  @Test
  void aSampleWithoutAnyLabelIsNotKept() throws IOException {
    images("Img/img_align_celeba", "some.jpg", "none.jpg");
    text("Anno/list_attr_celeba.txt", "2\nYoung Bald\nsome.jpg ? -1\nnone.jpg ? nan\n");
    text("Eval/list_eval_partition.txt", "some.jpg 0\nnone.jpg 0\n");
    RawContents contents = list();
    assertThat(contents.samples()).extracting(RawSample::id).containsExactly("some.jpg");
    assertThat(contents.samples().get(0).labels()).containsExactly(255, 0);
    assertThat(contents.refused())
        .extracting(RefusedSample::id, RefusedSample::reason)
        .containsExactly(tuple("none.jpg", Reason.NO_LABELS));
  }

  @Test
  void rowsThatTheFirstLineAnnouncesAreMissed() throws IOException {
    images("Img/img_align_celeba", "a.jpg");
    text("Eval/list_eval_partition.txt", "a.jpg 0\n");
    text("Anno/list_attr_celeba.txt", "3\nYoung\na.jpg 1\n");
    assertThat(list().samples()).hasSize(1);
    assertThat(list().refused())
        .extracting(RefusedSample::id, RefusedSample::reason, RefusedSample::detail)
        .containsExactly(
            tuple(
                "list_attr_celeba.txt",
                Reason.TRUNCATED,
                "the table announces 2 rows more than it has; it is cut, or its first line"
                    + " wrong"));
  }

  @Test
  void theFirstLineTellsTheKindOfTableNotTheNameOfTheFile() throws IOException {
    images("img_align_celeba", "000001.jpg");
    text("list_attr_celeba.txt", "image_id,Young,Bald\n000001.jpg,1,-1\n");
    text("list_eval_partition.csv", "000001.jpg  2\n");
    RawContents contents = list();
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.samples().get(0).split()).isEqualTo("test");
    assertThat(contents.samples().get(0).labels()).containsExactly(1, 0);
  }

  @Test
  void fieldsOfCsvMayStandInQuotesAndAbsentSplitsAreTold() throws IOException {
    images("img_align_celeba", "000001.jpg");
    text("list_attr_celeba.csv", "\"image_id\",\"Young\",Bald\n\"000001.jpg\",\"1\",\"-1\"\n");
    text("list_eval_partition.csv", "\"image_id\",\"partition\"\n\"000001.jpg\",\"0\"\n");
    RawContents contents = list();
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.tasks()).extracting(Task::name).containsExactly("Young", "Bald");
    assertThat(contents.samples().get(0).labels()).containsExactly(1, 0);
    assertThat(contents.remarks())
        .containsExactly("split 'val' has no sample", "split 'test' has no sample");
  }

  @Test
  void tablesThatAreNoneAreRefusedBeforeTheyFillTheMemory() throws IOException {
    images("Img/img_align_celeba", "a.jpg");
    text("Eval/list_eval_partition.txt", "a.jpg 0\n");
    try (RandomAccessFile zeros =
        new RandomAccessFile(createdIn("Anno/list_attr_celeba.txt").toFile(), "rw")) {
      zeros.setLength(4L << 30);
    }
    assertRefused(false, "list_attr_celeba.txt", "a line of more than 65536 characters");
    text("Anno/list_attr_celeba.txt", "1\nYoung\n" + "x".repeat(70_000) + " 1\n");
    assertRefused(false, "a line of more than 65536 characters");
    text("Anno/list_attr_celeba.txt", "1\nYoung\n" + "x\n".repeat(TableLines.MAX_LINES + 1));
    assertRefused(false, "more than 1000000 lines");
    text("Anno/list_attr_celeba.txt", "\u0000\u001b[2J\u0007" + "9".repeat(200));
    assertRefused(false, "starts with '??[2J?9999", "...'");
    text("Anno/list_attr_celeba.txt", "1\nYoung\na.jpg \u001b[2J" + "9".repeat(200) + "\n");
    assertThat(list().refused())
        .extracting(RefusedSample::detail)
        .containsExactly("Young is '?[2J" + "9".repeat(36) + "...', neither -1 nor 1");
  }

  @Test
  void linksNeitherLeaveTheRootNorGoRoundInCircles() throws Exception {
    images("outside", "a.jpg", "b.jpg");
    Path inside = Files.createDirectories(root.resolve("inside/img_align_celeba")).getParent();
    Path faces = inside.resolve("img_align_celeba");
    Files.createSymbolicLink(faces.resolve("a.jpg"), root.resolve("outside/a.jpg"));
    Files.createSymbolicLink(faces.resolve("b.jpg"), faces.resolve("c.jpg"));
    Files.createSymbolicLink(faces.resolve("c.jpg"), faces.resolve("b.jpg"));
    Files.createSymbolicLink(faces.resolve("img_align_celeba"), faces);
    text("inside/list_attr_celeba.txt", "3\nYoung\na.jpg 1\nb.jpg 1\nc.jpg 1\n");
    text("inside/list_eval_partition.txt", "a.jpg 0\nb.jpg 0\nc.jpg 0\n");
    RawFiles within = within(inside);
    RawContents contents = list(inside, within);
    assertThat(contents.refused()).isEmpty(); // links are looked at when they are read
    assertThat(contents.samples())
        .extracting(RawSample::id)
        .containsExactly("a.jpg", "b.jpg", "c.jpg");
    List<Reason> reasons = List.of(Reason.UNSAFE_NAME, Reason.NO_IMAGE, Reason.NO_IMAGE);
    try (SampleReader reader = contents.opener().open(within)) {
      for (int i = 0; i < 3; i++) {
        RawSample sample = contents.samples().get(i);
        Reason reason = reasons.get(i);
        assertThatThrownBy(() -> reader.read(sample))
            .isInstanceOf(UnreadableSampleException.class)
            .matches(e -> ((UnreadableSampleException) e).reason() == reason, sample.id());
      }
    }

    Files.delete(faces.resolve("img_align_celeba"));
    Files.createSymbolicLink(faces.resolve("img_align_celeba"), root.resolve("outside"));
    assertThatThrownBy(() -> list(inside, within))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("outside of");
    Files.delete(inside.resolve("list_attr_celeba.txt"));
    Files.createSymbolicLink(inside.resolve("list_attr_celeba.txt"), root.resolve("outside/a.jpg"));
    assertThatThrownBy(() -> list(inside, within))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("outside of");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    assertRefused(true, "the attributes are at none of", "Anno/list_attr_celeba.txt");
    text("Anno/list_attr_celeba.txt", "1\nYoung\n000001.jpg 1\n");
    assertRefused(true, "the splits are at none of", "list_eval_partition.csv");
    text("Eval/list_eval_partition.txt", "000001.jpg 0\n");
    assertRefused(true, "the images are at none of", "Img/img_align_celeba");
    images("Img/img_align_celeba", "000001.jpg");
    assertThat(list().samples()).hasSize(1);
    text("Anno/list_attr_celeba.txt", "Young\n000001.jpg 1\n");
    assertRefused(false, "starts with 'Young'", "number of its rows");
    text("Anno/list_attr_celeba.txt", "1\nYoung Young\n000001.jpg 1 1\n");
    assertRefused(false, "one of them twice", "Young");
  }

  private void assertRefused(boolean usage, String... parts) {
    assertThatThrownBy(this::list)
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> ((PreprocessingException) e).isWrongUsage() == usage);
  }

  private RawContents list() throws IOException {
    return list(root);
  }

  private static RawFiles within(Path root) throws IOException {
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    return files.within(files.directory(root.toString()));
  }

  private static RawContents list(Path root) throws IOException {
    return list(root, within(root));
  }

  private static RawContents list(Path root, RawFiles files) throws IOException {
    return Celeba.ENTRY.make(Map.of()).list(files.directory(root.toString()), files);
  }

  private void images(String directory, String... names) throws IOException {
    Files.createDirectories(root.resolve(directory));
    for (String name : names) {
      Files.createFile(root.resolve(directory).resolve(name));
    }
  }

  private void text(String name, String text) throws IOException {
    Files.writeString(createdIn(name), text);
  }

  /** A path whose directory is there. */
  private Path createdIn(String name) throws IOException {
    Files.createDirectories(root.resolve(name).getParent());
    return root.resolve(name);
  }
}
