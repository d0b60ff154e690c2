package org.sparkmto.preprocessing.cifar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.storage.HadoopDefaults;

class MultiCifar100Test {
  private static final int RECORD = 3074;

  @TempDir private Path root;

  @Test
  void readsRecordsFromAnyPlace() throws Exception {
    // beaver 4 -> 0, worm 99 -> 13, whale 95 -> 0, apple 0 -> 4, train 90 -> 18
    int[] fine = {4, 99, 95, 0, 90};
    int[] task = {0, 13, 0, 4, 18};
    int[] label = {0, 4, 4, 0, 4};
    file("cifar-100-binary/train.bin", fine);
    file("cifar-100-binary/test.bin", 53);
    RawContents contents = list("");
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.samples())
        .extracting(RawSample::id)
        .containsExactly(
            "train-0000000",
            "train-0000001",
            "train-0000002",
            "train-0000003",
            "train-0000004",
            "test-0000000");
    assertThat(contents.columns())
        .extracting(Column::name, Column::role, Column::shape)
        .containsExactly(
            tuple("image", Column.Role.INPUT, List.of(3, 32, 32)),
            tuple("labels", Column.Role.TARGET, List.of(20)),
            tuple("task", Column.Role.GROUP, List.of(1)));
    assertThat(contents.tasks()).hasSize(20).allMatch(t -> t.classes() == 5);
    Task fruit = contents.tasks().get(4);
    assertThat(fruit.name()).isEqualTo("fruit_and_vegetables");
    assertThat(fruit.element()).isEqualTo(4);
    assertThat(fruit.classNames())
        .containsExactly("apple", "mushroom", "orange", "pear", "sweet_pepper");
    try (SampleReader reader = reader(contents)) {
      for (int i : new int[] {3, 0, 4, 1, 2}) {
        List<byte[]> content = reader.read(contents.samples().get(i));
        assertThat(content.get(0)).isEqualTo(pixels(i, fine[i]));
        byte[] labels = new byte[20];
        Arrays.fill(labels, (byte) 255);
        labels[task[i]] = (byte) label[i];
        assertThat(content.get(1)).isEqualTo(labels);
        assertThat(content.get(2)).containsExactly(task[i]);
      }
      List<byte[]> tested = reader.read(contents.samples().get(5));
      assertThat(tested.get(0)).isEqualTo(pixels(0, 53));
      assertThat(tested.get(2)).containsExactly(4);
    }
  }

  @Test
  void resizesWhenAsked() throws Exception {
    file("train.bin", 0);
    file("test.bin", 0);
    RawContents contents = list("size = 16x24");
    try (SampleReader reader = reader(contents)) {
      assertThat(reader.read(contents.samples().get(0)).get(0)).hasSize(3 * 16 * 24);
    }
  }

  @Test
  void everyTaskKeepsItsShareOfTheRealCounts() throws Exception {
    // 500 training and 100 test images of every fine class, as in the real files.
    sparse("train.bin", 50_000);
    sparse("test.bin", 10_000);
    RawContents all = list("");
    assertThat(counts(all)).hasSize(40);
    counts(all)
        .forEach((key, n) -> assertThat(n).as(key).isEqualTo(key.startsWith("train") ? 2500 : 500));
    RawContents held = list("validation-share = 0.2");
    counts(held)
        .forEach((key, n) -> assertThat(n).as(key).isEqualTo(key.startsWith("train") ? 2000 : 500));
    assertThat(counts(held)).hasSize(60);
    assertThat(list("validation-share = 0.2, validation-seed = 1").samples())
        .filteredOn(s -> s.split().equals("val"))
        .extracting(RawSample::id)
        .isNotEqualTo(
            held.samples().stream()
                .filter(s -> s.split().equals("val"))
                .map(RawSample::id)
                .toList());
  }

  @Test
  void setsAsideWhatDoesNotFit() throws Exception {
    ByteArrayOutputStream train = new ByteArrayOutputStream();
    train.write(record(0, 4));
    byte[] coarse = record(1, 4);
    coarse[0] = 1;
    train.write(coarse);
    byte[] fine = record(2, 4);
    fine[1] = 100;
    train.write(fine);
    train.write(record(3, 4));
    train.write(record(4, 4), 0, 1000);
    Files.write(root.resolve("train.bin"), train.toByteArray());
    file("test.bin", 0);
    RawContents contents = list("");
    assertThat(contents.samples())
        .extracting(RawSample::id)
        .containsExactly("train-0000000", "train-0000003", "test-0000000");
    assertThat(contents.refused())
        .extracting(RefusedSample::id, RefusedSample::reason)
        .containsExactly(
            tuple("train-0000001", Reason.BAD_LABEL),
            tuple("train-0000002", Reason.BAD_LABEL),
            tuple("train-0000004", Reason.TRUNCATED));
  }

  @Test
  void recordsOutOfStepAreNotKeptByChance() throws Exception {
    try (OutputStream out = Files.newOutputStream(root.resolve("train.bin"))) {
      for (int i = 0; i < 100; i++) {
        out.write(record(i, i % 100), i == 40 ? 1 : 0, i == 40 ? RECORD - 1 : RECORD);
      }
      out.write(0); // the length fits again
    }
    // By chance the pair of bytes at record 90 fits: fine 4 belongs to 0.
    try (RandomAccessFile file = new RandomAccessFile(root.resolve("train.bin").toFile(), "rw")) {
      file.seek(90L * RECORD);
      file.write(new byte[] {0, 4});
    }
    file("test.bin", 0);
    RawContents contents = list("");
    assertThat(contents.samples()).hasSize(39 + 1); // record 39 may have lost the byte itself
    assertThat(contents.refused()).hasSize(61).allMatch(s -> s.reason() == Reason.BAD_LABEL);
    assertThat(contents.refused())
        .filteredOn(s -> s.id().equals("train-0000090"))
        .extracting(RefusedSample::detail)
        .allMatch(detail -> detail.contains("out of step"));
  }

  @Test
  void aRecordThatLacksAByteIsNotKept() throws Exception {
    try (OutputStream out = Files.newOutputStream(root.resolve("train.bin"))) {
      for (int i = 0; i < 5; i++) {
        out.write(record(i, i), 0, i == 2 ? RECORD - 1 : RECORD);
      }
    }
    file("test.bin", 0);
    RawContents contents = list("");
    assertThat(contents.samples())
        .extracting(RawSample::id)
        .containsExactly("train-0000000", "train-0000001", "test-0000000");
    assertThat(contents.refused())
        .extracting(RefusedSample::id, RefusedSample::reason)
        .containsExactly(
            tuple("train-0000002", Reason.BAD_LABEL),
            tuple("train-0000003", Reason.BAD_LABEL),
            tuple("train-0000004", Reason.TRUNCATED));
  }

  @Test
  void saysWhichFilesItWants() throws Exception {
    assertRefused(true, "neither train.bin nor cifar-100-binary/train.bin", "binary.tar.gz");
    Files.createDirectories(root.resolve("cifar-100-python"));
    assertRefused(true, "Python version", "not read", "cifar-100-binary.tar.gz");
    file("train.bin", 0);
    Files.delete(root.resolve("cifar-100-python"));
    assertRefused(true, "neither test.bin");
    file("test.bin", 0);
    assertThat(list("").samples()).hasSize(2);

    Files.write(root.resolve("fine_label_names.txt"), List.of("cat", "dog"));
    assertRefused(false, "fine_label_names.txt", "100 names");
    Files.write(root.resolve("fine_label_names.txt"), new byte[1 << 20]);
    assertRefused(false, "fine_label_names.txt", "no such table");
    String names = String.join("\r\n", Cifar100Classes.FINE) + "\r\n\r\n";
    Files.writeString(root.resolve("fine_label_names.txt"), names);
    assertThat(list("").samples()).hasSize(2);
  }

  @Test
  void refusesFilesOfAnotherKind() throws Exception {
    file("test.bin", 0);
    Files.write(root.resolve("train.bin"), new byte[0]);
    assertRefused(false, "train.bin", "0 bytes");
    byte[] pickle = new byte[40 * RECORD];
    Arrays.fill(pickle, (byte) 0x80);
    Files.write(root.resolve("train.bin"), pickle);
    assertRefused(false, "labels of its first records", "CIFAR-10");
    try (RandomAccessFile huge = new RandomAccessFile(root.resolve("train.bin").toFile(), "rw")) {
      huge.setLength(40L << 30);
    }
    assertRefused(false, "42949672960 bytes");
  }

  @Test
  void aLinkOutOfTheRootIsNotFollowed() throws Exception {
    Path inside = Files.createDirectory(root.resolve("inside"));
    file("outside.bin", 0);
    Files.createSymbolicLink(inside.resolve("train.bin"), root.resolve("outside.bin"));
    Files.createSymbolicLink(inside.resolve("test.bin"), inside.resolve("test.bin"));
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    var directory = files.directory(inside.toString());
    RawDataset dataset = MultiCifar100.ENTRY.make(Map.of());
    assertThatThrownBy(() -> dataset.list(directory, files.within(directory)))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("neither test.bin"); // a loop is no file
    Files.delete(inside.resolve("test.bin"));
    Files.write(inside.resolve("test.bin"), record(0, 0));
    assertThatThrownBy(() -> dataset.list(directory, files.within(directory)))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("outside of");
    RawSample sample = new RawSample("x", "train", directory + "/train.bin", 0, new byte[] {0, 0});
    Files.copy(root.resolve("outside.bin"), root.resolve("train.bin"));
    Files.copy(inside.resolve("test.bin"), root.resolve("test.bin"));
    try (SampleReader reader =
        dataset
            .list(root(), new RawFiles(HadoopDefaults.copy()).within(root()))
            .opener()
            .open(files.within(directory))) {
      assertThatThrownBy(() -> reader.read(sample)).isInstanceOf(PreprocessingException.class);
    }
  }

  @Test
  void aFileThatHasShrunkSinceIsTruncated() throws Exception {
    file("train.bin", 0, 1, 2);
    file("test.bin", 0);
    RawContents contents = list("");
    file("train.bin", 0);
    try (SampleReader reader = reader(contents)) {
      assertThatThrownBy(() -> reader.read(contents.samples().get(2)))
          .isInstanceOf(UnreadableSampleException.class)
          .matches(e -> ((UnreadableSampleException) e).reason() == Reason.TRUNCATED);
    }
  }

  private org.apache.hadoop.fs.Path root() throws IOException {
    return new RawFiles(HadoopDefaults.copy()).directory(root.toString());
  }

  private static Map<String, Long> counts(RawContents contents) {
    Function<RawSample, String> key = s -> s.split() + s.labels()[0];
    return contents.samples().stream().collect(Collectors.groupingBy(key, Collectors.counting()));
  }

  private void assertRefused(boolean usage, String... parts) {
    assertThatThrownBy(() -> list(""))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> ((PreprocessingException) e).isWrongUsage() == usage);
  }

  private RawContents list(String options) throws IOException {
    return ChosenDataset.of(MultiCifar100.ENTRY, ConfigFactory.parseString(options))
        .dataset()
        .list(root(), new RawFiles(HadoopDefaults.copy()).within(root()));
  }

  private SampleReader reader(RawContents contents) throws IOException {
    return contents.opener().open(new RawFiles(HadoopDefaults.copy()).within(root()));
  }

  private void file(String name, int... fine) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < fine.length; i++) {
      bytes.write(record(i, fine[i]));
    }
    Files.createDirectories(root.resolve(name).getParent());
    Files.write(root.resolve(name), bytes.toByteArray());
  }

  /** A file of the real length whose pixels are holes. */
  private void sparse(String name, int records) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(root.resolve(name).toFile(), "rw")) {
      for (int i = 0; i < records; i++) {
        file.seek((long) i * RECORD);
        file.write(new byte[] {(byte) Cifar100Classes.coarse(i % 100), (byte) (i % 100)});
      }
      file.setLength((long) records * RECORD);
    }
  }

  private static byte[] record(int index, int fine) {
    byte[] record = new byte[RECORD];
    record[0] = (byte) Cifar100Classes.coarse(fine);
    record[1] = (byte) fine;
    System.arraycopy(pixels(index, fine), 0, record, 2, RECORD - 2);
    return record;
  }

  /** Above 127, so that no two of them look like labels. */
  private static byte[] pixels(int index, int fine) {
    byte[] pixels = new byte[RECORD - 2];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (128 | (i * 31 + index * 7 + fine));
    }
    return pixels;
  }
}
