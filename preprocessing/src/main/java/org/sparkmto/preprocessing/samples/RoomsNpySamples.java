package org.sparkmto.preprocessing.samples;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.image.RealMap;
import org.sparkmto.preprocessing.numpy.Npy;
import org.sparkmto.preprocessing.nyuv2.NyuClasses;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.output.PlainFile;
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

  /** The rooms {@code from..to-1} of a split. */
  private record Run(String split, int from, int to) implements Serializable {}

  @Override
  public Set<String> entries() {
    return Set.of("train", "val");
  }

  @Override
  public String write(SparkSession spark, SamplesOrder order, OutputDirectory output) {
    RoomsSamples.refuseVal(order);
    List<Run> runs = new ArrayList<>();
    order
        .counts()
        .forEach(
            (split, count) -> {
              for (int from = 0; from < count; from += ROOMS_PER_TASK) {
                runs.add(new Run(split, from, Math.min(count, from + ROOMS_PER_TASK)));
              }
            });
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    String root = output.root().toString();
    long seed = order.seed();
    ImageSize size = order.size().orElseThrow();
    Faults.Chosen faults = order.chosenFaults();
    try {
      context
          .parallelize(runs, runs.size())
          .foreach(
              run -> {
                for (int i = run.from(); i < run.to(); i++) {
                  RoomView view = RoomView.of(seed, run.split(), i, size.height(), size.width());
                  String folder = run.split().equals("test") ? "val" : run.split();
                  write(
                      view,
                      faults.of(run.split(), i),
                      Draws.of(seed).of("rooms-fault").at(i).below(TARGETS.size(), 0),
                      new Path(root, folder),
                      i + ".npy",
                      configuration.value().value());
                }
              });
    } finally {
      configuration.destroy();
    }
    return "drawn rooms";
  }

  private static void write(
      RoomView view,
      Optional<Fault> fault,
      int missing,
      Path folder,
      String name,
      Configuration hadoop)
      throws IOException {
    Fault defect = fault.orElse(null);
    byte[] image = image(view, defect == Fault.ODD_SIZE ? 1 : 0);
    if (defect == Fault.TRUNCATED) {
      image = Arrays.copyOf(image, image.length * 2 / 3);
    }
    PlainFile.write(new Path(folder, "image/" + name), image, hadoop);
    boolean isVoid = defect == Fault.ALL_VOID;
    List<byte[]> targets =
        List.of(labels(view, isVoid), depth(view, isVoid), normals(view, isVoid));
    for (int i = 0; i < TARGETS.size(); i++) {
      if (defect != Fault.MISSING_TARGET || i != missing) {
        PlainFile.write(new Path(folder, TARGETS.get(i) + "/" + name), targets.get(i), hadoop);
      }
    }
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
