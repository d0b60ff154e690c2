package org.sparkmto.preprocessing.samples;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.sparkmto.options.Entry;
import org.sparkmto.options.OptionException;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;

/**
 * Which raw data set to generate.
 *
 * @param kind one of {@link SampleGeneration#known()}
 * @param output directory of the raw data, on any file system that Hadoop knows
 * @param seed the same seed gives the same samples
 * @param train number of training samples; without it, the kind's usual number
 * @param val number of validation samples; without it, the kind's usual number
 * @param test number of test samples; without it, the kind's usual number
 * @param size of the images; without it, the kind's usual size
 * @param faults defects to be put into training samples
 * @param fashionDirectory directory of the four files of Fashion-MNIST; without it, the installed
 *     or else the built-in images
 * @param overwrite whether finished samples may be replaced
 */
public record SamplesRequest(
    String kind,
    String output,
    long seed,
    OptionalInt train,
    OptionalInt val,
    OptionalInt test,
    Optional<ImageSize> size,
    Faults faults,
    Optional<String> fashionDirectory,
    boolean overwrite) {
  /** Most samples of all splits together: their names have six digits. */
  public static final int MAX_TOTAL = 999_999;

  public SamplesRequest {
    if (output.isBlank()) {
      throw PreprocessingException.wrongUsage("the directory of the samples is not named");
    }
    long total = (long) train.orElse(1) + val.orElse(0) + test.orElse(0);
    if (train.orElse(1) < 1 || val.orElse(0) < 0 || test.orElse(0) < 0 || total > MAX_TOTAL) {
      throw PreprocessingException.wrongUsage(
          "samples are counted from 1 (training) or 0 (others), to "
              + MAX_TOTAL
              + " in all; not "
              + train
              + ", "
              + val
              + ", "
              + test);
    }
  }

  /** A request with the usual numbers of samples: seed 0, nothing overwritten. */
  public static SamplesRequest of(String kind, String output) {
    return new SamplesRequest(
        kind,
        output,
        0,
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        Faults.NONE,
        Optional.empty(),
        false);
  }

  /**
   * The kind that is asked for.
   *
   * @throws PreprocessingException if there is none of this name
   */
  Entry<SampleGenerator> entry() {
    try {
      return SampleGeneration.known().entry(kind);
    } catch (IllegalArgumentException e) {
      throw PreprocessingException.wrongUsage(e.getMessage());
    }
  }

  /**
   * What was chosen, and the usual values of the kind for the rest.
   *
   * @throws PreprocessingException if the kind has no such option, or its value is not possible
   */
  SamplesOrder order() {
    Map<String, Object> given = new TreeMap<>();
    train.ifPresent(count -> given.put("train", count));
    val.ifPresent(count -> given.put("val", count));
    test.ifPresent(count -> given.put("test", count));
    size.ifPresent(value -> given.put("size", value));
    fashionDirectory.ifPresent(value -> given.put("fashion-directory", value));
    if (faults.total() > 0) {
      given.put("faults", faults);
    }
    try {
      return SamplesOrder.of(entry().read(given), seed);
    } catch (OptionException e) {
      throw PreprocessingException.wrongUsage(e.getMessage());
    }
  }

  /** This request with other numbers of samples. */
  public SamplesRequest withCounts(int newTrain, int newVal, int newTest) {
    return new SamplesRequest(
        kind,
        output,
        seed,
        OptionalInt.of(newTrain),
        OptionalInt.of(newVal),
        OptionalInt.of(newTest),
        size,
        faults,
        fashionDirectory,
        overwrite);
  }

  /** This request with another seed. */
  public SamplesRequest withSeed(long value) {
    return new SamplesRequest(
        kind, output, value, train, val, test, size, faults, fashionDirectory, overwrite);
  }

  /** This request with the images of a directory. */
  public SamplesRequest withFashionDirectory(String directory) {
    return new SamplesRequest(
        kind, output, seed, train, val, test, size, faults, Optional.of(directory), overwrite);
  }

  /** This request with images of another size. */
  public SamplesRequest withSize(ImageSize value) {
    return new SamplesRequest(
        kind,
        output,
        seed,
        train,
        val,
        test,
        Optional.of(value),
        faults,
        fashionDirectory,
        overwrite);
  }

  /** This request with defects. */
  public SamplesRequest withFaults(Faults value) {
    return new SamplesRequest(
        kind, output, seed, train, val, test, size, value, fashionDirectory, overwrite);
  }

  /** This request, replacing finished samples. */
  public SamplesRequest overwriting() {
    return new SamplesRequest(
        kind, output, seed, train, val, test, size, faults, fashionDirectory, true);
  }
}
