package org.sparkmto.preprocessing.cityscapes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.sparkmto.json.Json;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * What a {@code camera.json} says about the stereo pair of its sample.
 *
 * @param baseline distance of the two cameras in metres
 * @param focalLength in pixels of the full image, along the rows
 */
record Camera(double baseline, double focalLength) {
  /** Longest file that is read; real ones have 300 bytes. */
  static final int MAX_FILE = 64 << 10;

  /**
   * Reads a camera file.
   *
   * @throws UnreadableSampleException if it is not JSON, lacks one of the two numbers, or they
   *     belong to no camera on a car
   */
  static Camera parse(byte[] file) throws UnreadableSampleException {
    JsonNode root;
    try {
      root = Json.parse(file);
    } catch (JsonProcessingException e) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, "it is not JSON, or not one object without repeated names");
    }
    return new Camera(
        number(root, "extrinsic", "baseline", 0.01, 10),
        number(root, "intrinsic", "fx", 1, 100_000));
  }

  /**
   * Depth in metres of a pixel with a disparity.
   *
   * @param p the raw number, not 0
   * @param most what larger depths, also the infinite one of p = 1, become
   */
  float depth(int p, double most) {
    double disparity = (p - 1) / 256.0;
    double product = baseline * focalLength;
    return (float) (disparity * most > product ? product / disparity : most);
  }

  private static double number(JsonNode root, String group, String name, double least, double most)
      throws UnreadableSampleException {
    JsonNode node = root.path(group).path(name);
    if (!node.isNumber()) {
      throw new UnreadableSampleException(Reason.DAMAGED, "it has no number " + group + "." + name);
    }
    double value = node.doubleValue();
    if (!(value >= least && value <= most)) {
      throw new UnreadableSampleException(
          Reason.BAD_TARGET,
          group + "." + name + " is " + value + ", not in " + least + ".." + most);
    }
    return value;
  }
}
