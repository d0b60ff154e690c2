package org.sparkmto.preprocessing.corruption;

import java.util.Locale;

/** What corruptions have in common, as their paper groups them. */
public enum CorruptionFamily {
  /** Each pixel by itself. */
  NOISE,
  /** Pixels run into their neighbours. */
  BLUR,
  /** What stands between the camera and the scene, and light. */
  WEATHER,
  /** What programs do to an image. */
  DIGITAL;

  /** The name on a command line: {@code noise}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
