package org.sparkmto.preprocessing.nyuv2;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.HeldOut;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.NearestPixel;

/** What the three layouts ask in the same words. */
final class SceneOptions {
  static final Option AXES =
      Option.of(
          "axes",
          NormalAxes.KIND,
          NormalAxes.OWN,
          "Which channels of the files of normals point right, down and forward, such as x,-z,y;"
              + " a warning tells when floors do not point up.");
  static final Option CROP =
      Option.of(
          "crop",
          Option.choice(ValidRegion.class),
          "none",
          "Part of the images that is kept: none cuts nothing (the papers), projected keeps rows"
              + " 45..471 and columns 41..601 of 480x640, where the toolbox has depths.");
  static final Option FILTER =
      Option.of(
          "image-filter",
          Option.choice(Filter.class),
          "antialiased",
          "How images change their size: antialiased (Pillow's bilinear), bilinear (OpenCV,"
              + " PyTorch), nearest-centre or nearest-floor.");
  static final Option NEAREST =
      Option.of(
          "nearest",
          Option.choice(NearestPixel.class),
          "centre",
          "Source pixel that a stored pixel of a target takes: centre (Pillow, nearest-exact) or"
              + " floor (OpenCV, PyTorch's nearest).");
  static final Option SHARE =
      Option.of(
          "validation-share",
          Option.within(0, 1),
          0.2,
          "Share of the 795 training samples that is held out as val: 159 (LibMTL, Elich et al."
              + " 2024); 0 for none. The official test split is never used for that.");
  static final Option SEED =
      Option.of(
          "validation-seed",
          Option.whole(Integer.MIN_VALUE, Integer.MAX_VALUE),
          0,
          "Seed that chooses the held-out samples.");

  private SceneOptions() {}

  static Option size(String usual) {
    return Option.of(
        "size",
        ImageSize.KIND,
        usual,
        "Stored size of images and targets, height first: 288x384 (MTAN, 13 classes) or 480x640"
            + " (Vandenhende et al., 40 classes).");
  }

  static Option classes(int usual) {
    return Option.of(
        "classes",
        Option.oneOf(13, 40),
        usual,
        "Semantic classes: 13 (Couprie et al., used by MTAN) or 40 (Gupta et al., used by"
            + " Vandenhende et al.).");
  }

  static Set<String> heldOut(Collection<String> train, Options options) {
    return HeldOut.of(train, options.number("validation-share"), options.count("validation-seed"));
  }

  /** The splits that there should be. */
  static List<String> splits(Options options) {
    return HeldOut.splits(options.number("validation-share"));
  }

  /** What makes rows of scenes, with the choices that all layouts leave open. */
  static SceneEncoder encoder(Options options, int classes, ValidRegion crop, boolean edges) {
    return new SceneEncoder(
        options.value("size", ImageSize.class),
        classes,
        options.choice("image-filter", Filter.class),
        options.choice("nearest", NearestPixel.class),
        crop,
        options.value("axes", NormalAxes.class),
        edges);
  }

  /** The error for a directory that holds something else; names the layout that it does hold. */
  static PreprocessingException notThere(Path root, RawFiles files, String wanted, String dataset)
      throws IOException {
    String other = "";
    if (files.isFile(new Path(root, Nyuv2.LABELLED))) {
      other = "nyuv2";
    } else if (files.isDirectory(new Path(root, "train/image"))) {
      other = "nyuv2-npy";
    } else if (files.isDirectory(new Path(root, "gt_sets"))) {
      other = "nyud-mt";
    }
    String hint =
        other.isEmpty() || other.equals(dataset)
            ? ""
            : "; it looks like the data set '" + other + "'";
    return PreprocessingException.wrongUsage(
        root + " does not hold '" + dataset + "': there is no " + wanted + hint);
  }
}
