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
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
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
  private static final List<Option> OPTIONS =
      List.of(
          Option.of(
              "size",
              ImageSize.KIND,
              "64",
              "Stored size of the images; the aspect ratio is not kept (Sener and Koltun 2018)."));

  /** CelebA itself. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "celeba",
          "40 binary attributes of faces. Img/img_align_celeba, Anno/list_attr_celeba.txt and"
              + " Eval/list_eval_partition.txt, or as torchvision or Kaggle have them.",
          OPTIONS,
          Celeba::new);

  /** Collages of garments in its layout. */
  public static final Entry<RawDataset> FASHION_40 =
      RawDataset.entry(
          "fashion-40",
          "40 binary attributes of collages of four garments, generated in the layout of CelebA.",
          OPTIONS,
          Celeba::new);

  private static final int MISSING = 255;
  private static final int MOST_SHOWN = 255;
  private static final String IMAGE = "image";
  private static final String ATTRIBUTES = "attributes";
  private static final List<String> SPLITS = List.of("train", "val", "test");

  private final Options options;

  private Celeba(Options options) {
    this.options = options;
  }

  @Override
  public RawContents list(Path root, RawFiles files) throws IOException {
    CelebaTable attributes =
        CelebaTable.attributes(
            table(root, files, "the attributes", "Anno", "list_attr_celeba"), files);
    CelebaTable partition =
        CelebaTable.partition(
            table(root, files, "the splits", "Eval", "list_eval_partition"), files);
    Path directory = images(root, files);
    Set<String> images = files.names(directory);

    TreeSet<String> names = new TreeSet<>(images);
    names.addAll(attributes.names());
    names.addAll(partition.names());
    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    for (String name : names) {
      try {
        if (!RawFiles.isPlainName(name)) {
          throw new UnreadableSampleException(
              Reason.UNSAFE_NAME,
              images.contains(name)
                  ? "a file with a colon, a backslash or a control character in its name"
                  : "a table names a file outside of the image directory");
        }
        if (attributes.hasTwice(name) || partition.hasTwice(name)) {
          throw new UnreadableSampleException(
              Reason.DUPLICATE, "a table has two rows of this name");
        }
        if (!images.contains(name)) {
          throw new UnreadableSampleException(
              Reason.NO_IMAGE, "named in a table, but not in the image directory");
        }
        byte[] labels = values(attributes, name, Reason.NO_ATTRIBUTES, Reason.BAD_ATTRIBUTES);
        byte[] split = values(partition, name, Reason.NO_PARTITION, Reason.BAD_PARTITION);
        if (isUnlabelled(labels)) {
          throw new UnreadableSampleException(Reason.NO_LABELS, "no attribute has a value");
        }
        String source = directory + "/" + name;
        samples.add(new RawSample(name, SPLITS.get(split[0]), source, 0, labels));
      } catch (UnreadableSampleException e) {
        String source =
            e.reason() == Reason.UNSAFE_NAME
                ? attributes.path().toString()
                : directory + "/" + name;
        refused.add(new RefusedSample(shortened(name), source, e.reason(), e.getMessage()));
      }
    }
    if (attributes.absent() > 0) {
      refused.add(
          new RefusedSample(
              attributes.path().getName(),
              attributes.path().toString(),
              Reason.TRUNCATED,
              "the table announces "
                  + attributes.absent()
                  + " rows more than it has; it is cut, or its first line wrong"));
    }
    ImageSize size = options.value("size", ImageSize.class);
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
            columns, tasks, samples, refused, opened -> sample -> read(sample, opened, size))
        .expecting(SPLITS);
  }

  private static List<byte[]> read(RawSample sample, RawFiles files, ImageSize size)
      throws UnreadableSampleException, IOException {
    Image image = Jpeg.decode(files.read(new Path(sample.source()), Jpeg.MAX_FILE));
    return List.of(image.resized(size.height(), size.width()).samples(), sample.labels());
  }

  private static byte[] values(CelebaTable table, String name, Reason none, Reason bad)
      throws UnreadableSampleException {
    byte[] values = table.values(name);
    if (values != null) {
      return values;
    }
    String trouble = table.trouble(name);
    throw trouble == null
        ? new UnreadableSampleException(none, "no row in " + table.path().getName())
        : new UnreadableSampleException(bad, trouble);
  }

  private static boolean isUnlabelled(byte[] labels) {
    for (byte label : labels) {
      if ((label & 0xff) != MISSING) {
        return false;
      }
    }
    return true;
  }

  private static String shortened(String name) {
    return name.length() > MOST_SHOWN ? name.substring(0, MOST_SHOWN) + "..." : name;
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
