package org.sparkmto.preprocessing.samples;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.image.RealMap;
import org.sparkmto.preprocessing.numpy.Npy;
import org.sparkmto.preprocessing.nyuv2.NyuClasses;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.random.Draws;

/**
 * The rooms of {@link RoomsSamples} in the NumPy folders that multi-task papers pass around, with
 * 13 classes and the true normals: {@code train|val/image|label|depth|normal/{i}.npy}. As there,
 * the folder "val" holds the test split.
 *
 * <p>All faults are possible: {@link Fault#MISSING_TARGET} leaves out a file of one of the three
 * targets, {@link Fault#TRUNCATED} cuts the image's file, {@link Fault#ALL_VOID} has no valid pixel
 * in any target, {@link Fault#ODD_SIZE} has an image that is a column narrower.
 */
final class RoomsNpySamples implements SampleGenerator {
  static final Entry<SampleGenerator> ENTRY =
      SampleGenerator.entry(
          "rooms-npy",
          "Drawn rooms, in the layout of MTAN's NumPy folders.",
          RoomsSamples.TRAIN,
          RoomsSamples.VAL,
          RoomsSamples.TEST,
          RoomsNpySamples::new,
          SampleGenerator.size(RoomsSamples.SIZE),
          SampleGenerator.FAULTS);

  private static final int ROOMS_PER_TASK = 32;
  private static final List<String> TARGETS = List.of("label", "depth", "normal");

  @Override
  public Set<String> entries() {
    return Set.of("train", "val");
  }

  @Override
  public String write(SparkSession spark, SamplesOrder order, OutputDirectory output) {
    RoomsSamples.refuseVal(order);
    ImageSize size = order.size().orElseThrow();
    long seed = order.seed();
    DrawnFiles.write(
        spark,
        order,
        output,
        ROOMS_PER_TASK,
        (split, index, fault) ->
            files(
                RoomView.of(seed, split, index, size.height(), size.width()),
                fault,
                Draws.of(seed).of("rooms-fault").at(index).below(TARGETS.size(), 0),
                split.equals("test") ? "val" : split,
                "/" + index + ".npy"));
    return "drawn rooms";
  }

  /** All files of a room, by their paths below the root. */
  private static Map<String, byte[]> files(
      RoomView view, Optional<Fault> fault, int missing, String folder, String name) {
    Fault defect = fault.orElse(null);
    boolean isVoid = defect == Fault.ALL_VOID;
    byte[] image = image(view, defect == Fault.ODD_SIZE ? 1 : 0);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(
        folder + "/image" + name,
        defect == Fault.TRUNCATED ? Arrays.copyOf(image, image.length * 2 / 3) : image);
    List<byte[]> targets =
        List.of(labels(view, isVoid), depth(view, isVoid), normals(view, isVoid));
    for (int i = 0; i < TARGETS.size(); i++) {
      if (defect != Fault.MISSING_TARGET || i != missing) {
        files.put(folder + "/" + TARGETS.get(i) + name, targets.get(i));
      }
    }
    return files;
  }

  /** Height, width, 3; from 0 to 1. */
  private static byte[] image(RoomView view, int columnsLess) {
    int height = view.image().height();
    int width = view.image().width() - columnsLess;
    float[] values = new float[3 * height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = view.image().at(i % 3, i / 3 / width, i / 3 % width) / 255f;
    }
    return Npy.encode(new int[] {height, width, 3}, values);
  }

  private static byte[] labels(RoomView view, boolean isVoid) {
    int[] labels = view.labels().values().clone();
    for (int i = 0; i < labels.length; i++) {
      boolean unlabelled = isVoid || labels[i] == 0;
      labels[i] = unlabelled ? -1 : NyuClasses.thirteenOf(NyuClasses.fortyOf(labels[i])) - 1;
    }
    return Npy.encode(new int[] {view.labels().height(), view.labels().width()}, labels);
  }

  private static byte[] depth(RoomView view, boolean isVoid) {
    RealMap depth = view.depth();
    float[] metres = isVoid ? new float[depth.values().length] : depth.values();
    return Npy.encode(new int[] {depth.height(), depth.width(), 1}, metres);
  }

  private static byte[] normals(RoomView view, boolean isVoid) {
    RealMap normals = view.normals();
    float[] values = new float[normals.values().length];
    int area = values.length / 3;
    for (int i = 0; i < values.length && !isVoid; i++) {
      values[i] = normals.values()[(i % 3) * area + i / 3];
    }
    return Npy.encode(new int[] {normals.height(), normals.width(), 3}, values);
  }
}
