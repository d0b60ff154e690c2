package org.sparkmto.preprocessing.cityscapes;

import java.util.List;

/** A kind of file of the raw data, {@code TREE/SPLIT/CITY/CORE_SUFFIX}. */
enum RawFile {
  /** 8-bit colours. */
  IMAGE("leftImg8bit", "trainvaltest", "leftImg8bit.png", "the images"),
  /** 8-bit label ids (not the train ids, which the data set does not ship). */
  LABEL_IDS("gtFine", "trainvaltest", "gtFine_labelIds.png", "the labels"),
  /** 16-bit instance numbers. */
  INSTANCE_IDS("gtFine", "trainvaltest", "gtFine_instanceIds.png", "the instances"),
  /** 32-bit label, instance and part numbers. */
  PARTS("gtFinePanopticParts", "trainval", "gtFinePanopticParts.tif", "the parts"),
  /** 16-bit disparities. */
  DISPARITY("disparity", "trainvaltest", "disparity.png", "the disparities"),
  /** Calibration of the two cameras. */
  CAMERA("camera", "trainvaltest", "camera.json", "the cameras");

  private final String tree;
  private final String wrapper;
  private final String suffix;
  private final String what;

  RawFile(String tree, String download, String suffix, String what) {
    this.tree = tree;
    this.wrapper = tree + "_" + download;
    this.suffix = suffix;
    this.what = what;
  }

  /** Directory of all files of this kind. */
  String tree() {
    return tree;
  }

  /** Places of that directory below the root: unpacked side by side, or as the archives are. */
  List<String> places() {
    return List.of(tree, wrapper + "/" + tree);
  }

  /** End of the name, behind the core name of the sample. */
  String suffix() {
    return suffix;
  }

  /** How people call these files. */
  String what() {
    return what;
  }
}
