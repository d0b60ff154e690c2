package org.sparkmto.preprocessing.samples;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.ImageSize;

/**
 * What a generator is to write: a request with everything resolved.
 *
 * @param counts samples by split, in the order train, val, test
 * @param seed the same seed gives the same samples
 * @param size of the images; empty where the kind has one size
 * @param faults defects to be put in
 * @param fashionDirectory directory of Fashion-MNIST, if the user named one
 */
public record SamplesOrder(
    Map<String, Integer> counts,
    long seed,
    Optional<ImageSize> size,
    Faults faults,
    Optional<String> fashionDirectory) {
  public SamplesOrder {
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
  }

  /** What options of an entry say; those that it does not have are as usual. */
  static SamplesOrder of(Options options, long seed) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String split : List.of("train", "val", "test")) {
      counts.put(split, options.count(split));
    }
    Set<String> known = options.written().keySet();
    return new SamplesOrder(
        counts,
        seed,
        known.contains("size") ? options.optional("size", ImageSize.class) : Optional.empty(),
        known.contains("faults") ? options.value("faults", Faults.class) : Faults.NONE,
        known.contains("fashion-directory")
            ? options.optional("fashion-directory", String.class)
            : Optional.empty());
  }

  /** The defects of the training samples. */
  Faults.Chosen chosenFaults() {
    return faults.among(counts.getOrDefault("train", 0), seed);
  }
}
