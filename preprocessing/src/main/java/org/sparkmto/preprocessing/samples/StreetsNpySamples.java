package org.sparkmto.preprocessing.samples;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.cityscapes.Classes;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.numpy.Npy;
import org.sparkmto.preprocessing.output.OutputDirectory;

/**
 * The streets of {@link StreetSamples} in the NumPy folders that multi-task papers pass around:
 * {@code train|val/image|label_7|label_19|depth/{i}.npy}. There are no test images, as there; the
 * folder "val" is what papers report on.
 *
 * <p>All faults are possible: {@link Fault#MISSING_TARGET} leaves out a file of the depths, {@link
 * Fault#TRUNCATED} cuts the image's file, {@link Fault#ALL_VOID} has no valid pixel in any target,
 * {@link Fault#ODD_SIZE} has an image that is a column narrower.
 */
final class StreetsNpySamples implements SampleGenerator {
  static final Entry<SampleGenerator> ENTRY =
      SampleGenerator.entry(
          "streets-npy",
          "Drawn streets, in the layout of MTAN's NumPy folders.",
          400,
          100,
          0,
          StreetsNpySamples::new,
          SampleGenerator.size("128x256"),
          SampleGenerator.FAULTS);

  private static final int STREETS_PER_TASK = 25;

  @Override
  public Set<String> entries() {
    return Set.of("train", "val");
  }

  @Override
  public String write(SparkSession spark, SamplesOrder order, OutputDirectory output) {
    if (order.counts().getOrDefault("test", 0) > 0) {
      throw PreprocessingException.wrongUsage(
          "MTAN's folders have no test streets: ask for 0 of them, the folder val is what is"
              + " reported on");
    }
    ImageSize size = order.size().orElseThrow();
    long seed = order.seed();
    DrawnFiles.write(
        spark,
        order,
        output,
        STREETS_PER_TASK,
        (split, index, fault) -> files(Street.of(seed, split, index, size), split, index, fault));
    return "drawn streets";
  }

  /** All files of a street, by their paths below the root. */
  static Map<String, byte[]> files(Street street, String split, int index, Optional<Fault> fault) {
    Fault defect = fault.orElse(null);
    boolean isVoid = defect == Fault.ALL_VOID;
    String name = "/" + index + ".npy";
    byte[] image = image(street.image(), defect == Fault.ODD_SIZE ? 1 : 0);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(
        split + "/image" + name,
        defect == Fault.TRUNCATED ? Arrays.copyOf(image, image.length * 2 / 3) : image);
    files.put(
        split + "/label_7" + name, labels(street.labels(), Classes.categories(false), isVoid));
    files.put(split + "/label_19" + name, labels(street.labels(), Classes.evaluated(), isVoid));
    if (defect != Fault.MISSING_TARGET) {
      files.put(split + "/depth" + name, depth(street.disparity(), isVoid));
    }
    return files;
  }

  /** Height, width, 3; from 0 to 1. */
  private static byte[] image(Image image, int columnsLess) {
    int height = image.height();
    int width = image.width() - columnsLess;
    float[] values = new float[3 * height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = image.at(i % 3, i / 3 / width, i / 3 % width) / 255f;
    }
    return Npy.encode(new int[] {height, width, 3}, values);
  }

  private static byte[] labels(IntegerMap ids, Classes classes, boolean isVoid) {
    int[] labels = new int[ids.values().length];
    for (int i = 0; i < labels.length; i++) {
      byte label = classes.of(ids.values()[i]);
      labels[i] = isVoid ? -1 : label; // void is 255, and -1 as a signed byte
    }
    return Npy.encode(new int[] {ids.height(), ids.width()}, labels);
  }

  private static byte[] depth(IntegerMap disparity, boolean isVoid) {
    float[] values = new float[disparity.values().length];
    for (int i = 0; i < values.length && !isVoid; i++) {
      values[i] = disparity.values()[i] / 65535f;
    }
    return Npy.encode(new int[] {disparity.height(), disparity.width(), 1}, values);
  }
}
