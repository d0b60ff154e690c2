package org.sparkmto.preprocessing;

import java.io.Serializable;
import org.sparkmto.options.Option;
import org.sparkmto.options.OptionKind;

/**
 * Height and width of an image, in pixels, 1 to {@value #MAX} each. Written {@code 128x256}, height
 * first, as the shapes of columns are; one number stands for a square.
 */
public record ImageSize(int height, int width) implements Serializable {
  /** Longest side. */
  public static final int MAX = 8_192;

  /** The kind of an option that is an image size; the text is read by {@link #parse}. */
  public static final OptionKind KIND =
      Option.parsed("HEIGHTxWIDTH, such as 128x256, or one number", ImageSize::parse);

  public ImageSize {
    if (height < 1 || height > MAX || width < 1 || width > MAX) {
      throw PreprocessingException.wrongUsage(
          "an image of " + height + "x" + width + " pixels is not in 1x1.." + MAX + "x" + MAX);
    }
  }

  /**
   * Reads {@code HEIGHTxWIDTH} or one number.
   *
   * @throws PreprocessingException if the text is neither
   */
  public static ImageSize parse(String text) {
    if (!text.matches("\\d{1,6}(x\\d{1,6})?")) {
      throw PreprocessingException.wrongUsage(
          "'" + text + "' is no image size; write HEIGHTxWIDTH, such as 128x256, or one number");
    }
    int cross = text.indexOf('x');
    int height = Integer.parseInt(cross < 0 ? text : text.substring(0, cross));
    return new ImageSize(height, cross < 0 ? height : Integer.parseInt(text.substring(cross + 1)));
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}
