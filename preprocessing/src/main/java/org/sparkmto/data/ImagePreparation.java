package org.sparkmto.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkmto.json.Json;

/**
 * How the file of an image becomes an input of samples: decoded to red, green and blue, turned
 * upright if that is wanted, brought to a size, made gray if it is to have one channel; stored
 * channel by channel.
 *
 * @param upright whether the image is turned as its EXIF or XMP data say
 * @param gray whether one channel, luma, remains of the three
 * @param height rows of the input
 * @param width columns of the input
 * @param filter how images change their size, as the settings of the preprocessing name it
 * @param mostPixels of a file that is decoded
 * @param levels which numbers of a file with 16 bits a channel become 0 and 255; empty if such
 *     files are refused
 */
public record ImagePreparation(
    boolean upright,
    boolean gray,
    int height,
    int width,
    String filter,
    int mostPixels,
    List<Double> levels)
    implements Serializable {
  private static final String PIXELS_SETTING = "option.max-pixels";
  private static final String LEVELS_SETTING = "option.levels";
  private static final int USUAL_PIXELS = 25_000_000;
  private static final String MOST_PIXELS = "maxPixels";
  private static final String LEVELS = "levels";
  private static final String FILTER_SETTING = "option.image-filter";
  private static final String USUAL_FILTER = "antialiased";
  private static final String ORIENTATION_SETTING = "option.orientation";
  private static final String UPRIGHT = "upright";
  private static final String STORED = "stored";
  private static final Pattern RANGE =
      Pattern.compile("\\[([-+.0-9eE]{1,40}),([-+.0-9eE]{1,40})\\]");
  private static final String RGB = "rgb";
  private static final String GRAY = "gray";

  public ImagePreparation {
    levels = List.copyOf(levels);
    if (mostPixels < 1 || !(levels.isEmpty() || isRange(levels))) {
      throw new DataContractException(
          "prepares images of up to " + mostPixels + " pixels with levels " + levels);
    }
  }

  /** A preparation of files with up to 25 megapixels and 8 bits a channel. */
  public ImagePreparation(boolean upright, boolean gray, int height, int width, String filter) {
    this(upright, gray, height, width, filter, USUAL_PIXELS, List.of());
  }

  private static boolean isRange(List<Double> levels) {
    return levels.size() == 2 && levels.get(0) < levels.get(1);
  }

  /**
   * The preparation for a column of a data set; none if an image file cannot fill it. Images change
   * their size as those of the data set did; antialiased, if the data set does not say how.
   *
   * @param settings of the data set's preprocessing
   */
  public static Optional<ImagePreparation> of(Column column, Map<String, String> settings) {
    boolean image =
        column.type() == ElementType.UINT8
            && column.shape().size() == 3
            && (column.shape().get(0) == 1 || column.shape().get(0) == 3);
    return image
        ? Optional.of(
            new ImagePreparation(
                settings.getOrDefault(ORIENTATION_SETTING, STORED).equals(UPRIGHT),
                column.shape().get(0) == 1,
                column.shape().get(1),
                column.shape().get(2),
                settings.getOrDefault(FILTER_SETTING, USUAL_FILTER),
                pixels(settings.get(PIXELS_SETTING)),
                levels(settings.get(LEVELS_SETTING))))
        : Optional.empty();
  }

  private static int pixels(String setting) {
    return setting != null && setting.matches("\\d{1,9}")
        ? Integer.parseInt(setting)
        : USUAL_PIXELS;
  }

  /** Of {@code [0,4095]}; nothing where the setting says nothing. */
  private static List<Double> levels(String setting) {
    Matcher range = RANGE.matcher(setting == null ? "" : setting.replaceAll("[\"\\s]", ""));
    return range.matches()
        ? List.of(Double.valueOf(range.group(1)), Double.valueOf(range.group(2)))
        : List.of();
  }

  ObjectNode toJson() {
    ObjectNode root = Json.object();
    root.put("orientation", upright ? UPRIGHT : STORED);
    root.put("colours", gray ? GRAY : RGB);
    root.put("height", height).put("width", width);
    root.put("filter", filter);
    if (mostPixels != USUAL_PIXELS) {
      root.put(MOST_PIXELS, mostPixels);
    }
    if (!levels.isEmpty()) {
      ArrayNode range = root.putArray(LEVELS);
      levels.forEach(range::add);
    }
    return root;
  }

  static ImagePreparation parse(JsonFields fields) {
    String orientation = fields.text("orientation");
    if (!orientation.equals(UPRIGHT) && !orientation.equals(STORED)) {
      throw new DataContractException("names orientation '" + orientation + "'");
    }
    String colours = fields.text("colours");
    if (!colours.equals(RGB) && !colours.equals(GRAY)) {
      throw new DataContractException("names colours '" + colours + "'");
    }
    ImagePreparation preparation =
        new ImagePreparation(
            orientation.equals(UPRIGHT),
            colours.equals(GRAY),
            fields.integer("height"),
            fields.integer("width"),
            fields.text("filter"),
            fields.has(MOST_PIXELS) ? fields.integer(MOST_PIXELS) : USUAL_PIXELS,
            fields.has(LEVELS) ? fields.numbers(LEVELS) : List.of());
    fields.end();
    return preparation;
  }
}
