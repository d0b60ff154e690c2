package org.sparkmto.preprocessing.samples;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.nyuv2.NyuClasses;
import org.sparkmto.preprocessing.output.OutputDirectory;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.Cell;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

/**
 * Furnished rooms in the layout of NYU Depth v2: {@code nyu_depth_v2_labeled.mat} with {@code
 * images}, {@code depths}, {@code rawDepths}, {@code labels} and {@code instances}, {@code
 * splits.mat} with two splits that are interleaved and count from 1, and {@code
 * classMapping40.mat}. The real file has more variables, and 512 bytes of MATLAB's in front;
 * preprocessing reads neither.
 *
 * <p>Rooms are drawn by all executors, but one file is written by one process, the driver, and as a
 * whole: it keeps 14 bytes per pixel, 50 MB for the usual 500 rooms. What does not fit into half of
 * its memory is refused; kind {@code rooms-npy} has no such bound.
 *
 * <p>One file cannot be short of a part, so only two faults are possible: a sample without any
 * label, whose other targets are sound ({@link Fault#MISSING_TARGET}), and one without labels and
 * depths ({@link Fault#ALL_VOID}).
 */
final class RoomsSamples implements SampleGenerator {
  private static final String LABELLED = "nyu_depth_v2_labeled.mat";
  private static final String SPLITS = "splits.mat";
  private static final String CLASSES = "classMapping40.mat";
  private static final int ROOMS_PER_TASK = 8;
  private static final int TASKS_PER_JOB = 32;

  /** Of a column of {@code height} pixels, by variable: 3 channels, 2 depths, labels, instances. */
  private static final int BYTES_PER_PIXEL = 3 + 2 * Float.BYTES + Short.BYTES + 1;

  private static final int ARRAYS_PER_COLUMN = 7;
  private static final int BYTES_PER_ARRAY = 24;

  /**
   * A room to be drawn.
   *
   * @param place in the file, from 0
   * @param split train or test
   * @param index in its split
   */
  private record Ordered(int place, String split, int index) implements Serializable {}

  /** A drawn room as MATLAB stores it: columns one behind the other. */
  private static final class Columns implements Serializable {
    private static final long serialVersionUID = 1;

    private final int place;
    private final byte[][][] image;
    private final float[][] depth;
    private final float[][] rawDepth;
    private final short[][] labels;
    private final byte[][] instances;

    Columns(int place, RoomView view) {
      this.place = place;
      int height = view.image().height();
      int width = view.image().width();
      image = new byte[3][width][height];
      depth = new float[width][height];
      rawDepth = new float[width][height];
      labels = new short[width][height];
      instances = new byte[width][height];
      for (int x = 0; x < width; x++) {
        for (int y = 0; y < height; y++) {
          for (int c = 0; c < 3; c++) {
            image[c][x][y] = (byte) view.image().at(c, y, x);
          }
          depth[x][y] = view.depth().at(0, y, x);
          rawDepth[x][y] = view.rawDepth().at(0, y, x);
          labels[x][y] = (short) view.labels().at(y, x);
          instances[x][y] = (byte) view.instances().at(y, x);
        }
      }
    }

    void spoil(Fault fault) {
      for (int x = 0; x < labels.length; x++) {
        labels[x] = new short[labels[x].length];
        instances[x] = new byte[labels[x].length];
        if (fault == Fault.ALL_VOID) {
          depth[x] = new float[labels[x].length];
          rawDepth[x] = new float[labels[x].length];
        }
      }
    }
  }

  @Override
  public Map<String, Integer> usualCounts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    counts.put("train", 400);
    counts.put("val", 0);
    counts.put("test", 100);
    return counts;
  }

  @Override
  public Set<String> entries() {
    return Set.of(LABELLED, SPLITS, CLASSES);
  }

  @Override
  public Optional<ImageSize> usualSize() {
    return Optional.of(new ImageSize(72, 96));
  }

  @Override
  public boolean hasFaults() {
    return true;
  }

  @Override
  public String write(SparkSession spark, SamplesOrder order, OutputDirectory output)
      throws IOException {
    refuseVal(order);
    for (Fault fault : List.of(Fault.TRUNCATED, Fault.ODD_SIZE)) {
      if (order.faults().counts().getOrDefault(fault, 0) > 0) {
        throw PreprocessingException.wrongUsage(
            "all rooms are in one file, which has one size and one end: the fault "
                + fault.label()
                + " needs samples 'rooms-npy'");
      }
    }
    List<String> places = places(order.counts().get("train"), order.counts().get("test"));
    refuseTooMany(places.size(), order.size().orElseThrow());
    Path directory = Files.createTempDirectory("spark-mto-rooms");
    try {
      Path labelled = directory.resolve(LABELLED);
      writeLabelled(spark, order, places, labelled);
      copy(labelled, output);
      Mat5File splits = Mat5.newMatFile();
      splits.addArray("trainNdxs", numbers(places, "train"));
      splits.addArray("testNdxs", numbers(places, "test"));
      Mat5.writeToFile(splits, directory.resolve(SPLITS).toFile());
      copy(directory.resolve(SPLITS), output);
      Mat5.writeToFile(classes(), directory.resolve(CLASSES).toFile());
      copy(directory.resolve(CLASSES), output);
    } finally {
      for (String name : entries()) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.delete(directory);
    }
    return "drawn rooms";
  }

  /** NYUv2 has two splits; the reader holds out a part of the training split for validation. */
  static void refuseVal(SamplesOrder order) {
    if (order.counts().getOrDefault("val", 0) > 0) {
      throw PreprocessingException.wrongUsage(
          "NYUv2 has no validation split: ask for 0 rooms in it, preprocessing holds some of the"
              + " training rooms out (option validation-share)");
    }
  }

  /** The split of every place in the file: test rooms are spread evenly among the others. */
  static List<String> places(int train, int test) {
    List<String> places = new ArrayList<>();
    int all = train + test;
    for (int i = 0; i < all; i++) {
      boolean isTest = (long) (i + 1) * test / all > (long) i * test / all;
      places.add(isTest ? "test" : "train");
    }
    return places;
  }

  private static void refuseTooMany(int rooms, ImageSize size) {
    long perColumn = (long) BYTES_PER_PIXEL * size.height() + ARRAYS_PER_COLUMN * BYTES_PER_ARRAY;
    long needed = rooms * perColumn * size.width();
    long free = Runtime.getRuntime().maxMemory() / 2;
    if (needed > free) {
      throw PreprocessingException.wrongUsage(
          String.format(
              Locale.ROOT,
              "the file of %d rooms of %s pixels is written by the driver, from %d MB of memory;"
                  + " it has %d MB for that: give it twice as much, or generate 'rooms-npy'",
              rooms,
              size,
              needed >> 20,
              free >> 20));
    }
  }

  private static void writeLabelled(
      SparkSession spark, SamplesOrder order, List<String> places, Path file) {
    int count = places.size();
    byte[][][][] images = new byte[count][][][];
    float[][][] depths = new float[count][][];
    float[][][] rawDepths = new float[count][][];
    short[][][] labels = new short[count][][];
    byte[][][] instances = new byte[count][][];
    List<Ordered> rooms = ordered(places);
    int perJob = ROOMS_PER_TASK * TASKS_PER_JOB;
    for (int from = 0; from < count; from += perJob) {
      for (Columns room :
          drawn(spark, order, rooms.subList(from, Math.min(count, from + perJob)))) {
        images[room.place] = room.image;
        depths[room.place] = room.depth;
        rawDepths[room.place] = room.rawDepth;
        labels[room.place] = room.labels;
        instances[room.place] = room.instances;
      }
    }
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putDataset("images", images).putAttribute("MATLAB_class", "uint8");
      hdf.putDataset("depths", depths).putAttribute("MATLAB_class", "single");
      hdf.putDataset("rawDepths", rawDepths).putAttribute("MATLAB_class", "single");
      hdf.putDataset("labels", labels).putAttribute("MATLAB_class", "uint16");
      hdf.putDataset("instances", instances).putAttribute("MATLAB_class", "uint8");
    }
  }

  private static List<Ordered> ordered(List<String> places) {
    List<Ordered> rooms = new ArrayList<>();
    Map<String, Integer> next = new LinkedHashMap<>();
    for (int place = 0; place < places.size(); place++) {
      String split = places.get(place);
      rooms.add(new Ordered(place, split, next.merge(split, 1, Integer::sum) - 1));
    }
    return rooms;
  }

  private static List<Columns> drawn(SparkSession spark, SamplesOrder order, List<Ordered> rooms) {
    long seed = order.seed();
    ImageSize size = order.size().orElseThrow();
    Faults.Chosen faults = order.chosenFaults();
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(new ArrayList<>(rooms), Math.max(1, rooms.size() / ROOMS_PER_TASK))
        .map(
            room -> {
              RoomView view =
                  RoomView.of(seed, room.split(), room.index(), size.height(), size.width());
              Columns columns = new Columns(room.place(), view);
              faults.of(room.split(), room.index()).ifPresent(columns::spoil);
              return columns;
            })
        .collect();
  }

  private static Matrix numbers(List<String> places, String split) {
    List<Integer> numbers = new ArrayList<>();
    for (int place = 0; place < places.size(); place++) {
      if (places.get(place).equals(split)) {
        numbers.add(place + 1);
      }
    }
    Matrix matrix = Mat5.newMatrix(numbers.size(), 1, MatlabType.UInt32);
    for (int i = 0; i < numbers.size(); i++) {
      matrix.setInt(i, numbers.get(i));
    }
    return matrix;
  }

  private static Mat5File classes() {
    Matrix forty = Mat5.newMatrix(1, NyuClasses.RAW, MatlabType.UInt8);
    for (int raw = 1; raw <= NyuClasses.RAW; raw++) {
      forty.setInt(raw - 1, NyuClasses.fortyOf(raw));
    }
    Mat5File file = Mat5.newMatFile();
    file.addArray("mapClass", forty);
    file.addArray("allClassName", cells(NyuClasses.rawNames()));
    file.addArray("className", cells(NyuClasses.names(40)));
    return file;
  }

  private static Cell cells(List<String> texts) {
    Cell cells = Mat5.newCell(1, texts.size());
    for (int i = 0; i < texts.size(); i++) {
      cells.set(i, Mat5.newString(texts.get(i)));
    }
    return cells;
  }

  private static void copy(Path file, OutputDirectory output) throws IOException {
    try (OutputStream out = output.create(file.getFileName().toString())) {
      Files.copy(file, out);
    }
  }
}
