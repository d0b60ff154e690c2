package org.sparkmto.prediction;

import java.io.IOException;
import java.io.Serializable;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.DecodingMemory;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.ImageFile;

/**
 * Image files as a network takes them.
 *
 * @param root directory of the files; nothing outside of it is read
 * @param column the network's input
 * @param filter how images change their size
 */
record ImageInput(String root, Column column, Filter filter) implements Serializable {
  private static final String FILTER_SETTING = "option.image-filter";

  /**
   * The input of a network that sees one image of bytes. Images change their size as those of the
   * data set did; antialiased, if the data set does not say how.
   *
   * @throws ConfigurationException if the network sees anything else
   */
  static ImageInput of(Path root, NetworkPlan plan, DatasetManifest contents) {
    if (plan.inputs().size() != 1) {
      throw new ConfigurationException(
          "the network takes %d inputs %s, a folder gives it one image; name shards with --data"
              .formatted(plan.inputs().size(), plan.inputs().stream().map(Column::name).toList()));
    }
    Column column = plan.inputs().get(0);
    boolean image =
        column.type() == ElementType.UINT8
            && column.shape().size() == 3
            && (column.shape().get(0) == 1 || column.shape().get(0) == 3);
    if (!image) {
      throw new ConfigurationException(
          "the network takes '%s' of %s and shape %s, an image file gives uint8 of 1 or 3 channels;"
                  .formatted(column.name(), column.type().label(), column.shape())
              + " name shards with --data");
    }
    return new ImageInput(root.toString(), column, filter(contents));
  }

  private static Filter filter(DatasetManifest contents) {
    String setting = contents.settings().getOrDefault(FILTER_SETTING, "antialiased");
    for (Filter filter : Filter.values()) {
      if (filter.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(setting)) {
        return filter;
      }
    }
    return Filter.ANTIALIASED;
  }

  /**
   * The input for a file.
   *
   * @param name relative to the root
   * @throws UnreadableSampleException if it cannot be decoded, now or ever
   */
  byte[] read(String name, Configuration hadoop) throws UnreadableSampleException, IOException {
    Path directory = new Path(root);
    try (DecodingMemory.Sample memory = DecodingMemory.sample()) {
      RawFiles files = new RawFiles(hadoop).within(directory);
      Image image =
          ImageFile.decode(files.read(ImageFolder.path(directory, name), ImageFile.MAX_FILE));
      Image resized = image.resized(column.shape().get(1), column.shape().get(2), filter);
      return column.shape().get(0) == 1 ? ImageFile.gray(resized) : resized.samples();
    }
  }
}
