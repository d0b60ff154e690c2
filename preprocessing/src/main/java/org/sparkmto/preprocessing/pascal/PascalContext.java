package org.sparkmto.preprocessing.pascal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.HeldOut;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.TableLines;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.NearestPixel;

/**
 * PASCAL-Context for multi-task learning (Maninis et al., CVPR 2019; Vandenhende et al., TPAMI
 * 2021): semantic segmentation in 21 classes, human parts in 7, surface normals, saliency and
 * edges.
 *
 * <p>The layout is that of their archive: {@code JPEGImages}, {@code semseg/VOC12} and {@code
 * semseg/pascal-context}, {@code pascal-context/trainval}, {@code human_parts}, {@code
 * normals_distill}, {@code sal_distill} and the lists {@code ImageSets/Context/train.txt} and
 * {@code val.txt}, directly in the root or in {@code PASCAL_MT} or {@code PASCALContext}. The
 * official validation list becomes {@code test}, because papers report on it; a share of the
 * training list becomes {@code val}.
 *
 * <p>The archive has a file of every kind for every listed image, so an image without one is
 * refused. An image without a person, on the other hand, has no label for human parts anywhere, as
 * in the papers' code, where the task would otherwise learn mostly background.
 */
public final class PascalContext implements RawDataset {
  /** Name, options and maker. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "pascal-context",
          "Segmentation, human parts, normals, saliency and edges. The PASCAL_MT tree: JPEGImages,"
              + " ImageSets/Context and, as the tasks need them, semseg, pascal-context,"
              + " human_parts, normals_distill and sal_distill.",
          List.of(
              Option.of(
                  "size",
                  ImageSize.KIND,
                  "512x512",
                  "Stored size of images and targets, HEIGHTxWIDTH; the aspect ratio is not kept"
                      + " (Vandenhende et al. 2021)."),
              Option.of(
                  "tasks",
                  PascalTask.LIST,
                  PascalTask.all(),
                  "The tasks, separated by commas; files that only other tasks need may be"
                      + " missing."),
              Option.of(
                  "image-filter",
                  Option.choice(Filter.class),
                  "antialiased",
                  "How images change their size: antialiased (Pillow's bilinear), bilinear"
                      + " (OpenCV), nearest-centre or nearest-floor; the papers' code uses OpenCV's"
                      + " bicubic."),
              Option.of(
                  "nearest",
                  Option.choice(NearestPixel.class),
                  "centre",
                  "Which pixel of a label map stays when it changes its size: centre (Pillow) or"
                      + " floor (OpenCV, the papers' code); the same one for all targets."),
              Option.of(
                  "normals-classes",
                  Option.choice(NormalsClasses.class),
                  "nyu",
                  "Which pixels have a normal: nyu, those of 170 classes that NYUv2 has too, on"
                      + " which the normals' predictor was trained (Maninis et al. 2019), or all."),
              Option.of(
                  "unlisted",
                  Option.choice(Unlisted.class),
                  "quarantine",
                  "Images and targets that no list names: quarantine counts them, ignore is for a"
                      + " directory that holds all of PASCAL VOC."),
              Option.of(
                  "validation-share",
                  Option.within(0, 1),
                  0.2,
                  "Share of the training list that is held out as val; 0 trains on all 4,998"
                      + " images, as the papers do."),
              Option.of(
                  "validation-seed",
                  Option.count(0),
                  0,
                  "Seed of the hash of names that picks what is held out.")),
          PascalContext::new);

  static final String IMAGE = "image";

  private static final List<String> ROOTS = List.of("", "PASCAL_MT", "PASCALContext");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** What to do with files that no list names. */
  private enum Unlisted {
    QUARANTINE,
    IGNORE
  }

  /** Of which classes pixels have a normal. */
  enum NormalsClasses {
    NYU,
    ALL
  }

  private final Options options;

  private PascalContext(Options options) {
    this.options = options;
  }

  @Override
  public RawContents list(Path root, RawFiles files) throws IOException {
    Set<PascalTask> tasks = EnumSet.copyOf(options.choices("tasks", PascalTask.class));
    ImageSize size = options.value("size", ImageSize.class);
    NormalsClasses normals = options.choice("normals-classes", NormalsClasses.class);
    Path base = base(root, files);
    Map<PascalFile, Set<String>> there = new EnumMap<>(PascalFile.class);
    for (PascalFile kind : PascalFile.values()) {
      Path directory = new Path(base, kind.directory());
      there.put(kind, files.isDirectory(directory) ? files.names(directory) : Set.of());
    }
    Path training = new Path(base, "ImageSets/Context/train.txt");
    Path testing = new Path(base, "ImageSets/Context/val.txt");
    Map<String, Path> lists = new TreeMap<>();
    Set<String> twice = new HashSet<>();
    readList(training, files, lists, twice);
    readList(testing, files, lists, twice);

    double share = options.number("validation-share");
    long seed = options.count("validation-seed");
    List<String> candidates = new ArrayList<>();
    lists.forEach(
        (name, list) -> {
          if (list.equals(training) && !twice.contains(name) && NAME.matcher(name).matches()) {
            candidates.add(name);
          }
        });
    Set<String> heldOut = HeldOut.of(candidates, share, seed);

    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    lists.forEach(
        (name, list) -> {
          try {
            String semseg = check(name, twice, there, tasks, normals);
            String split = list.equals(testing) ? "test" : heldOut.contains(name) ? "val" : "train";
            samples.add(
                new RawSample(
                    name,
                    split,
                    new Path(base, PascalFile.IMAGE.of(name)).toString(),
                    0,
                    PascalReader.labels(semseg)));
          } catch (UnreadableSampleException e) {
            boolean safe = e.reason() != Reason.UNSAFE_NAME;
            String source = safe ? base + "/" + PascalFile.IMAGE.of(name) : list.toString();
            refused.add(new RefusedSample(name, source, e.reason(), e.getMessage()));
          }
        });
    if (options.choice("unlisted", Unlisted.class) == Unlisted.QUARANTINE) {
      refused.addAll(unlisted(base, there, lists.keySet()));
    }

    List<Column> columns = new ArrayList<>();
    columns.add(
        new Column(
            IMAGE, Column.Role.INPUT, ElementType.UINT8, List.of(3, size.height(), size.width())));
    List<Task> learned = new ArrayList<>();
    for (PascalTask task : tasks) {
      columns.add(task.column(size));
      learned.add(task.task(IMAGE));
    }
    String directory = base.toString();
    Filter filter = options.choice("image-filter", Filter.class);
    NearestPixel nearest = options.choice("nearest", NearestPixel.class);
    boolean allNormals = normals == NormalsClasses.ALL;
    List<PascalTask> wanted = List.copyOf(tasks);
    return new RawContents(
            columns,
            learned,
            samples,
            refused,
            opened ->
                new PascalReader(opened, directory, wanted, size, filter, nearest, allNormals))
        .expecting(HeldOut.splits(share));
  }

  /**
   * Checks that a listed image has all its files.
   *
   * @return the directory of its classes, or nothing if they are not wanted
   */
  private static String check(
      String name,
      Set<String> twice,
      Map<PascalFile, Set<String>> there,
      Set<PascalTask> tasks,
      NormalsClasses normals)
      throws UnreadableSampleException {
    if (!NAME.matcher(name).matches()) {
      throw new UnreadableSampleException(
          Reason.UNSAFE_NAME, "a list names something that is no name of an image");
    }
    if (twice.contains(name)) {
      throw new UnreadableSampleException(Reason.DUPLICATE, "the lists name it twice");
    }
    for (PascalFile kind : PascalFile.values()) {
      if (kind.neededBy(tasks, normals == NormalsClasses.ALL)
          && !there.get(kind).contains(name + kind.extension())) {
        throw new UnreadableSampleException(
            kind == PascalFile.IMAGE ? Reason.NO_IMAGE : Reason.NO_TARGET,
            "there is no " + kind.of(name));
      }
    }
    if (!tasks.contains(PascalTask.SEGMENTATION)) {
      return "";
    }
    for (PascalFile kind : List.of(PascalFile.VOC_CLASSES, PascalFile.CONTEXT_CLASSES)) {
      if (there.get(kind).contains(name + kind.extension())) {
        return kind.name();
      }
    }
    throw new UnreadableSampleException(
        Reason.NO_TARGET,
        "there is neither "
            + PascalFile.VOC_CLASSES.of(name)
            + " nor "
            + PascalFile.CONTEXT_CLASSES.of(name));
  }

  /** One row for each name that has files but stands in no list. */
  private static List<RefusedSample> unlisted(
      Path base, Map<PascalFile, Set<String>> there, Set<String> listed) {
    Map<String, RefusedSample> refused = new TreeMap<>();
    there.forEach(
        (kind, names) -> {
          for (String file : names) {
            boolean usual = file.endsWith(kind.extension());
            String name =
                usual ? file.substring(0, file.length() - kind.extension().length()) : file;
            if (!usual || !listed.contains(name)) {
              String id = listed.contains(name) ? kind.directory() + "/" + file : name;
              refused.putIfAbsent(
                  id,
                  new RefusedSample(
                      id,
                      base + "/" + kind.directory() + "/" + file,
                      Reason.NO_PARTITION,
                      "no list in ImageSets/Context names it"));
            }
          }
        });
    return List.copyOf(refused.values());
  }

  private static void readList(
      Path list, RawFiles files, Map<String, Path> lists, Set<String> twice) throws IOException {
    if (!files.isFile(list)) {
      throw PreprocessingException.wrongUsage(list + " is not there; it lists the images");
    }
    try (TableLines lines = new TableLines(list, files)) {
      String name;
      while ((name = lines.next()) != null) {
        if (lists.putIfAbsent(name, list) != null) {
          twice.add(name);
        }
      }
    }
  }

  private static Path base(Path root, RawFiles files) throws IOException {
    Set<String> tried = new TreeSet<>();
    for (String name : ROOTS) {
      Path base = name.isEmpty() ? root : new Path(root, name);
      if (files.isDirectory(new Path(base, PascalFile.IMAGE.directory()))) {
        return base;
      }
      tried.add((name.isEmpty() ? "" : name + "/") + PascalFile.IMAGE.directory());
    }
    throw PreprocessingException.wrongUsage(
        root + " does not hold PASCAL-Context: the images are at none of " + tried);
  }
}
