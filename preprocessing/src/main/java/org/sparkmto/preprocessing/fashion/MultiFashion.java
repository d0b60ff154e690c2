package org.sparkmto.preprocessing.fashion;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.DatasetOption;
import org.sparkmto.preprocessing.DatasetOptions;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.image.Image;

/**
 * Two garments in one gray image, after the Multi-MNIST of Sener and Koltun (NeurIPS 2018): which
 * class is the left one, which the right one?
 *
 * <p>Raw layout, for every {@code SPLIT} of train, val and test (val may be missing): {@code
 * SPLIT-images-idx3-ubyte}, {@code SPLIT-left-labels-idx1-ubyte} and {@code
 * SPLIT-right-labels-idx1-ubyte}, each with or without {@code .gz}.
 */
public final class MultiFashion implements RawDataset {
  private static final String IMAGE = "image";
  private static final List<String> SIDES = List.of("left", "right");
  private static final int MISSING = 255;

  /** Name of a split's image file, without {@code .gz}. */
  public static String imageFile(String split) {
    return split + "-images-idx3-ubyte";
  }

  /** Name of a split's label file for the left or right garment, without {@code .gz}. */
  public static String labelFile(String split, String side) {
    return split + "-" + side + "-labels-idx1-ubyte";
  }

  @Override
  public String summary() {
    return "Two overlapping garments, 2 tasks of 10 classes: IDX files of `samples multi-fashion`.";
  }

  @Override
  public List<DatasetOption> options() {
    return List.of(
        new DatasetOption("size", "", "Stored size of the images; without it, that of the file."));
  }

  @Override
  public RawContents list(Path root, RawFiles files, DatasetOptions options) throws IOException {
    int classes = FashionMnist.CLASSES.size();
    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    int[] shape = null;
    for (String split : List.of("train", "val", "test")) {
      Optional<Path> images = find(root, imageFile(split), files);
      if (images.isEmpty() && !split.equals("train")) {
        continue;
      }
      String name = images.orElseThrow(() -> missing(root, imageFile(split))).toString();
      int[] found = shape(files, images.get());
      if (shape != null && (shape[1] != found[1] || shape[2] != found[2])) {
        throw PreprocessingException.failed(
            name + " holds images of another size than the training split");
      }
      shape = found;
      byte[] left = labels(root, split, "left", files, found[0]);
      byte[] right = labels(root, split, "right", files, found[0]);
      for (int i = 0; i < found[0]; i++) {
        String id = String.format(Locale.ROOT, "%s-%07d", split, i);
        if ((left[i] & 0xff) >= classes || (right[i] & 0xff) >= classes) {
          String detail = "labels " + (left[i] & 0xff) + " and " + (right[i] & 0xff);
          refused.add(new RefusedSample(id, name, Reason.BAD_LABEL, detail));
        } else {
          samples.add(new RawSample(id, split, name, i, new byte[] {left[i], right[i]}));
        }
      }
    }
    ImageSize size = options.sizeIfGiven("size").orElse(new ImageSize(shape[1], shape[2]));
    int height = size.height();
    int width = size.width();
    List<Column> columns = new ArrayList<>();
    List<Task> tasks = new ArrayList<>();
    columns.add(new Column(IMAGE, Column.Role.INPUT, ElementType.UINT8, List.of(1, height, width)));
    for (String side : SIDES) {
      columns.add(new Column(side, Column.Role.TARGET, ElementType.UINT8, List.of(1)));
      tasks.add(
          new Task(
              side, TaskKind.CLASSIFICATION, List.of(IMAGE), side, Task.WHOLE, classes, MISSING));
    }
    return new RawContents(
        columns, tasks, samples, refused, opened -> new Reader(opened, height, width));
  }

  /** Count, height and width, after a look at the whole file. */
  private static int[] shape(RawFiles files, Path path) throws IOException {
    try (IdxReader images = IdxReader.images(files.open(path), path.toString())) {
      images.skip(images.count());
      images.end();
      return new int[] {images.count(), images.height(), images.width()};
    }
  }

  private static byte[] labels(Path root, String split, String side, RawFiles files, int count)
      throws IOException {
    String name = labelFile(split, side);
    Path path = find(root, name, files).orElseThrow(() -> missing(root, name));
    try (IdxReader labels = IdxReader.labels(files.open(path), path.toString())) {
      if (labels.count() != count) {
        throw PreprocessingException.failed(
            path + " holds " + labels.count() + " labels for " + count + " images");
      }
      return labels.rest();
    }
  }

  private static Optional<Path> find(Path root, String name, RawFiles files) throws IOException {
    return files.first(List.of(new Path(root, name + ".gz"), new Path(root, name)));
  }

  private static PreprocessingException missing(Path root, String name) {
    return PreprocessingException.wrongUsage(
        root + " does not hold multi-fashion data: neither " + name + ".gz nor " + name);
  }

  /** Keeps the file of the last sample in memory: samples come in random order. */
  private static final class Reader implements SampleReader {
    private final RawFiles files;
    private final int height;
    private final int width;
    private String name = "";
    private byte[] images;
    private int rows;
    private int columns;

    Reader(RawFiles files, int height, int width) {
      this.files = files;
      this.height = height;
      this.width = width;
    }

    @Override
    public List<byte[]> read(RawSample sample) throws IOException {
      if (!name.equals(sample.source())) {
        open(sample.source());
      }
      int area = rows * columns;
      byte[] pixels = new byte[area];
      System.arraycopy(images, Math.toIntExact(sample.index() * area), pixels, 0, area);
      Image image = new Image(1, rows, columns, pixels);
      if (rows != height || columns != width) {
        image = image.resized(height, width);
      }
      byte[] labels = sample.labels();
      return List.of(image.samples(), new byte[] {labels[0]}, new byte[] {labels[1]});
    }

    private void open(String source) throws IOException {
      try (IdxReader reader = IdxReader.images(files.open(new Path(source)), source)) {
        rows = reader.height();
        columns = reader.width();
        images = reader.rest();
        name = source;
      }
    }
  }
}
