package org.sparkmto.preprocessing.nyuv2;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Task;
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
import org.sparkmto.preprocessing.TableLines;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.numpy.NpyMaps;

/**
 * NYUv2 as Vandenhende et al. (TPAMI 2021) pass it around, the tree {@code NYUD_MT}: {@code
 * images/*.jpg}, {@code segmentation/*.png} (0 void, 1..40), {@code depth/*.npy} (metres), {@code
 * normals/*.npy}, {@code edge/*.npy} (0 or 1), and the lists {@code gt_sets/train.txt} and {@code
 * val.txt}.
 *
 * <p>The list "val" names the 654 official test images, so it is the split {@code test}; a
 * validation split is held out of "train". The root may be the tree or the directory above it.
 */
public final class NyudMt implements RawDataset {
  /** Name, options and maker. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "nyud-mt",
          "Rooms: segmentation in 40 classes, depth, normals, edges. The NYUD_MT tree: images,"
              + " segmentation, depth, normals, edge and gt_sets.",
          List.of(
              SceneOptions.size("480x640"),
              SceneOptions.classes(40),
              Option.of(
                  "normals",
                  Option.choice(NormalsSource.class),
                  "files",
                  "Where normals come from: files (the folder normals) or fitted (planes in windows"
                      + " of the depths)."),
              SceneOptions.AXES,
              Option.of(
                  "edges",
                  Option.flag(),
                  false,
                  "Whether edges (the folder edge) are a fourth task: true or false."),
              SceneOptions.CROP,
              SceneOptions.FILTER,
              SceneOptions.NEAREST,
              SceneOptions.SHARE,
              SceneOptions.SEED),
          NyudMt::new);

  private static final String TREE = "NYUD_MT";
  private static final String IMAGES = "images";
  private static final String LISTS = "gt_sets";
  private static final String EDGE = "edge";
  private static final int LONGEST_LIST = 1_000_000;

  private final Options options;

  private NyudMt(Options options) {
    this.options = options;
  }

  @Override
  public RawContents list(Path root, RawFiles files) throws IOException {
    SceneEncoder encoder =
        SceneOptions.encoder(
            options,
            options.count("classes"),
            options.choice("crop", ValidRegion.class),
            options.flag("edges"));
    NormalsSource source = options.choice("normals", NormalsSource.class);
    Path tree = files.isDirectory(new Path(root, TREE)) ? new Path(root, TREE) : root;
    if (!tree.equals(root) && files.isDirectory(new Path(root, LISTS))) {
      throw PreprocessingException.failed(
          "there are two trees, " + root + " and " + tree + "; name the one that is meant");
    }
    Map<String, String> targets = new LinkedHashMap<>();
    targets.put("segmentation", ".png");
    targets.put("depth", ".npy");
    if (source == NormalsSource.FILES) {
      targets.put("normals", ".npy");
    }
    if (encoder.edges()) {
      targets.put(EDGE, ".npy");
    }
    Map<String, Set<String>> present = new LinkedHashMap<>();
    for (String folder : targets.keySet()) {
      Path directory = new Path(tree, folder);
      present.put(folder, files.isDirectory(directory) ? files.names(directory) : Set.of());
    }
    Set<String> images =
        files.isDirectory(new Path(tree, IMAGES)) ? files.names(new Path(tree, IMAGES)) : Set.of();
    Map<String, List<String>> lists = new LinkedHashMap<>();
    for (String list : List.of("train", "val")) {
      Path path = new Path(tree, LISTS + "/" + list + ".txt");
      if (!files.isFile(path)) {
        throw SceneOptions.notThere(root, files, "gt_sets/" + list + ".txt", "nyud-mt");
      }
      lists.put(list, names(path, files));
    }
    Map<String, String> splits = new LinkedHashMap<>();
    Set<String> twice = new TreeSet<>();
    lists.forEach(
        (list, names) -> {
          for (String name : names) {
            if (splits.put(name, list.equals("val") ? "test" : list) != null) {
              twice.add(name);
            }
          }
        });
    Set<String> all = new TreeSet<>(splits.keySet());
    images.forEach(image -> all.add(stem(image)));
    present.values().forEach(names -> names.forEach(name -> all.add(stem(name))));
    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    for (String name : all) {
      String image =
          images.contains(name + ".png") && !images.contains(name + ".jpg")
              ? name + ".png"
              : name + ".jpg";
      try {
        check(name, splits, twice);
        if (!images.contains(image)) {
          throw new UnreadableSampleException(Reason.NO_IMAGE, "there is no images/" + image);
        }
        for (Map.Entry<String, String> target : targets.entrySet()) {
          String file = name + target.getValue();
          if (!present.get(target.getKey()).contains(file)) {
            throw new UnreadableSampleException(
                Reason.NO_TARGET, "there is no " + target.getKey() + "/" + file);
          }
        }
        Path path = new Path(tree, IMAGES + "/" + image);
        samples.add(new RawSample(name, splits.get(name), path.toString(), 0, new byte[0]));
      } catch (UnreadableSampleException e) {
        refused.add(
            new RefusedSample(name, tree + "/" + IMAGES + "/" + image, e.reason(), e.getMessage()));
      }
    }
    Set<String> heldOut =
        SceneOptions.heldOut(
            samples.stream()
                .filter(sample -> sample.split().equals("train"))
                .map(RawSample::id)
                .toList(),
            options);
    samples.replaceAll(
        sample ->
            heldOut.contains(sample.id())
                ? new RawSample(sample.id(), "val", sample.source(), 0, sample.labels())
                : sample);
    SampleReader.Opener opener = opened -> sample -> read(sample, opened, source, encoder);
    RawContents contents =
        new RawContents(encoder.columns(), encoder.tasks(), samples, refused, opener)
            .expecting(SceneOptions.splits(options));
    if (source == NormalsSource.FILES) {
      FloorCheck.warn(samples, opener.open(files), encoder);
    }
    return contents;
  }

  private static List<String> names(Path path, RawFiles files) throws IOException {
    List<String> names = new ArrayList<>();
    try (TableLines lines = new TableLines(path, files)) {
      String line;
      while ((line = lines.next()) != null) {
        names.add(line);
        if (names.size() > LONGEST_LIST) {
          throw PreprocessingException.failed(path + " has more than " + LONGEST_LIST + " names");
        }
      }
    }
    return names;
  }

  private static void check(String name, Map<String, String> splits, Set<String> twice)
      throws UnreadableSampleException {
    if (!RawFiles.isPlainName(name)) {
      throw new UnreadableSampleException(
          Reason.UNSAFE_NAME,
          splits.containsKey(name)
              ? "a list names what is no plain name of a file in the folders"
              : "a file with a colon, a backslash or a control character in its name");
    }
    if (twice.contains(name)) {
      throw new UnreadableSampleException(Reason.DUPLICATE, "the lists name it more than once");
    }
    if (!splits.containsKey(name)) {
      throw new UnreadableSampleException(Reason.NO_PARTITION, "in none of the lists of gt_sets");
    }
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  private static List<byte[]> read(
      RawSample sample, RawFiles files, NormalsSource source, SceneEncoder encoder)
      throws UnreadableSampleException, IOException {
    return encoder.encode(scene(sample, files, source, encoder));
  }

  private static Scene scene(
      RawSample sample, RawFiles files, NormalsSource source, SceneEncoder encoder)
      throws UnreadableSampleException, IOException {
    Path path = new Path(sample.source());
    Path tree = path.getParent().getParent();
    String npy = sample.id() + ".npy";
    return new Scene(
        image(files.read(path, Jpeg.MAX_FILE)),
        labels(new Path(tree, "segmentation/" + sample.id() + ".png"), files, encoder.classes()),
        NpyMaps.reals(new Path(tree, "depth/" + npy), files, 1),
        source == NormalsSource.FILES
            ? NpyMaps.reals(new Path(tree, "normals/" + npy), files, 3)
            : null,
        encoder.edges() ? NpyMaps.edges(new Path(tree, EDGE + "/" + npy), files) : null);
  }

  /** The first bytes say what a file is, whatever its name says. */
  private static Image image(byte[] file) throws UnreadableSampleException {
    boolean png = file.length > 1 && (file[0] & 0xff) == 0x89 && file[1] == 'P';
    return png ? Png.decodeColour(file) : Jpeg.decode(file);
  }

  private static IntegerMap labels(Path path, RawFiles files, int classes)
      throws UnreadableSampleException, IOException {
    IntegerMap numbers;
    try {
      numbers = Png.decodeNumbers(NpyMaps.target(path, files, Png.MAX_FILE));
    } catch (UnreadableSampleException e) {
      throw new UnreadableSampleException(
          e.reason(), "segmentation/" + path.getName() + ": " + e.getMessage());
    }
    int[] labels = Arrays.copyOf(numbers.values(), numbers.values().length);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] > 40) {
        throw new UnreadableSampleException(
            Reason.BAD_LABEL,
            "segmentation/" + path.getName() + " has label " + labels[i] + ", not 0..40");
      }
      if (labels[i] == 0) {
        labels[i] = Task.MISSING;
      } else {
        labels[i] = (classes == 40 ? labels[i] : NyuClasses.thirteenOf(labels[i])) - 1;
      }
    }
    return new IntegerMap(numbers.height(), numbers.width(), labels);
  }
}
