package org.sparkmto.preprocessing.cityscapes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.preprocessing.HeldOut;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * Cityscapes (Cordts et al., CVPR 2016), or any data set in its layout, with the tasks of the
 * multi-task papers; option {@code tasks} says of which.
 *
 * <p>The trees {@code leftImg8bit}, {@code gtFine}, {@code disparity}, {@code camera} and {@code
 * gtFinePanopticParts} are looked for at the root, and in the directories in which the archives are
 * usually unpacked ({@code gtFine_trainvaltest/gtFine}). Only those that the tasks need must be
 * there. Files belong together by city, sequence and frame. Sizes are read from the images; those
 * of a sample must agree.
 *
 * <p>Splits: {@code test} is the official validation split, as in all these papers, and {@code val}
 * is held out of the official training split. The official test split has dummy labels, nothing but
 * void, and is never read; nor is {@code train_extra}, which has coarse labels only. How many
 * images are passed over is logged, they are not among the listed samples.
 *
 * <p>Labels outside of 0..33 make a sample bad, but for 255, the id -1 in 8 bits, which is void.
 */
public final class Cityscapes implements RawDataset {
  /** Name, options and maker. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "cityscapes",
          "Streets: segmentation with inverse depth, or with instance offsets and disparity, or"
              + " with parts and disparity. The official PNG trees leftImg8bit and, as the tasks"
              + " need them, gtFine, disparity, camera and gtFinePanopticParts.",
          Choices.OPTIONS,
          options -> new Cityscapes(Choices.of(options)));

  private static final Logger LOG = LoggerFactory.getLogger(Cityscapes.class);

  private static final String TRAIN = "train";
  private static final String VAL = "val";

  /** Official splits that have labels. */
  private static final List<String> OFFICIAL = List.of(TRAIN, VAL);

  private final Choices chosen;

  private Cityscapes(Choices chosen) {
    this.chosen = chosen;
  }

  @Override
  public RawContents list(Path root, RawFiles files) throws IOException {
    Choices choices = chosen; // of its own: what decodes the samples is sent, and this is not
    Map<RawFile, Path> places = new EnumMap<>(RawFile.class);
    for (RawFile kind : choices.files()) {
      places.put(kind, place(root, kind, choices, files));
    }
    Map<String, Map<String, Tree>> listed = new TreeMap<>();
    for (String official : OFFICIAL) {
      listed.put(official, trees(places, official, files));
    }
    Set<String> training = listed.get(TRAIN).get(RawFile.IMAGE.tree()).cores();
    Set<String> heldOut = HeldOut.of(training, choices.validationShare(), choices.validationSeed());
    Set<String> inBoth = new HashSet<>(listed.get(VAL).get(RawFile.IMAGE.tree()).cores());
    inBoth.retainAll(training);

    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    for (String official : OFFICIAL) {
      Map<String, Tree> trees = listed.get(official);
      Set<String> cores = new TreeSet<>();
      for (Tree tree : trees.values()) {
        cores.addAll(tree.cores());
        tree.strays().forEach(stray -> refused.add(refused(stray, root)));
      }
      for (String core : cores) {
        try {
          if (inBoth.contains(core)) {
            throw new UnreadableSampleException(
                Reason.DUPLICATE, "there are images of this name in train and in val");
          }
          String split = official.equals(VAL) ? "test" : heldOut.contains(core) ? "val" : "train";
          samples.add(sample(core, split, trees, choices));
        } catch (UnreadableSampleException e) {
          refused.add(new RefusedSample(core, source(core, trees), e.reason(), e.getMessage()));
        }
      }
    }
    tellPassedOver(places.get(RawFile.IMAGE), files);
    return new RawContents(
            choices.columns(),
            choices.learned(),
            samples,
            refused,
            opened -> new CityscapesReader(opened, choices))
        .expecting(HeldOut.splits(choices.validationShare()));
  }

  private static RawSample sample(
      String core, String split, Map<String, Tree> trees, Choices choices)
      throws UnreadableSampleException {
    List<String> paths = new ArrayList<>();
    for (RawFile kind : choices.files()) {
      Tree tree = trees.get(kind.tree());
      if (tree.twice().contains(core)) {
        throw new UnreadableSampleException(
            Reason.DUPLICATE, "two cities have files of this name in " + kind.tree());
      }
      Optional<Path> file = tree.file(core, kind);
      if (file.isEmpty()) {
        throw new UnreadableSampleException(
            kind == RawFile.IMAGE ? Reason.NO_IMAGE : Reason.NO_TARGET,
            "there is no " + core + "_" + kind.suffix());
      }
      paths.add(file.get().toString());
    }
    return new RawSample(core, split, paths.get(0), 0, CityscapesReader.paths(paths));
  }

  private static String source(String core, Map<String, Tree> trees) {
    Tree images = trees.get(RawFile.IMAGE.tree());
    if (images.cores().contains(core)) {
      return images.any(core).toString();
    }
    for (Tree tree : trees.values()) {
      if (tree.cores().contains(core)) {
        return tree.any(core).toString();
      }
    }
    throw new IllegalStateException(core + " has no file");
  }

  private static RefusedSample refused(Path stray, Path root) {
    return new RefusedSample(
        root.toUri().relativize(stray.toUri()).getPath(),
        stray.toString(),
        Reason.WRONG_FORMAT,
        "not a file named CITY_SEQUENCE_FRAME_TYPE.EXTENSION");
  }

  /** The trees of a split, by name. */
  private static Map<String, Tree> trees(Map<RawFile, Path> places, String official, RawFiles files)
      throws IOException {
    Map<String, Tree> trees = new TreeMap<>();
    for (Map.Entry<RawFile, Path> place : places.entrySet()) {
      String name = place.getKey().tree();
      if (!trees.containsKey(name)) {
        trees.put(name, Tree.of(new Path(place.getValue(), official), files));
      }
    }
    return trees;
  }

  private static Path place(Path root, RawFile kind, Choices choices, RawFiles files)
      throws IOException {
    List<Path> found = new ArrayList<>();
    for (String place : kind.places()) {
      Path path = new Path(root, place);
      if (files.isDirectory(path)) {
        found.add(path);
      }
    }
    if (found.size() > 1 && !files.isSame(found.get(0), found.get(1))) {
      throw PreprocessingException.failed(
          kind.what() + " are at two places, " + found + "; put all of them into one");
    }
    if (!found.isEmpty()) {
      return found.get(0);
    }
    throw PreprocessingException.wrongUsage(
        root
            + " does not hold Cityscapes for tasks = "
            + Option.spelled(choices.tasks())
            + ": "
            + kind.what()
            + " are at none of "
            + kind.places()
            + (files.isDirectory(new Path(root, "train/image"))
                ? "; folders such as train/image are read as 'cityscapes-npy'"
                : ""));
  }

  private static void tellPassedOver(Path images, RawFiles files) throws IOException {
    for (String split : files.directories(images)) {
      if (!OFFICIAL.contains(split)) {
        LOG.info(
            "{} images of the official split {} are passed over: it has no usable labels",
            Tree.of(Tree.child(images, split), files).count(RawFile.IMAGE),
            split);
      }
    }
  }
}
