package org.sparkmto.preprocessing.nyuv2;

import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.DatasetOption;
import org.sparkmto.preprocessing.DatasetOptions;
import org.sparkmto.preprocessing.HeldOut;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.NearestPixel;

/** What the three layouts ask in the same words. */
final class SceneOptions {
  static final DatasetOption AXES =
      new DatasetOption(
          "axes",
          NormalAxes.OWN,
          "Which channels of the files of normals point right, down and forward, such as x,-z,y;"
              + " a warning tells when floors do not point up.");
  static final DatasetOption CROP =
      new DatasetOption(
          "crop",
          "none",
          "Part of the images that is kept: none cuts nothing (the papers), projected keeps rows"
              + " 45..471 and columns 41..601 of 480x640, where the toolbox has depths.");
  static final DatasetOption FILTER =
      new DatasetOption(
          "image-filter",
          "antialiased",
          "How images change their size: antialiased (Pillow's bilinear), bilinear (OpenCV,"
              + " PyTorch), nearest-centre or nearest-floor.");
  static final DatasetOption NEAREST =
      new DatasetOption(
          "nearest",
          "centre",
          "Source pixel that a stored pixel of a target takes: centre (Pillow, nearest-exact) or"
              + " floor (OpenCV, PyTorch's nearest).");
  static final DatasetOption SHARE =
      new DatasetOption(
          "validation-share",
          "0.2",
          "Share of the 795 training samples that is held out as val: 159 (LibMTL, Elich et al."
              + " 2024); 0 for none. The official test split is never used for that.");
  static final DatasetOption SEED =
      new DatasetOption("validation-seed", "0", "Seed that chooses the held-out samples.");

  private SceneOptions() {}

  static DatasetOption size(String usual) {
    return new DatasetOption(
        "size",
        usual,
        "Stored size of images and targets, height first: 288x384 (MTAN, 13 classes) or 480x640"
            + " (Vandenhende et al., 40 classes).");
  }

  static DatasetOption classes(String usual) {
    return new DatasetOption(
        "classes",
        usual,
        "Semantic classes: 13 (Couprie et al., used by MTAN) or 40 (Gupta et al., used by"
            + " Vandenhende et al.).");
  }

  static int chosenClasses(DatasetOptions options) {
    String classes = options.text("classes");
    return switch (classes) {
      case "13" -> 13;
      case "40" -> 40;
      default ->
          throw PreprocessingException.wrongUsage(
              "option classes is '" + classes + "', neither 13 nor 40");
    };
  }

  static Set<String> heldOut(Collection<String> train, DatasetOptions options) {
    return HeldOut.of(
        train,
        options.number("validation-share", 0, 1),
        options.integer("validation-seed", Integer.MIN_VALUE, Integer.MAX_VALUE));
  }

  /** What makes rows of scenes, with the choices that all layouts leave open. */
  static SceneEncoder encoder(
      DatasetOptions options, int classes, ValidRegion crop, boolean edges) {
    return new SceneEncoder(
        options.size("size"),
        classes,
        options.choice("image-filter", Filter.class),
        options.choice("nearest", NearestPixel.class),
        crop,
        NormalAxes.parse(options.text("axes")),
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
