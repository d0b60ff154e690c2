package org.sparkmto.preprocessing.fashion;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.sparkmto.naming.Counted;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.random.Draws;

/**
 * Fashion-MNIST (Xiao, Rasul and Vollgraf, arXiv:1708.07747): real photographs of garments in ten
 * classes. The 10,000 test images travel with this library; all 70,000 are used where they are
 * installed.
 *
 * @param garments source images by split; no image is in two splits
 * @param origin where they come from, for provenance
 */
public record FashionMnist(Map<String, Garments> garments, String origin) {
  /** Names of the classes, by label. */
  public static final List<String> CLASSES =
      List.of(
          "t_shirt",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle_boot");

  /** Where the Debian package {@code dataset-fashion-mnist} puts the files. */
  public static final String INSTALLED = "file:///usr/share/datasets/fashion-mnist";

  /** The split of the source images never changes with the seed of what is made of them. */
  private static final Draws SPLITTING = Draws.of(0).of("fashion-mnist sources");

  private static final int FULL_VALIDATION = 5_000;
  private static final int SHIPPED_TRAIN = 8_000;
  private static final int SHIPPED_VALIDATION = 500;

  /**
   * Finds the images: in the directory that is named, else where the system has installed them,
   * else those that travel with this library.
   *
   * @param directory holds {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code
   *     t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte}, with or without {@code .gz}
   * @throws PreprocessingException if a named directory does not hold them, or a file is damaged
   */
  public static FashionMnist find(Optional<String> directory, RawFiles files) throws IOException {
    if (directory.isPresent()) {
      return full(files.directory(directory.get()), files);
    }
    if (files.isDirectory(new Path(INSTALLED))) {
      return full(new Path(INSTALLED), files);
    }
    return shipped();
  }

  /** The 10,000 images of this library: 8,000 to train, 500 to validate, 1,500 to test. */
  public static FashionMnist shipped() throws IOException {
    Garments all =
        garments(
            resource("t10k-images-idx3-ubyte.gz"),
            resource("t10k-labels-idx1-ubyte.gz"),
            "the built-in Fashion-MNIST images");
    int[] order = SPLITTING.permutation(all.count());
    int validation = SHIPPED_TRAIN + SHIPPED_VALIDATION;
    Map<String, Garments> splits = new LinkedHashMap<>();
    splits.put("train", all.chosen(order, 0, SHIPPED_TRAIN));
    splits.put("val", all.chosen(order, SHIPPED_TRAIN, validation));
    splits.put("test", all.chosen(order, validation, all.count()));
    return new FashionMnist(splits, "built-in: the 10,000 test images of Fashion-MNIST");
  }

  private static FashionMnist full(Path directory, RawFiles files) throws IOException {
    Garments all = garments(directory, "train", files);
    Garments test = garments(directory, "t10k", files);
    int train = all.count() - Math.min(FULL_VALIDATION, all.count() / 2);
    int[] order = SPLITTING.permutation(all.count());
    Map<String, Garments> splits = new LinkedHashMap<>();
    splits.put("train", all.chosen(order, 0, train));
    splits.put("val", all.chosen(order, train, all.count()));
    splits.put("test", test);
    return new FashionMnist(splits, directory.toString());
  }

  private static Garments garments(Path directory, String part, RawFiles files) throws IOException {
    Path images = file(directory, part + "-images-idx3-ubyte", files);
    Path labels = file(directory, part + "-labels-idx1-ubyte", files);
    return garments(files.open(images), files.open(labels), images.toString());
  }

  private static Garments garments(InputStream imageFile, InputStream labelFile, String name)
      throws IOException {
    try (IdxReader images = IdxReader.images(imageFile, name);
        IdxReader labels = IdxReader.labels(labelFile, "the label file of " + name)) {
      if (images.height() != Garments.SIDE || images.width() != Garments.SIDE) {
        throw PreprocessingException.failed(
            name + " holds images of " + images.height() + "x" + images.width() + ", not 28x28");
      }
      if (images.count() != labels.count() || images.count() < 2) {
        throw PreprocessingException.failed(
            name
                + " holds "
                + Counted.of(images.count(), "image")
                + " for "
                + Counted.of(labels.count(), "label"));
      }
      byte[] classes = labels.rest();
      for (byte label : classes) {
        if (label < 0 || label >= CLASSES.size()) {
          throw PreprocessingException.failed(
              "the label file of " + name + " holds the label " + (label & 0xff));
        }
      }
      return new Garments(images.rest(), classes);
    }
  }

  private static Path file(Path directory, String name, RawFiles files) throws IOException {
    return files
        .first(List.of(new Path(directory, name + ".gz"), new Path(directory, name)))
        .orElseThrow(
            () ->
                PreprocessingException.wrongUsage(
                    directory + " holds neither " + name + ".gz nor " + name));
  }

  private static InputStream resource(String name) throws IOException {
    InputStream stream = FashionMnist.class.getResourceAsStream(name);
    if (stream == null) {
      throw new FileNotFoundException(name + " is not in the jar of this library");
    }
    return stream;
  }
}
