package org.sparkmto.preprocessing.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.storage.StorageException;

/**
 * What to preprocess, and how.
 *
 * @param dataset one of {@link RawDatasets#known()}
 * @param raw directory of the raw data, on any file system that Hadoop knows
 * @param output directory of the shards
 * @param seed of the order of the samples
 * @param options choices that the data set leaves open, by name; empty for the usual ones
 * @param shards files of every split; without it, a number that depends on the data alone
 * @param rowGroupRows rows of a row group, the unit in which training reads and shuffles; without
 *     it, a number that suits the size of a sample
 * @param maxBad largest share of samples in quarantine, 0 to 1, with which the data set is finished
 * @param overwrite whether a finished data set may be replaced
 * @param links local directories to which links in the raw data may lead
 */
public record PreprocessingRequest(
    String dataset,
    String raw,
    String output,
    long seed,
    Config options,
    OptionalInt shards,
    OptionalInt rowGroupRows,
    double maxBad,
    boolean overwrite,
    List<String> links) {
  /** One bad sample in twenty. */
  public static final double USUAL_MAX_BAD = 0.05;

  public PreprocessingRequest {
    links = List.copyOf(links);
    check(!raw.isBlank(), "the directory of the raw data is not named");
    check(!output.isBlank(), "the directory of the shards is not named");
    shards.ifPresent(
        files -> check(files >= 1 && files <= 99_999, files + " shards are not in 1..99999"));
    rowGroupRows.ifPresent(
        rows -> check(rows >= 1, "row groups of " + rows + " rows are not possible"));
    check(maxBad >= 0 && maxBad <= 1, "a share of bad samples of " + maxBad + " is not in 0..1");
  }

  /** A request with the usual settings: seed 0, nothing overwritten. */
  public static PreprocessingRequest of(String dataset, String raw, String output) {
    return new PreprocessingRequest(
        dataset,
        raw,
        output,
        0,
        ConfigFactory.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        USUAL_MAX_BAD,
        false,
        List.of());
  }

  /**
   * The data set that is asked for.
   *
   * @throws PreprocessingException if there is none of this name, or an option is not possible
   */
  ChosenDataset chosen() {
    return ChosenDataset.of(RawDatasets.named(dataset), options);
  }

  /** This request with another seed. */
  public PreprocessingRequest withSeed(long value) {
    return new PreprocessingRequest(
        dataset, raw, output, value, options, shards, rowGroupRows, maxBad, overwrite, links);
  }

  /** This request with another value of an option of the data set. */
  public PreprocessingRequest withOption(String name, String value) {
    Config more = options.withValue(name, ConfigValueFactory.fromAnyRef(value));
    return withOptions(more);
  }

  /** This request with other options of the data set. */
  public PreprocessingRequest withOptions(Config value) {
    return new PreprocessingRequest(
        dataset, raw, output, seed, value, shards, rowGroupRows, maxBad, overwrite, links);
  }

  /** This request with another number of files per split. */
  public PreprocessingRequest withShards(int value) {
    return new PreprocessingRequest(
        dataset,
        raw,
        output,
        seed,
        options,
        OptionalInt.of(value),
        rowGroupRows,
        maxBad,
        overwrite,
        links);
  }

  /** This request with other row groups. */
  public PreprocessingRequest withRowGroupRows(int value) {
    return new PreprocessingRequest(
        dataset,
        raw,
        output,
        seed,
        options,
        shards,
        OptionalInt.of(value),
        maxBad,
        overwrite,
        links);
  }

  /** This request with another share of bad samples. */
  public PreprocessingRequest withMaxBad(double value) {
    return new PreprocessingRequest(
        dataset, raw, output, seed, options, shards, rowGroupRows, value, overwrite, links);
  }

  /** This request, replacing a finished data set. */
  public PreprocessingRequest overwriting() {
    return new PreprocessingRequest(
        dataset, raw, output, seed, options, shards, rowGroupRows, maxBad, true, links);
  }

  /** This request, with links in the raw data that may lead below some other directories. */
  public PreprocessingRequest followingLinks(List<String> directories) {
    return new PreprocessingRequest(
        dataset, raw, output, seed, options, shards, rowGroupRows, maxBad, overwrite, directories);
  }

  /**
   * Where the raw data are.
   *
   * @throws PreprocessingException if they are not there
   */
  RawRoot root(Configuration hadoop) {
    try {
      return RawRoot.of(raw, links, hadoop);
    } catch (IOException e) {
      throw PreprocessingException.storage(StorageException.of(raw, e));
    }
  }

  private static void check(boolean holds, String trouble) {
    if (!holds) {
      throw PreprocessingException.wrongUsage(trouble);
    }
  }
}
