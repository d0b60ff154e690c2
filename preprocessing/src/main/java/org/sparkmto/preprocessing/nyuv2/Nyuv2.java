package org.sparkmto.preprocessing.nyuv2;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.matlab.MatFile;

/**
 * NYUv2 as its authors publish it: {@code nyu_depth_v2_labeled.mat} (MATLAB 7.3, 1,449 images of
 * 480x640) and {@code splits.mat} (MATLAB 5: {@code trainNdxs}, {@code testNdxs}, counted from 1).
 *
 * <p>MATLAB stores columns one behind the other, so every image is transposed here. Labels are the
 * 894 raw ones; the groups of 40 and 13 classes are built in. A depth is missing where it is 0, NaN
 * or infinite; a negative one, or one beyond 100 m, makes a sample bad.
 *
 * <p>The file holds no normals: they are fitted to the depths, or read from a folder of {@code
 * {number}.npy} files. A sample's identity is its number from 1, with four digits, as in the names
 * of the 13-class label files that are passed around.
 *
 * <p>Slices are read where the file is, on any storage; it is never copied or read as a whole.
 */
public final class Nyuv2 implements RawDataset {
  /** Name, options and maker. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "nyuv2",
          "Rooms: segmentation, depth, normals. nyu_depth_v2_labeled.mat and splits.mat.",
          List.of(
              SceneOptions.size("288x384"),
              SceneOptions.classes(13),
              Option.of(
                  "depth",
                  Option.choice(LabelledScenes.Depths.class),
                  "filled",
                  "Depths: filled (in-painted by the data set's authors; the papers) or raw (as"
                      + " measured, with holes)."),
              Option.of(
                  "normals",
                  Option.choice(NormalsSource.class),
                  "fitted",
                  "Where normals come from: fitted (planes in windows of the chosen depths; the"
                      + " file has none) or files (.npy files below normals-folder)."),
              Option.of(
                  "normals-folder",
                  Option.text(),
                  "normals",
                  "With normals=files: the folder below the raw data that holds {number}.npy for"
                      + " every sample, counted from 1, each height, width, 3."),
              SceneOptions.AXES,
              SceneOptions.CROP,
              SceneOptions.FILTER,
              SceneOptions.NEAREST,
              SceneOptions.SHARE,
              SceneOptions.SEED),
          Nyuv2::new);

  static final String LABELLED = "nyu_depth_v2_labeled.mat";

  private static final String SPLITS = "splits.mat";

  private final Options options;

  private Nyuv2(Options options) {
    this.options = options;
  }

  @Override
  public RawContents list(Path root, RawFiles files) throws IOException {
    SceneEncoder encoder =
        SceneOptions.encoder(
            options, options.count("classes"), options.choice("crop", ValidRegion.class), false);
    LabelledScenes.Depths depths = options.choice("depth", LabelledScenes.Depths.class);
    NormalsSource source = options.choice("normals", NormalsSource.class);
    Path labelled = new Path(root, LABELLED);
    Path splits = new Path(root, SPLITS);
    for (Path file : List.of(labelled, splits)) {
      if (!files.isFile(file)) {
        throw SceneOptions.notThere(root, files, file.getName(), "nyuv2");
      }
    }
    LabelledScenes.Layout layout = LabelledScenes.layout(labelled, files, depths);
    Map<Integer, String> numbers = new TreeMap<>();
    List<RefusedSample> refused = new ArrayList<>();
    readSplits(splits, files, layout.images(), numbers, refused);
    Set<String> heldOut =
        SceneOptions.heldOut(
            numbers.entrySet().stream()
                .filter(entry -> entry.getValue().equals("train"))
                .map(entry -> id(entry.getKey()))
                .toList(),
            options);
    Path folder =
        source == NormalsSource.FILES ? normalsFolder(root, options.text("normals-folder")) : root;
    Map<Integer, String> normals =
        source == NormalsSource.FILES ? normalFiles(root, folder, files) : Map.of();
    List<RawSample> samples = new ArrayList<>();
    numbers.forEach(
        (number, split) -> {
          if (source == NormalsSource.FILES && !normals.containsKey(number)) {
            refused.add(
                new RefusedSample(
                    id(number),
                    labelled.toString(),
                    Reason.NO_TARGET,
                    "there is no " + folder.getName() + "/" + number + ".npy"));
            return;
          }
          byte[] normalFile = normals.getOrDefault(number, "").getBytes(StandardCharsets.UTF_8);
          samples.add(
              new RawSample(
                  id(number),
                  heldOut.contains(id(number)) ? "val" : split,
                  labelled.toString(),
                  number - 1,
                  normalFile));
        });
    String normalsFolder = source == NormalsSource.FILES ? folder.toString() : "";
    SampleReader.Opener opener =
        opened ->
            new LabelledScenes(opened, labelled.toString(), layout, depths, normalsFolder, encoder);
    RawContents contents =
        new RawContents(encoder.columns(), encoder.tasks(), samples, refused, opener)
            .expecting(SceneOptions.splits(options));
    if (source == NormalsSource.FILES) {
      try (SampleReader reader = opener.open(files)) {
        FloorCheck.warn(samples, reader, encoder);
      }
    }
    return contents;
  }

  /** Every image is in one split, or refused; so is every number that is no image. */
  private static void readSplits(
      Path path,
      RawFiles files,
      int images,
      Map<Integer, String> numbers,
      List<RefusedSample> refused)
      throws IOException {
    int[] train;
    int[] test;
    try {
      MatFile mat = MatFile.parse(files.read(path, MatFile.MAX_FILE));
      train = mat.variable("trainNdxs").integers();
      test = mat.variable("testNdxs").integers();
    } catch (UnreadableSampleException e) {
      throw PreprocessingException.failed(
          path + " cannot be read: " + e.getMessage() + "; copy it anew");
    }
    if (train.length + (long) test.length > 2L * images + 1_000) {
      throw PreprocessingException.failed(
          path
              + " names "
              + (train.length + (long) test.length)
              + " images, but "
              + LABELLED
              + " holds "
              + images);
    }
    Map<Integer, Integer> trainCounts = counts(train);
    Map<Integer, Integer> testCounts = counts(test);
    Set<Integer> all = new java.util.TreeSet<>(trainCounts.keySet());
    all.addAll(testCounts.keySet());
    for (int number = 1; number <= images; number++) {
      all.add(number);
    }
    for (int number : all) {
      int inTrain = trainCounts.getOrDefault(number, 0);
      int inTest = testCounts.getOrDefault(number, 0);
      if (number < 1 || number > images) {
        refuse(
            refused,
            "image " + number,
            path,
            Reason.BAD_SPLIT,
            "there is no image " + number + "; they count from 1 to " + images);
      } else if (inTrain > 0 && inTest > 0) {
        refuse(refused, id(number), path, Reason.BAD_SPLIT, "in trainNdxs and in testNdxs");
      } else if (inTrain + inTest > 1) {
        refuse(refused, id(number), path, Reason.DUPLICATE, "more than once in the same split");
      } else if (inTrain + inTest == 0) {
        refuse(
            refused, id(number), path, Reason.NO_PARTITION, "neither in trainNdxs nor in testNdxs");
      } else {
        numbers.put(number, inTrain > 0 ? "train" : "test");
      }
    }
  }

  private static void refuse(
      List<RefusedSample> refused, String id, Path path, Reason reason, String detail) {
    refused.add(new RefusedSample(id, path.toString(), reason, detail));
  }

  private static Map<Integer, Integer> counts(int... numbers) {
    Map<Integer, Integer> counts = new HashMap<>();
    for (int number : numbers) {
      counts.merge(number, 1, Integer::sum);
    }
    return counts;
  }

  private static Path normalsFolder(Path root, String name) {
    try {
      Path folder = new Path(root, name);
      if (folder.toString().startsWith(root + "/") && !folder.toString().contains("..")) {
        return folder;
      }
    } catch (IllegalArgumentException e) {
      throw wrongFolder(name, root);
    }
    throw wrongFolder(name, root);
  }

  private static PreprocessingException wrongFolder(String name, Path root) {
    return PreprocessingException.wrongUsage(
        "option normals-folder is '" + name + "', not a directory below " + root);
  }

  /** Files of normals by the number of their sample. */
  private static Map<Integer, String> normalFiles(Path root, Path folder, RawFiles files)
      throws IOException {
    if (!files.isDirectory(folder)) {
      throw wrongFolder(folder.getName(), root);
    }
    Map<Integer, String> byNumber = new HashMap<>();
    for (String name : files.names(folder)) {
      if (name.matches("\\d{1,9}\\.npy")) {
        int number = Integer.parseInt(name.substring(0, name.length() - 4));
        String other = byNumber.put(number, name);
        if (other != null) {
          throw PreprocessingException.failed(
              folder + " has two files of sample " + number + ": " + other + " and " + name);
        }
      }
    }
    return byNumber;
  }

  private static String id(int number) {
    return String.format(Locale.ROOT, "%04d", number);
  }
}
