package org.sparkmto.preprocessing.embedded;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;

/**
 * An image of Spark's data source {@code image}: a structure with the pixels, decoded, blue before
 * green before red.
 */
public final class DecodedImage {
  private static final List<String> FIELDS = List.of("height", "width", "nChannels", "data");

  private DecodedImage() {}

  /** Whether a structure is such an image. */
  public static boolean isOne(StructType structure) {
    return List.of(structure.fieldNames()).containsAll(FIELDS);
  }

  /**
   * The image as a file that is read like all others.
   *
   * @return PNG; no bytes at all, which no reader takes, if it is no image of 1, 3 or 4 channels
   */
  public static byte[] file(Row image) {
    int height = image.<Integer>getAs("height");
    int width = image.<Integer>getAs("width");
    int channels = image.<Integer>getAs("nChannels");
    byte[] data = image.getAs("data");
    long area = (long) height * width;
    boolean known = channels == 1 || channels == 3 || channels == 4;
    if (data == null || height < 1 || width < 1 || !known || data.length != area * channels) {
      return new byte[0];
    }
    byte[] samples = new byte[Math.toIntExact(3 * area)];
    for (int i = 0; i < area; i++) {
      for (int colour = 0; colour < 3; colour++) { // blue stands first there
        int from = channels == 1 ? 0 : 2 - colour;
        samples[(int) (colour * area) + i] = data[channels * i + from];
      }
    }
    return Png.encode(new Image(3, height, width, samples));
  }
}
