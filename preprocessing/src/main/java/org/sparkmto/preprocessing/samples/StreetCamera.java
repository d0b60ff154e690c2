package org.sparkmto.preprocessing.samples;

import org.sparkmto.preprocessing.ImageSize;

/**
 * The camera of a street: that of Cityscapes, scaled from 2048x1024 to the size of the image.
 *
 * @param fx focal length in columns
 * @param fy focal length in rows
 * @param u0 column of the optical axis
 * @param v0 row of the optical axis
 * @param baseline metres between the two cameras of the stereo pair
 * @param pitch radians by which it looks down
 * @param height metres above the ground
 */
record StreetCamera(
    double fx, double fy, double u0, double v0, double baseline, double pitch, double height) {

  static StreetCamera of(ImageSize size, double baseline, double pitch, double height) {
    double across = size.width() / 2048.0;
    double down = size.height() / 1024.0;
    return new StreetCamera(
        2262.52 * across,
        2265.3017905988554 * down,
        1096.98 * across,
        513.137 * down,
        baseline,
        pitch,
        height);
  }

  /** Columns by which a point at a depth in metres is shifted between the two images. */
  double disparity(double depth) {
    return fx * baseline / depth;
  }

  /** The content of a {@code camera.json}, with the keys of the real ones. */
  String json() {
    return "{\n    \"extrinsic\": {\n        \"baseline\": "
        + baseline
        + ",\n        \"pitch\": "
        + pitch
        + ",\n        \"roll\": 0.0,\n        \"x\": 1.7,\n        \"y\": 0.1,\n"
        + "        \"yaw\": 0.0,\n        \"z\": "
        + height
        + "\n    },\n    \"intrinsic\": {\n        \"fx\": "
        + fx
        + ",\n        \"fy\": "
        + fy
        + ",\n        \"u0\": "
        + u0
        + ",\n        \"v0\": "
        + v0
        + "\n    }\n}\n";
  }
}
