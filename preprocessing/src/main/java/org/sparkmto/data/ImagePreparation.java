package org.sparkmto.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
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
 */
public record ImagePreparation(boolean upright, boolean gray, int height, int width, String filter)
    implements Serializable {
  private static final String FILTER_SETTING = "option.image-filter";
  private static final String USUAL_FILTER = "antialiased";
  private static final String ORIENTATION_SETTING = "option.orientation";
  private static final String UPRIGHT = "upright";
  private static final String STORED = "stored";
  private static final String RGB = "rgb";
  private static final String GRAY = "gray";

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
                settings.getOrDefault(FILTER_SETTING, USUAL_FILTER)))
        : Optional.empty();
  }

  ObjectNode toJson() {
    ObjectNode root = Json.object();
    root.put("orientation", upright ? UPRIGHT : STORED);
    root.put("colours", gray ? GRAY : RGB);
    root.put("height", height).put("width", width);
    root.put("filter", filter);
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
            fields.text("filter"));
    fields.end();
    return preparation;
  }
}
