package org.sparkmto.preprocessing.celeba;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.DatasetOption;
import org.sparkmto.preprocessing.DatasetOptions;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Jpeg;

/**
 * CelebA (Liu et al., ICCV 2015), or any data set in its layout: one binary task per attribute.
 *
 * <p>Three layouts are read: the official one ({@code Img/img_align_celeba}, {@code
 * Anno/list_attr_celeba.txt}, {@code Eval/list_eval_partition.txt}), the flat one of torchvision
 * (all three side by side, or under {@code celeba}) and the one of Kaggle ({@code .csv} tables,
 * images in {@code img_align_celeba/img_align_celeba}).
 *
 * <p>Images become 64x64 (or as asked for) without keeping the aspect ratio and without a crop, as
 * multi-task papers do since Sener and Koltun (NeurIPS 2018). Attributes keep the order of the
 * table. A label is 1 for "1", 0 for "-1" and 255 for "?", "nan" or an empty field.
 */
public final class Celeba implements RawDataset {
  private static final int MISSING = 255;
  private static final String IMAGE = "image";
  private static final String ATTRIBUTES = "attributes";
  private static final List<String> SPLITS = List.of("train", "val", "test");

  @Override
  public String summary() {
    return "40 binary attributes of faces: official tree, torchvision's or Kaggle's.";
  }

  @Override
  public List<DatasetOption> options() {
    return List.of(
        new DatasetOption(
            "size",
            "64",
            "Stored size of the images; the aspect ratio is not kept (Sener and Koltun 2018)."));
  }

  @Override
  public RawContents list(Path root, RawFiles files, DatasetOptions options) throws IOException {
    CelebaTable attributes =
        CelebaTable.attributes(
            table(root, files, "the attributes", "Anno", "list_attr_celeba"), files);
    CelebaTable partition =
        CelebaTable.partition(
            table(root, files, "the splits", "Eval", "list_eval_partition"), files);
    Path directory = images(root, files);
    Set<String> images = files.names(directory);

    TreeSet<String> names = new TreeSet<>(images);
    names.addAll(attributes.rows().keySet());
    names.addAll(partition.rows().keySet());
    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    for (String name : names) {
      try {
        if (isUnsafe(name)) {
          throw new UnreadableSampleException(
              Reason.UNSAFE_NAME, "a table names a file outside of the image directory");
        }
        if (attributes.twice().contains(name) || partition.twice().contains(name)) {
          throw new UnreadableSampleException(
              Reason.DUPLICATE, "a table has two rows of this name");
        }
        if (!images.contains(name)) {
          throw new UnreadableSampleException(
              Reason.NO_IMAGE, "named in a table, but not in the image directory");
        }
        byte[] labels = labels(attributes, name);
        String split = split(partition, name);
        samples.add(new RawSample(name, split, new Path(directory, name).toString(), 0, labels));
      } catch (UnreadableSampleException e) {
        String source =
            e.reason() == Reason.UNSAFE_NAME
                ? attributes.path().toString()
                : directory + "/" + name;
        refused.add(new RefusedSample(name, source, e.reason(), e.getMessage()));
      }
    }
    ImageSize size = options.size("size");
    int count = attributes.header().size();
    List<Column> columns =
        List.of(
            new Column(
                IMAGE,
                Column.Role.INPUT,
                ElementType.UINT8,
                List.of(3, size.height(), size.width())),
            new Column(ATTRIBUTES, Column.Role.TARGET, ElementType.UINT8, List.of(count)));
    List<Task> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(
          new Task(
              attributes.header().get(i),
              TaskKind.BINARY,
              List.of(IMAGE),
              ATTRIBUTES,
              i,
              2,
              MISSING));
    }
    return new RawContents(
        columns, tasks, samples, refused, opened -> sample -> read(sample, opened, size));
  }

  private static List<byte[]> read(RawSample sample, RawFiles files, ImageSize size)
      throws UnreadableSampleException, IOException {
    Image image = Jpeg.decode(files.read(new Path(sample.source()), Jpeg.MAX_FILE));
    return List.of(image.resized(size.height(), size.width()).samples(), sample.labels());
  }

  /** Names come from tables; only a plain file name may reach the file system. */
  private static boolean isUnsafe(String name) {
    return name.isEmpty()
        || name.contains("..")
        || name.startsWith(".")
        || name.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
  }

  private static byte[] labels(CelebaTable table, String name) throws UnreadableSampleException {
    List<String> values = table.rows().get(name);
    if (values == null) {
      throw new UnreadableSampleException(
          Reason.NO_ATTRIBUTES, "no row in " + table.path().getName());
    }
    int count = table.header().size();
    if (values.size() != count) {
      throw new UnreadableSampleException(
          Reason.BAD_ATTRIBUTES, values.size() + " values for " + count + " attributes");
    }
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      labels[i] =
          switch (values.get(i)) {
            case "1" -> 1;
            case "-1" -> 0;
            case "", "?", "nan", "NaN" -> (byte) MISSING;
            default ->
                throw new UnreadableSampleException(
                    Reason.BAD_ATTRIBUTES,
                    table.header().get(i) + " is '" + values.get(i) + "', neither -1 nor 1");
          };
    }
    return labels;
  }

  private static String split(CelebaTable table, String name) throws UnreadableSampleException {
    List<String> values = table.rows().get(name);
    if (values == null) {
      throw new UnreadableSampleException(
          Reason.NO_PARTITION, "no row in " + table.path().getName());
    }
    if (values.size() == 1 && values.get(0).matches("[012]")) {
      return SPLITS.get(Integer.parseInt(values.get(0)));
    }
    throw new UnreadableSampleException(
        Reason.BAD_PARTITION, "the partition is '" + String.join(" ", values) + "', not 0, 1 or 2");
  }

  private static Path table(
      Path root, RawFiles files, String what, String officialDirectory, String name)
      throws IOException {
    List<Path> candidates = new ArrayList<>();
    candidates.add(new Path(root, officialDirectory + "/" + name + ".txt"));
    for (String base : List.of("", "celeba/")) {
      candidates.add(new Path(root, base + name + ".txt"));
      candidates.add(new Path(root, base + name + ".csv"));
    }
    return files.first(candidates).orElseThrow(() -> notCeleba(root, what, candidates));
  }

  private static Path images(Path root, RawFiles files) throws IOException {
    List<Path> candidates = new ArrayList<>();
    for (String base : List.of("Img/", "", "celeba/")) {
      candidates.add(new Path(root, base + "img_align_celeba/img_align_celeba"));
      candidates.add(new Path(root, base + "img_align_celeba"));
    }
    for (Path candidate : candidates) {
      if (files.isDirectory(candidate)) {
        return candidate;
      }
    }
    throw notCeleba(root, "the images", candidates);
  }

  private static PreprocessingException notCeleba(Path root, String what, List<Path> candidates) {
    List<String> names =
        candidates.stream()
            .sorted(Comparator.comparingInt(Path::depth))
            .map(path -> root.toUri().relativize(path.toUri()).getPath())
            .toList();
    return PreprocessingException.wrongUsage(
        root + " does not hold CelebA: " + what + " are at none of " + names);
  }
}
