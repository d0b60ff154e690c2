package org.sparkmto.prediction;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ImagePreparation;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.DecodingMemory;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.ImageFile;
import org.sparkmto.preprocessing.image.ImageReading;

/**
 * Image files as a network takes them.
 *
 * @param root directory of the files; nothing outside of it is read
 * @param encoded where the file of an image is
 * @param column the network's input
 * @param preparation what becomes of a file
 */
record ImageInput(RawRoot root, EncodedImages encoded, Column column, ImagePreparation preparation)
    implements Serializable {

  /**
   * The input of a network that sees one image of bytes.
   *
   * @param prepared how images become a column, if they can
   * @throws ConfigurationException if the network sees anything else
   */
  static ImageInput of(
      RawRoot root, List<Column> inputs, Function<Column, Optional<ImagePreparation>> prepared) {
    if (inputs.size() != 1) {
      throw new ConfigurationException(
          "the network takes %d inputs %s, and here are single images; predict a split of shards"
              .formatted(inputs.size(), inputs.stream().map(Column::name).toList()));
    }
    Column column = inputs.get(0);
    ImagePreparation preparation =
        prepared
            .apply(column)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        ("the network takes '%s' of %s and shape %s, an image file gives uint8 of"
                                + " 1 or 3 channels; predict a split of shards")
                            .formatted(column.name(), column.type().label(), column.shape())));
    ImageInput input = new ImageInput(root, new EncodedImages.OfFolder(), column, preparation);
    input.filter(); // which may be one that is not known
    return input;
  }

  /** This input for files of another directory. */
  ImageInput below(RawRoot directory) {
    return new ImageInput(directory, encoded, column, preparation);
  }

  /** This input for images that are elsewhere. */
  ImageInput from(EncodedImages others) {
    return new ImageInput(root, others, column, preparation);
  }

  /**
   * The input for an image.
   *
   * @throws UnreadableSampleException if it cannot be decoded, now or ever
   */
  byte[] read(RawSample image, Configuration hadoop) throws UnreadableSampleException, IOException {
    try {
      return decoded(image, hadoop);
    } catch (UnreadableSampleException e) {
      throw new UnreadableSampleException(e.reason(), encoded.place(image) + e.getMessage());
    }
  }

  private byte[] decoded(RawSample sample, Configuration hadoop)
      throws UnreadableSampleException, IOException {
    try (DecodingMemory.Sample memory = DecodingMemory.sample()) {
      return decoded(encoded.read(sample, root.files(hadoop), mostBytes()));
    }
  }

  /**
   * The input for the content of a file.
   *
   * @throws UnreadableSampleException if it cannot be decoded
   */
  byte[] decode(byte[] file) throws UnreadableSampleException {
    try (DecodingMemory.Sample memory = DecodingMemory.sample()) {
      return decoded(file);
    }
  }

  /**
   * The input for a file below the root.
   *
   * @param name relative to the root
   * @throws UnreadableSampleException if it is not there, or elsewhere, or cannot be decoded
   */
  byte[] read(String name, Configuration hadoop) throws UnreadableSampleException, IOException {
    try (DecodingMemory.Sample memory = DecodingMemory.sample()) {
      Path file =
          new Path(root.path(), new Path(null, null, root.relative(name))); // may hold a colon
      return decoded(root.files(hadoop).read(file, mostBytes()));
    }
  }

  private int mostBytes() {
    return reading().mostBytes(ImageFile.MAX_FILE);
  }

  private byte[] decoded(byte[] file) throws UnreadableSampleException {
    ImageReading reading = reading();
    Image image =
        preparation.upright()
            ? ImageFile.decodeUpright(file, reading)
            : ImageFile.decode(file, reading);
    Image resized = image.resized(preparation.height(), preparation.width(), filter());
    return preparation.gray() ? ImageFile.gray(resized) : resized.samples();
  }

  private ImageReading reading() {
    ImageReading reading = ImageReading.upTo(preparation.mostPixels());
    List<Double> levels = preparation.levels();
    return levels.isEmpty() ? reading : reading.withLevels(levels.get(0), levels.get(1));
  }

  private Filter filter() {
    for (Filter filter : Filter.values()) {
      if (filter.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(preparation.filter())) {
        return filter;
      }
    }
    throw new ConfigurationException(
        "images were brought to their size by filter '%s', which this version does not know"
            .formatted(preparation.filter()));
  }
}
