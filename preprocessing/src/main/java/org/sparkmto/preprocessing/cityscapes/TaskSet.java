package org.sparkmto.preprocessing.cityscapes;

import java.util.List;
import org.sparkmto.preprocessing.ImageSize;

/** The sets of tasks that papers learn from Cityscapes, with the choices they make. */
enum TaskSet {
  /** Two tasks: MTAN, CAGrad, Aligned-MTL, "Examining Common Paradigms in Multi-Task Learning". */
  MTAN_2(128, 1, 7, DisparityConvention.MTAN_INVERSE_DEPTH),
  /**
   * Three tasks: Kendall et al. (CVPR 2018), Sener and Koltun (NeurIPS 2018), IMTL, Aligned-MTL.
   */
  KENDALL_3(256, 8, 19, DisparityConvention.SENER_SCALED),
  /** Three tasks with parts: auto-lambda (Liu et al., 2022), IAL. */
  IAL_3(256, 1, 19, DisparityConvention.AUTO_LAMBDA_DISPARITY);

  private final int height;
  private final int reduction;
  private final int classes;
  private final DisparityConvention disparity;

  TaskSet(int height, int reduction, int classes, DisparityConvention disparity) {
    this.height = height;
    this.reduction = reduction;
    this.classes = classes;
    this.disparity = disparity;
  }

  /** Size of the images: twice as wide as high, as the raw ones are. */
  ImageSize size() {
    return new ImageSize(height, 2 * height);
  }

  /** Size of the targets of images of a size. */
  ImageSize targetSize(ImageSize image) {
    return new ImageSize(
        Math.max(1, image.height() / reduction), Math.max(1, image.width() / reduction));
  }

  /** Number of segmentation classes. */
  int classes() {
    return classes;
  }

  /** What is learned from disparity files. */
  DisparityConvention disparity() {
    return disparity;
  }

  /** The targets, in the order of the tasks. */
  List<LabelKind> targets() {
    return switch (this) {
      case MTAN_2 -> List.of(LabelKind.SEGMENTATION, LabelKind.DISPARITY);
      case KENDALL_3 -> List.of(LabelKind.SEGMENTATION, LabelKind.OFFSETS, LabelKind.DISPARITY);
      case IAL_3 -> List.of(LabelKind.SEGMENTATION, LabelKind.PARTS, LabelKind.DISPARITY);
    };
  }
}
