package org.sparkmto.preprocessing.samples;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.matlab.Mat73Writer;
import org.sparkmto.preprocessing.matlab.MatFileWriter;
import org.sparkmto.preprocessing.nyuv2.NyuClasses;
import org.sparkmto.preprocessing.output.OutputDirectory;

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
  static final int TRAIN = 400;
  static final int VAL = 0;
  static final int TEST = 100;
  static final String SIZE = "72x96";
  static final Entry<SampleGenerator> ENTRY =
      SampleGenerator.entry(
          "rooms",
          "Drawn rooms, in the layout of NYUv2's .mat files.",
          TRAIN,
          VAL,
          TEST,
          RoomsSamples::new,
          SampleGenerator.size(SIZE),
          SampleGenerator.FAULTS);

  private static final String LABELLED = "nyu_depth_v2_labeled.mat";
  private static final String SPLITS = "splits.mat";
  private static final String CLASSES = "classMapping40.mat";
  private static final int ROOMS_PER_TASK = 8;
  private static final int TASKS_PER_JOB = 32;

  /** By variable: 3 channels, 2 depths, labels, instances. */
  private static final int BYTES_PER_PIXEL = 3 + 2 * Float.BYTES + Short.BYTES + 1;

  /**
   * A room to be drawn.
   *
   * @param place in the file, from 0
   * @param split train or test
   * @param index in its split
   */
  private record Ordered(int place, String split, int index) implements Serializable {}

  /** A drawn room as MATLAB stores it: columns one behind the other, by variable. */
  private static final class Columns implements Serializable {
    private static final long serialVersionUID = 1;

    private final int place;
    private final byte[] images;
    private final byte[] depths;
    private final byte[] rawDepths;
    private final byte[] labels;
    private final byte[] instances;

    Columns(int place, RoomView view) {
      this.place = place;
      int height = view.image().height();
      int width = view.image().width();
      int area = height * width;
      images = new byte[3 * area];
      depths = new byte[Float.BYTES * area];
      rawDepths = new byte[Float.BYTES * area];
      labels = new byte[Short.BYTES * area];
      instances = new byte[area];
      ByteBuffer depth = littleEndian(depths);
      ByteBuffer rawDepth = littleEndian(rawDepths);
      ByteBuffer label = littleEndian(labels);
      for (int x = 0, at = 0; x < width; x++) {
        for (int y = 0; y < height; y++, at++) {
          for (int c = 0; c < 3; c++) {
            images[c * area + at] = (byte) view.image().at(c, y, x);
          }
          depth.putFloat(view.depth().at(0, y, x));
          rawDepth.putFloat(view.rawDepth().at(0, y, x));
          label.putShort((short) view.labels().at(y, x));
          instances[at] = (byte) view.instances().at(y, x);
        }
      }
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void spoil(Fault fault) {
      Arrays.fill(labels, (byte) 0);
      Arrays.fill(instances, (byte) 0);
      if (fault == Fault.ALL_VOID) {
        Arrays.fill(depths, (byte) 0);
        Arrays.fill(rawDepths, (byte) 0);
      }
    }

    byte[] of(String variable) {
      return switch (variable) {
        case "images" -> images;
        case "depths" -> depths;
        case "rawDepths" -> rawDepths;
        case "labels" -> labels;
        case "instances" -> instances;
        default -> throw new IllegalArgumentException(variable);
      };
    }
  }

  @Override
  public Set<String> entries() {
    return Set.of(LABELLED, SPLITS, CLASSES);
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
    writeLabelled(spark, order, places, output);
    write(
        output,
        SPLITS,
        new MatFileWriter()
            .column("trainNdxs", numbers(places, "train"))
            .column("testNdxs", numbers(places, "test")));
    write(output, CLASSES, classes());
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
    long needed = (long) BYTES_PER_PIXEL * rooms * size.height() * size.width();
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
      SparkSession spark, SamplesOrder order, List<String> places, OutputDirectory output)
      throws IOException {
    int count = places.size();
    Columns[] drawn = new Columns[count];
    List<Ordered> rooms = ordered(places);
    int perJob = ROOMS_PER_TASK * TASKS_PER_JOB;
    for (int from = 0; from < count; from += perJob) {
      for (Columns room :
          drawn(spark, order, rooms.subList(from, Math.min(count, from + perJob)))) {
        drawn[room.place] = room;
      }
    }
    ImageSize size = order.size().orElseThrow();
    List<Integer> maps = List.of(count, size.width(), size.height());
    Mat73Writer.write(
        output.create(LABELLED),
        List.of(
            new Mat73Writer.Variable(
                "images",
                Mat73Writer.ElementKind.UINT8,
                List.of(count, 3, size.width(), size.height())),
            new Mat73Writer.Variable("depths", Mat73Writer.ElementKind.SINGLE, maps),
            new Mat73Writer.Variable("rawDepths", Mat73Writer.ElementKind.SINGLE, maps),
            new Mat73Writer.Variable("labels", Mat73Writer.ElementKind.UINT16, maps),
            new Mat73Writer.Variable("instances", Mat73Writer.ElementKind.UINT8, maps)),
        (variable, out) -> {
          for (Columns room : drawn) {
            out.write(room.of(variable.name()));
          }
        });
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

  private static List<Integer> numbers(List<String> places, String split) {
    List<Integer> numbers = new ArrayList<>();
    for (int place = 0; place < places.size(); place++) {
      if (places.get(place).equals(split)) {
        numbers.add(place + 1);
      }
    }
    return numbers;
  }

  private static MatFileWriter classes() {
    byte[] forty = new byte[NyuClasses.RAW];
    for (int raw = 1; raw <= NyuClasses.RAW; raw++) {
      forty[raw - 1] = (byte) NyuClasses.fortyOf(raw);
    }
    return new MatFileWriter()
        .row("mapClass", forty)
        .cells("allClassName", NyuClasses.rawNames())
        .cells("className", NyuClasses.names(40));
  }

  private static void write(OutputDirectory output, String name, MatFileWriter file)
      throws IOException {
    try (OutputStream out = output.create(name)) {
      out.write(file.bytes());
    }
  }
}
