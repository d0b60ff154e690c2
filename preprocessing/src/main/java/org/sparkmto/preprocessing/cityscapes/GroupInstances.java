package org.sparkmto.preprocessing.cityscapes;

/**
 * What becomes of a group: a region of several objects that nobody could tell apart, which {@code
 * instanceIds} files number by its class alone.
 */
enum GroupInstances {
  /** It has no centre, so no offsets. */
  IGNORED,
  /** All groups of a class in an image are one object, as in the code of Sener and Koltun. */
  AS_ONE
}
