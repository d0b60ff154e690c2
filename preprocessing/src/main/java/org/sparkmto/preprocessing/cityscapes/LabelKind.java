package org.sparkmto.preprocessing.cityscapes;

/** What a sample is labelled with. */
enum LabelKind {
  /** A class for each pixel. */
  SEGMENTATION,
  /** The way from the centre of its object to each pixel. */
  OFFSETS,
  /** A part of humans and vehicles for each pixel. */
  PARTS,
  /** Disparity, inverse depth or depth for each pixel. */
  DISPARITY
}
