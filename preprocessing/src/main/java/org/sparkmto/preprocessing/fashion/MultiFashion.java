package org.sparkmto.preprocessing.fashion;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
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
  /** Name, options and maker. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "multi-fashion",
          "Two overlapping garments, 2 tasks of 10 classes: IDX files of `samples multi-fashion`.",
          List.of(
              Option.orAbsent(
                  "size",
                  ImageSize.KIND,
                  "Stored size of the images; without it, that of the file.")),
          MultiFashion::new);

  private static final String IMAGE = "image";
  private static final List<String> SPLITS = List.of("train", "val", "test");
  private static final List<String> SIDES = List.of("left", "right");
  private static final int MISSING = 255;

  /** Ten times the usual training split: what the driver can list in 1 GB. */
  private static final int MAX_IMAGES = 1_000_000;

  /** The images that tasks of this JVM have open, by list and file. */
  private static final Map<String, WeakReference<Images>> HELD = new HashMap<>();

  /** Name of a split's image file, without {@code .gz}. */
  public static String imageFile(String split) {
    return split + "-images-idx3-ubyte";
  }

  /** Name of a split's label file for the left or right garment, without {@code .gz}. */
  public static String labelFile(String split, String side) {
    return split + "-" + side + "-labels-idx1-ubyte";
  }

  private final Options options;

  private MultiFashion(Options options) {
    this.options = options;
  }

  @Override
  public RawContents list(Path root, RawFiles files) throws IOException {
    int classes = FashionMnist.CLASSES.size();
    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    int[] shape = null;
    for (String split : SPLITS) {
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
      if (found[0] > MAX_IMAGES) {
        throw PreprocessingException.failed(
            name + " holds " + found[0] + " images; at most " + MAX_IMAGES + " are listed");
      }
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
    ImageSize size =
        options.optional("size", ImageSize.class).orElse(new ImageSize(shape[1], shape[2]));
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
    String listing = UUID.randomUUID().toString();
    return new RawContents(
            columns, tasks, samples, refused, opened -> new Reader(opened, listing, height, width))
        .expecting(SPLITS);
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
            path
                + " holds "
                + Counted.of(labels.count(), "label")
                + " for "
                + Counted.of(count, "image"));
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

  /** All images of a file. */
  private static final class Images {
    private final int rows;
    private final int columns;
    private final byte[] pixels;

    private Images(String source, RawFiles files) throws IOException {
      try (IdxReader reader = IdxReader.images(files.open(new Path(source)), source)) {
        rows = reader.height();
        columns = reader.width();
        pixels = reader.rest();
      }
    }

    private Image image(long index) {
      int area = rows * columns;
      int from = Math.toIntExact(index * area);
      return new Image(1, rows, columns, Arrays.copyOfRange(pixels, from, from + area));
    }
  }

  /**
   * Keeps the file of the last sample in memory, because samples come in random order and a
   * compressed file can only be read from its start. Tasks of a JVM share it.
   */
  private static final class Reader implements SampleReader {
    private final RawFiles files;
    private final String listing;
    private final int height;
    private final int width;
    private String name = "";
    private Images images;

    Reader(RawFiles files, String listing, int height, int width) {
      this.files = files;
      this.listing = listing;
      this.height = height;
      this.width = width;
    }

    @Override
    public List<byte[]> read(RawSample sample) throws IOException {
      if (!name.equals(sample.source())) {
        images = null; // not two files at once
        images = held(sample.source());
        name = sample.source();
      }
      Image image = images.image(sample.index());
      if (image.height() != height || image.width() != width) {
        image = image.resized(height, width);
      }
      byte[] labels = sample.labels();
      return List.of(image.samples(), new byte[] {labels[0]}, new byte[] {labels[1]});
    }

    private Images held(String source) throws IOException {
      synchronized (HELD) {
        HELD.values().removeIf(reference -> reference.refersTo(null));
        String key = listing + source;
        Images shared = HELD.containsKey(key) ? HELD.get(key).get() : null;
        if (shared == null) {
          shared = new Images(source, files);
          HELD.put(key, new WeakReference<>(shared));
        }
        return shared;
      }
    }
  }
}
