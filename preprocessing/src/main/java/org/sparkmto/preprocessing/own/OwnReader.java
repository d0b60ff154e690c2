package org.sparkmto.preprocessing.own;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkmto.data.Column;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.ImageFile;
import org.sparkmto.preprocessing.image.ImageReading;
import org.sparkmto.preprocessing.image.NearestPixel;

/** Decodes the files of a sample: its images, then the maps of its targets. */
final class OwnReader implements SampleReader {
  private final Plan plan;
  private final RowFiles files;

  /**
   * A map to decode.
   *
   * @param target how
   * @param input number of the input that it belongs to, whose size its file has
   * @param size stored size
   */
  record MapPlan(MapTarget target, int input, ImageSize size) implements Serializable {}

  /**
   * What to decode.
   *
   * @param layout of rows; its files are the inputs, then the maps
   * @param columns inputs, targets of the table, maps
   * @param maps in the order of the layout's files
   */
  record Plan(
      RowLayout layout,
      List<Column> columns,
      List<MapPlan> maps,
      NearestPixel nearest,
      Own.Turn turn,
      ImageReading reading)
      implements Serializable {
    public Plan {
      columns = List.copyOf(columns);
      maps = List.copyOf(maps);
    }

    Plan(RowLayout layout, List<Column> columns, List<MapPlan> maps, NearestPixel nearest) {
      this(layout, columns, maps, nearest, Own.Turn.UPRIGHT, ImageReading.USUAL);
    }

    /** This plan with images stored another way up, and others read. */
    Plan reading(Own.Turn way, ImageReading others) {
      return new Plan(layout, columns, maps, nearest, way, others);
    }
  }

  /**
   * @throws PreprocessingException if this machine's memory cannot hold the largest image
   */
  OwnReader(Plan plan, RawFiles files) {
    long memory = Runtime.getRuntime().maxMemory();
    if (plan.reading().heap() > memory) {
      throw PreprocessingException.failed(
          String.format(
              Locale.ROOT,
              "max-pixels is %d, for which an executor needs %d MiB and has %d; raise"
                  + " spark.executor.memory (alone on this machine: SPARK_MTO_HEAP)",
              plan.reading().mostPixels(),
              plan.reading().heap() >> 20,
              memory >> 20));
    }
    this.plan = plan;
    this.files =
        new RowFiles(plan.layout(), files, plan.reading().mostBytes(EmbeddedRows.MOST_BYTES));
  }

  /** What cannot be read is told with its row, because people look for it in their table. */
  @Override
  public List<byte[]> read(RawSample sample) throws UnreadableSampleException, IOException {
    try {
      return content(sample);
    } catch (UnreadableSampleException e) {
      throw new UnreadableSampleException(
          e.reason(), plan.layout().place(sample) + ": " + e.getMessage());
    }
  }

  private List<byte[]> content(RawSample sample) throws UnreadableSampleException, IOException {
    int inputs = plan.layout().files().size() - plan.maps().size();
    int tables = plan.columns().size() - inputs - plan.maps().size();
    boolean labelled = false;
    List<byte[]> stored = new ArrayList<>();
    List<String> paths = new ArrayList<>();
    try (var labels = new DataInputStream(new ByteArrayInputStream(sample.labels()))) {
      for (Column column : plan.columns().subList(inputs, inputs + tables)) {
        byte[] cells = labels.readNBytes(column.bytes());
        labelled |= Stored.hasValue(column.type(), cells);
        stored.add(cells);
      }
      for (RowLayout.FileCell file : plan.layout().files()) {
        paths.add(file.isPath() ? labels.readUTF() : "");
      }
    }
    List<byte[]> content = new ArrayList<>();
    List<ImageSize> sizes = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      List<Integer> shape = plan.columns().get(i).shape();
      byte[] file = files.read(i, sample, paths.get(i));
      Image image =
          plan.turn() == Own.Turn.UPRIGHT
              ? ImageFile.decodeUpright(file, plan.reading())
              : ImageFile.decode(file, plan.reading());
      sizes.add(new ImageSize(image.height(), image.width()));
      Image resized = image.resized(shape.get(1), shape.get(2));
      content.add(shape.get(0) == 1 ? ImageFile.gray(resized) : resized.samples());
    }
    content.addAll(stored);
    for (int i = 0; i < plan.maps().size(); i++) {
      MapPlan map = plan.maps().get(i);
      Column column = plan.columns().get(content.size());
      byte[] file = files.read(inputs + i, sample, paths.get(inputs + i));
      if (file == null) {
        content.add(Stored.missing(column.type(), column.bytes()));
        continue;
      }
      byte[] decoded = decoded(map, file, sizes.get(map.input()), column);
      labelled |= Stored.hasValue(column.type(), decoded);
      content.add(decoded);
    }
    if (!labelled) {
      throw new UnreadableSampleException(Reason.NO_LABELS, "no task has a label or a value");
    }
    return content;
  }

  private byte[] decoded(MapPlan map, byte[] file, ImageSize image, Column column)
      throws UnreadableSampleException {
    try {
      return map.target()
          .stored(file, image.height(), image.width(), map.size(), plan.nearest(), plan.reading());
    } catch (UnreadableSampleException e) {
      throw new UnreadableSampleException(
          e.reason(), "target '" + column.name() + "': " + e.getMessage());
    }
  }
}
