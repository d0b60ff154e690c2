package org.sparkmto.preprocessing.pascal;

import java.util.Set;

/** The files of a sample, each in a directory of its kind. */
enum PascalFile {
  IMAGE("JPEGImages", ".jpg"),
  /** Labels of the segmentation challenge, drawn by hand along the outlines. */
  VOC_CLASSES("semseg/VOC12", ".png"),
  /** The same classes taken from the annotations of PASCAL-Context. */
  CONTEXT_CLASSES("semseg/pascal-context", ".png"),
  /** Up to 459 classes of everything in the image. */
  LABEL_MAP("pascal-context/trainval", ".mat"),
  PARTS("human_parts", ".mat"),
  NORMALS("normals_distill", ".png"),
  SALIENCY("sal_distill", ".png");

  private final String directory;
  private final String extension;

  PascalFile(String directory, String extension) {
    this.directory = directory;
    this.extension = extension;
  }

  String directory() {
    return directory;
  }

  String extension() {
    return extension;
  }

  /** {@code human_parts/2008_000008.mat}. */
  String of(String id) {
    return directory + "/" + id + extension;
  }

  /** Whether a task cannot do without this file. Segmentation has a choice of two. */
  boolean neededBy(Set<PascalTask> tasks, boolean allNormals) {
    return switch (this) {
      case IMAGE -> true;
      case VOC_CLASSES, CONTEXT_CLASSES -> false;
      case LABEL_MAP ->
          tasks.contains(PascalTask.EDGES) || (tasks.contains(PascalTask.NORMALS) && !allNormals);
      case PARTS -> tasks.contains(PascalTask.HUMAN_PARTS);
      case NORMALS -> tasks.contains(PascalTask.NORMALS);
      case SALIENCY -> tasks.contains(PascalTask.SALIENCY);
    };
  }
}
