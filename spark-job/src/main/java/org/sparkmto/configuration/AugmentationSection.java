package org.sparkmto.configuration;

import java.util.List;
import org.sparkmto.input.Augmentation;
import org.sparkmto.input.DepthRule;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code augmentation}: how samples are changed while training. */
record AugmentationSection(
    boolean flip,
    List<Double> scales,
    double rotationDegrees,
    DepthRule depthRule,
    int padAndCrop) {
  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "augmentation",
          "How samples are changed each time they are trained on; evaluation never does. All maps"
              + " of a sample are changed alike, by draws of the run's seed, the epoch and the"
              + " sample's number. Data sets whose samples have several images can only be"
              + " flipped.",
          Option.of(
              "flip",
              Option.flag(),
              false,
              "Mirror left and right with probability 1/2; x of normals and of ways to centres"
                  + " changes its sign."),
          Option.of(
              "scales",
              Option.numbers(),
              List.of(),
              "Enlarge a part at a random place to the whole image: one of these scales, each 1 or"
                  + " more. Empty means never; the papers on NYUv2 and Cityscapes use [1, 1.2,"
                  + " 1.5]."),
          Option.of(
              "rotation-degrees",
              Option.number(),
              0,
              "Turn about the centre by up to so many degrees either way, 0 to 180; corners that"
                  + " were outside are black and have no target. PASCAL-Context papers use 20."),
          Option.of(
              "depth-rule",
              Option.choice(DepthRule.class),
              DepthRule.PAPER,
              "What enlarging does to depths: paper divides every depth, inverse depth or disparity"
                  + " by the scale, as MTAN's code and its successors do; geometric leaves metres"
                  + " (unit m or 1/m) and multiplies disparities (unit px) by the scale, which is"
                  + " what a camera of longer focal length sees."),
          Option.of(
              "pad-and-crop",
              Option.count(0),
              0,
              "Shift by up to so many pixels of the image either way, across and down: as padding"
                  + " with black and cutting the image's size out at a random place. What was"
                  + " outside has no target. Programs on CIFAR use 4."));

  static AugmentationSection of(Options options) {
    return new AugmentationSection(
        options.flag("flip"),
        options.numbers("scales"),
        options.number("rotation-degrees"),
        options.choice("depth-rule", DepthRule.class),
        options.count("pad-and-crop"));
  }

  Augmentation augmentation() {
    return new Augmentation(flip, scales, rotationDegrees, depthRule, padAndCrop);
  }
}
