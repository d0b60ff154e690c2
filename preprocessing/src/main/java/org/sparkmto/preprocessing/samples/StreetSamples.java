package org.sparkmto.preprocessing.samples;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.image.Tiff;
import org.sparkmto.preprocessing.output.OutputDirectory;

/**
 * Streets in the tree of Cityscapes, with disparities, cameras and Panoptic Parts. As in the real
 * tree, the labels of the test split are void and it has no parts, and not every frame is number
 * 19: some cities are cut out of long sequences.
 */
final class StreetSamples implements SampleGenerator {
  static final Entry<SampleGenerator> ENTRY =
      SampleGenerator.entry(
          "streets",
          "Drawn streets, in the layout of Cityscapes.",
          400,
          100,
          4,
          StreetSamples::new,
          SampleGenerator.size("128x256"),
          SampleGenerator.FAULTS);

  private static final int SAMPLES_PER_TASK = 25;
  private static final int FRAMES_PER_SEQUENCE = 100;

  @Override
  public Set<String> entries() {
    return Set.of("leftImg8bit", "gtFine", "disparity", "camera", "gtFinePanopticParts");
  }

  @Override
  public String write(SparkSession spark, SamplesOrder order, OutputDirectory output) {
    ImageSize size = order.size().orElseThrow();
    long seed = order.seed();
    DrawnFiles.write(
        spark,
        order,
        output,
        SAMPLES_PER_TASK,
        (split, index, fault) -> files(Street.of(seed, split, index, size), split, index, fault));
    return "streets that this program has drawn";
  }

  /** City, sequence and frame of a sample: the part of its files' names that they share. */
  static String core(String split, int index) {
    return switch (split) {
      case "train" -> index % 2 == 0 ? ofShort("aachen", index / 2) : ofLong("bochum", index / 2);
      case "val" -> ofLong("frankfurt", index);
      case "test" -> ofShort("berlin", index);
      default -> throw new IllegalArgumentException("no split " + split);
    };
  }

  /** Every sample is frame 19 of a sequence of its own. */
  private static String ofShort(String city, int index) {
    return String.format(Locale.ROOT, "%s_%06d_000019", city, index);
  }

  /** Many samples of one sequence. */
  private static String ofLong(String city, int index) {
    int frame = 294 + 281 * (index % FRAMES_PER_SEQUENCE);
    return String.format(Locale.ROOT, "%s_%06d_%06d", city, index / FRAMES_PER_SEQUENCE, frame);
  }

  /** All files of a sample, by their paths below the root. */
  static Map<String, byte[]> files(Street street, String split, int index, Optional<Fault> fault) {
    boolean labelled = !split.equals("test") && !has(fault, Fault.ALL_VOID);
    int height = street.labels().height();
    int width = street.labels().width();
    IntegerMap empty = new IntegerMap(height, width, new int[height * width]);
    IntegerMap labels = labelled ? street.labels() : empty;
    IntegerMap disparity = has(fault, Fault.ALL_VOID) ? empty : street.disparity();
    String core = core(split, index);
    String place = "/" + split + "/" + core.substring(0, core.indexOf('_')) + "/" + core;
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("leftImg8bit" + place + "_leftImg8bit.png", image(street.image(), fault));
    files.put("gtFine" + place + "_gtFine_labelIds.png", Png.encode(labels, 8));
    files.put(
        "gtFine" + place + "_gtFine_instanceIds.png",
        Png.encode(labelled ? street.instances() : empty, 16));
    files.put("gtFine" + place + "_gtFine_color.png", Png.encode(coloured(labels)));
    files.put("gtFine" + place + "_gtFine_polygons.json", polygons(height, width));
    files.put("disparity" + place + "_disparity.png", Png.encode(disparity, 16));
    files.put(
        "camera" + place + "_camera.json",
        street.camera().json().getBytes(StandardCharsets.US_ASCII));
    if (!split.equals("test")) {
      files.put(
          "gtFinePanopticParts" + place + "_gtFinePanopticParts.tif",
          Tiff.encode(labelled ? street.uids() : empty));
    }
    if (has(fault, Fault.MISSING_TARGET)) {
      boolean second = index / 2 % 2 == 1;
      files.remove(
          second
              ? "disparity" + place + "_disparity.png"
              : "gtFine" + place + "_gtFine_labelIds.png");
    }
    return files;
  }

  private static boolean has(Optional<Fault> fault, Fault kind) {
    return fault.filter(kind::equals).isPresent();
  }

  private static byte[] image(Image image, Optional<Fault> fault) {
    if (has(fault, Fault.ODD_SIZE)) {
      return Png.encode(image.resized(image.height(), Math.max(1, image.width() - 1)));
    }
    byte[] file = Png.encode(image);
    return has(fault, Fault.TRUNCATED) ? Arrays.copyOf(file, file.length * 3 / 5) : file;
  }

  /** The picture of the labels that the real tree holds for people. */
  private static Image coloured(IntegerMap labels) {
    int[] colours = new int[256];
    for (StreetClass kind : StreetClass.values()) {
      colours[kind.id()] = kind.visualisation();
    }
    int area = labels.values().length;
    byte[] samples = new byte[4 * area];
    for (int i = 0; i < area; i++) {
      int colour = colours[labels.values()[i]];
      samples[i] = (byte) (colour >> 16);
      samples[area + i] = (byte) (colour >> 8);
      samples[2 * area + i] = (byte) colour;
      samples[3 * area + i] = (byte) 255;
    }
    return new Image(4, labels.height(), labels.width(), samples);
  }

  /** Outlines are not drawn; readers of pixels do without. */
  private static byte[] polygons(int height, int width) {
    String json = "{\"imgHeight\": " + height + ", \"imgWidth\": " + width + ", \"objects\": []}\n";
    return json.getBytes(StandardCharsets.US_ASCII);
  }
}
