package org.sparkmto.preprocessing.corruption;

import java.util.List;
import org.sparkmto.options.Registry;

/** All corruptions, in the order of their paper. */
public final class Corruptions {
  /**
   * Goes up by one when any corruption makes other bytes of an image than before, so that data sets
   * that were made earlier are not taken for those that would be made now.
   */
  public static final int ALGORITHM = 1;

  private static final Registry<CorruptionEntry> KNOWN =
      Registry.of(
          "corruption",
          List.of(
              GaussianNoise.ENTRY,
              ShotNoise.ENTRY,
              ImpulseNoise.ENTRY,
              DefocusBlur.ENTRY,
              GlassBlur.ENTRY,
              MotionBlur.ENTRY,
              ZoomBlur.ENTRY,
              Snow.ENTRY,
              Frost.ENTRY,
              Fog.ENTRY,
              Brightness.ENTRY,
              Contrast.ENTRY,
              Elastic.ENTRY,
              Pixelate.ENTRY,
              JpegCompression.ENTRY));

  private Corruptions() {}

  /** The corruptions; a family stands together. */
  public static Registry<CorruptionEntry> known() {
    return KNOWN;
  }
}
