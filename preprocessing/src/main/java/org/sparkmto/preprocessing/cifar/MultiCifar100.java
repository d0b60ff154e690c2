package org.sparkmto.preprocessing.cifar;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.HeldOut;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PositionedFile;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.TableLines;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;

/**
 * CIFAR-100 as twenty tasks with images of their own (Rosenbaum et al., ICLR 2018): one task for
 * every coarse class, which tells its five fine classes apart; 2,500 training and 500 test images
 * each.
 *
 * <p>The raw data are those of the binary version, {@code train.bin} and {@code test.bin}, at the
 * root or in {@code cifar-100-binary}: records of {@value #RECORD} bytes, coarse class, fine class,
 * then 1,024 bytes each of red, green and blue, row by row.
 *
 * <p>Columns: {@code image} [3, H, W], {@code labels} [20] with 255 everywhere but at the sample's
 * own task, and {@code task} [1], the group from which batches per task are drawn.
 */
public final class MultiCifar100 implements RawDataset {
  /** Name, options and maker. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "multi-cifar100",
          "CIFAR-100 as 20 tasks of 5 classes with images of their own. train.bin and test.bin of"
              + " the binary version.",
          List.of(
              Option.of(
                  "size",
                  ImageSize.KIND,
                  "32",
                  "Stored size of the images; that of the raw data is 32."),
              Option.of(
                  "validation-share",
                  Option.within(0, 0.9),
                  0,
                  "Share of each task's training images that is held out as split val, 0 to 0.9;"
                      + " the papers use all 2,500 to train."),
              Option.of(
                  "validation-seed",
                  Option.whole(Integer.MIN_VALUE, Integer.MAX_VALUE),
                  0,
                  "Seed of the hash that chooses the images held out.")),
          MultiCifar100::new);

  private static final int SIDE = 32;
  private static final int PIXELS = 3 * SIDE * SIDE;
  private static final int RECORD = 2 + PIXELS;
  private static final int TASKS = Cifar100Classes.COARSE.size();

  /** Seventeen times the real training file: what the driver can list in 1 GB. */
  private static final long MAX_RECORDS = 1_000_000;

  /**
   * After so many records in a row whose labels do not fit, the file is out of step: bytes are
   * missing or too many, and a later pair of bytes fits only by chance.
   */
  private static final int OUT_OF_STEP = 16;

  private final Options options;

  private MultiCifar100(Options options) {
    this.options = options;
  }

  @Override
  public RawContents list(Path root, RawFiles files) throws IOException {
    ImageSize size = options.value("size", ImageSize.class);
    double share = options.number("validation-share");
    int seed = options.count("validation-seed");
    Path train = find(root, "train.bin", files);
    Path test = find(root, "test.bin", files);
    checkNames(train.getParent(), files);
    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    List<RawSample> training = new ArrayList<>();
    records(train, "train", files, training, refused);
    samples.addAll(held(training, share, seed));
    records(test, "test", files, samples, refused);

    List<Column> columns =
        List.of(
            new Column(
                "image",
                Column.Role.INPUT,
                ElementType.UINT8,
                List.of(3, size.height(), size.width())),
            new Column("labels", Column.Role.TARGET, ElementType.UINT8, List.of(TASKS)),
            new Column("task", Column.Role.GROUP, ElementType.UINT8, List.of(1)));
    List<Task> tasks = new ArrayList<>();
    for (int t = 0; t < TASKS; t++) {
      tasks.add(
          new Task(
                  Cifar100Classes.COARSE.get(t),
                  TaskKind.CLASSIFICATION,
                  List.of("image"),
                  "labels",
                  t,
                  Cifar100Classes.PER_COARSE,
                  Task.MISSING)
              .named(Cifar100Classes.fineNames(t)));
    }
    return new RawContents(
            columns,
            tasks,
            samples,
            refused,
            opened -> new Reader(opened, size.height(), size.width()))
        .expecting(HeldOut.splits(share));
  }

  /** Reads the labels of all records; the pixels are passed over. */
  private static void records(
      Path path, String split, RawFiles files, List<RawSample> samples, List<RefusedSample> refused)
      throws IOException {
    String name = path.toString();
    long length = files.length(path);
    long count = length / RECORD;
    if (length < RECORD || count > MAX_RECORDS) {
      throw notBinary(
          path, "it has " + length + " bytes; wanted are 1 to " + MAX_RECORDS + " records");
    }
    byte[] labels = labels(path, files, (int) count);
    int sound = inStep(labels, length % RECORD != 0);
    if (sound == 0) {
      throw notBinary(path, "the labels of its first records do not fit");
    }
    for (int i = 0; i < count; i++) {
      String id = id(split, i);
      int coarse = labels[2 * i] & 0xff;
      int fine = labels[2 * i + 1] & 0xff;
      if (i < sound && fits(labels, i)) {
        byte[] known = {(byte) coarse, (byte) Cifar100Classes.rank(fine)};
        samples.add(new RawSample(id, split, name, i, known));
      } else {
        String detail = i < sound ? misfit(coarse, fine) : "from here on the file is out of step";
        refused.add(new RefusedSample(id, name, Reason.BAD_LABEL, detail));
      }
    }
    if (length % RECORD != 0) {
      String detail = "the file ends after " + length % RECORD + " of " + RECORD + " bytes";
      refused.add(new RefusedSample(id(split, count), name, Reason.TRUNCATED, detail));
    }
  }

  /** Coarse and fine label of every record. */
  private static byte[] labels(Path path, RawFiles files, int count) throws IOException {
    byte[] labels = new byte[2 * count];
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(files.open(path), 1 << 16))) {
      for (int i = 0; i < count; i++) {
        in.readFully(labels, 2 * i, 2);
        in.skipNBytes(PIXELS);
      }
    }
    return labels;
  }

  private static boolean fits(byte[] labels, int record) {
    int fine = labels[2 * record + 1] & 0xff;
    return fine < Cifar100Classes.FINE.size()
        && Cifar100Classes.coarse(fine) == (labels[2 * record] & 0xff);
  }

  /**
   * How many records in front are in step. A file that lacks a byte, or has one too many, holds
   * pixels where labels should be from there on, and these fit only by chance; the pixels of the
   * record before are those that were torn.
   *
   * @param rest whether bytes are left after the last record
   */
  private static int inStep(byte[] labels, boolean rest) {
    int count = labels.length / 2;
    int misfits = 0;
    int first = count;
    int fitsAfterFirst = 0;
    for (int i = 0; i < count; i++) {
      boolean fits = fits(labels, i);
      misfits = fits ? 0 : misfits + 1;
      if (misfits == OUT_OF_STEP) {
        return Math.max(0, i - OUT_OF_STEP);
      }
      first = fits ? first : Math.min(first, i);
      fitsAfterFirst += fits && first < i ? 1 : 0;
    }
    boolean torn = rest && first < count && fitsAfterFirst <= (count - first) / 4;
    return torn ? Math.max(0, first - 1) : count;
  }

  private static String misfit(int coarse, int fine) {
    return fine < Cifar100Classes.FINE.size()
        ? "coarse class "
            + coarse
            + ", but fine class "
            + fine
            + " belongs to "
            + Cifar100Classes.coarse(fine)
        : "fine class " + fine + ", not one of 0..99";
  }

  private static String id(String split, long index) {
    return String.format(Locale.ROOT, "%s-%07d", split, index);
  }

  /** The training samples, some of every task moved to the validation split. */
  private static List<RawSample> held(List<RawSample> training, double share, int seed) {
    Set<String> heldOut = new HashSet<>();
    for (int t = 0; t < TASKS; t++) {
      int task = t;
      List<String> names =
          training.stream().filter(s -> s.labels()[0] == task).map(RawSample::id).toList();
      heldOut.addAll(HeldOut.of(names, share, seed));
    }
    return training.stream()
        .map(
            s ->
                heldOut.contains(s.id())
                    ? new RawSample(s.id(), "val", s.source(), s.index(), s.labels())
                    : s)
        .toList();
  }

  private static Path find(Path root, String name, RawFiles files) throws IOException {
    List<Path> candidates =
        List.of(new Path(root, name), new Path(root, "cifar-100-binary/" + name));
    Optional<Path> found = files.first(candidates);
    if (found.isPresent()) {
      return found.get();
    }
    boolean python =
        files.isDirectory(new Path(root, "cifar-100-python"))
            || files.isFile(new Path(root, name.replace(".bin", "")));
    throw PreprocessingException.wrongUsage(
        root
            + (python
                ? " holds the Python version of CIFAR-100, pickles that could run any program and"
                    + " are not read"
                : " does not hold CIFAR-100: there is neither "
                    + name
                    + " nor cifar-100-binary/"
                    + name)
            + "; unpack cifar-100-binary.tar.gz, the binary version, there");
  }

  /** The numbers of the classes are those of the names, if these are there. */
  private static void checkNames(Path directory, RawFiles files) throws IOException {
    Path path = new Path(directory, "fine_label_names.txt");
    if (!files.isFile(path)) {
      return;
    }
    List<String> names = new ArrayList<>();
    try (TableLines lines = new TableLines(path, files)) {
      for (String line; (line = lines.next()) != null; ) {
        names.add(line);
      }
    }
    if (!names.equals(Cifar100Classes.FINE)) {
      throw PreprocessingException.failed(
          path + " does not hold the 100 names of CIFAR-100 in their order, so classes are unsure");
    }
  }

  private static PreprocessingException notBinary(Path path, String why) {
    return PreprocessingException.failed(
        path
            + " is no file of the binary version of CIFAR-100, records of "
            + RECORD
            + " bytes: "
            + why
            + "; unpack cifar-100-binary.tar.gz anew (CIFAR-10 and the Python version are others)");
  }

  /** Keeps the last file open: samples come in random order, and the file does not fit memory. */
  private static final class Reader implements SampleReader {
    private final RawFiles files;
    private final int height;
    private final int width;
    private String name = "";
    private PositionedFile records;

    Reader(RawFiles files, int height, int width) {
      this.files = files;
      this.height = height;
      this.width = width;
    }

    @Override
    public List<byte[]> read(RawSample sample) throws UnreadableSampleException, IOException {
      if (!name.equals(sample.source())) {
        close();
        records = files.positioned(new Path(sample.source()));
        name = sample.source();
      }
      byte[] pixels = records.read(sample.index() * RECORD + 2, PIXELS);
      Image image = new Image(3, SIDE, SIDE, pixels);
      if (height != SIDE || width != SIDE) {
        image = image.resized(height, width);
      }
      byte[] labels = new byte[TASKS];
      Arrays.fill(labels, (byte) Task.MISSING);
      int task = sample.labels()[0];
      labels[task] = sample.labels()[1];
      return List.of(image.samples(), labels, new byte[] {(byte) task});
    }

    @Override
    public void close() throws IOException {
      name = "";
      if (records != null) {
        records.close();
        records = null;
      }
    }
  }
}
