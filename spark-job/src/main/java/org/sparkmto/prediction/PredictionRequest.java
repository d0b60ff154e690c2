package org.sparkmto.prediction;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.sparkmto.configuration.Preference;
import org.sparkmto.preprocessing.own.ImageTable;

/**
 * What is to be predicted, and where the answers go.
 *
 * @param run directory of a finished run
 * @param source the samples
 * @param data directory of a data set, if not the one the model was trained on: that of the
 *     samples, or, for a folder of images, that which says what the tasks are
 * @param preference what a network is asked for whose method tells it one; without it, what is
 *     usual
 * @param output directory of the prediction
 * @param pictures the samples that are drawn
 * @param maps whether every map is written as a PNG file, too
 * @param csv whether answers about whole samples are written as a CSV file, too
 * @param partitions tasks of Spark, each of which loads the network; without it, as many as run at
 *     the same time
 * @param maxBad largest share of images that cannot be decoded with which the prediction is
 *     finished
 * @param overwrite whether a finished prediction may be replaced
 */
public record PredictionRequest(
    String run,
    Source source,
    Optional<String> data,
    Optional<Preference> preference,
    String output,
    Drawn pictures,
    boolean maps,
    boolean csv,
    OptionalInt partitions,
    double maxBad,
    boolean overwrite) {
  /** Most samples that are drawn. */
  public static final int MOST_PICTURES = 500;

  /**
   * @throws IllegalArgumentException naming the part that is wrong
   */
  public PredictionRequest {
    if (!(maxBad >= 0 && maxBad <= 1)) {
      throw new IllegalArgumentException("max-bad " + maxBad + " is not a share from 0 to 1");
    }
    if (partitions.isPresent() && partitions.getAsInt() < 1) {
      throw new IllegalArgumentException("partitions " + partitions.getAsInt() + " are too few");
    }
  }

  /** Where samples come from. */
  public sealed interface Source {
    /** A split of the data set. */
    record Split(String name) implements Source {}

    /**
     * All .png, .jpg and .jpeg files in a folder and the folders in it.
     *
     * @param links local directories to which links in it may lead
     */
    record Folder(String directory, List<String> links) implements Source {
      public Folder {
        links = List.copyOf(links);
      }
    }

    /**
     * The images that a table names or holds.
     *
     * @param name of the table, see {@link ImageTable.Named}
     * @param images directory in which its paths start; without it, that of the table
     * @param column of paths or encoded files; without it, the one that is called as the network's
     *     input
     * @param id column of identities
     * @param separator between fields of a CSV file
     * @param encoding of a CSV file
     * @param links local directories to which links may lead
     */
    record Table(
        String name,
        Optional<String> images,
        Optional<String> column,
        Optional<String> id,
        Optional<String> separator,
        Optional<String> encoding,
        List<String> links)
        implements Source {
      public Table {
        links = List.copyOf(links);
      }

      /** The table, with a column of images. */
      ImageTable.Named named(String image) {
        return new ImageTable.Named(name, image, id, separator, encoding);
      }

      /** Directory in which its paths start. */
      String root() {
        return images.orElseGet(() -> named("").directory());
      }
    }
  }

  /**
   * Which samples are drawn.
   *
   * @param count the first ones in the order of the source
   * @param ids or, if there are any, these
   */
  public record Drawn(int count, List<String> ids) {
    /**
     * @throws IllegalArgumentException if they are more than {@value #MOST_PICTURES}
     */
    public Drawn {
      ids = List.copyOf(ids);
      if (count < 0 || count > MOST_PICTURES || ids.size() > MOST_PICTURES) {
        throw new IllegalArgumentException(
            "pictures are drawn of 0 to " + MOST_PICTURES + " samples");
      }
    }

    /** The first samples. */
    public static Drawn first(int count) {
      return new Drawn(count, List.of());
    }

    /**
     * Reads a number of samples, or identities with commas between them.
     *
     * @throws IllegalArgumentException if they are too many, or none
     */
    public static Drawn parse(String text) {
      if (text.matches("\\d{1,9}")) {
        return first(Integer.parseInt(text));
      }
      List<String> ids =
          java.util.Arrays.stream(text.split(",")).filter(id -> !id.isBlank()).toList();
      if (ids.isEmpty()) {
        throw new IllegalArgumentException(
            "'" + text + "' is neither a number of samples nor a list of identities");
      }
      return new Drawn(0, ids);
    }
  }
}
