package org.sparkmto.preprocessing.nyuv2;

/** Where normals come from. */
enum NormalsSource {
  /** A file for each sample. */
  FILES,
  /** Planes fitted to the depths, {@link NormalsFromDepth}. */
  FITTED
}
