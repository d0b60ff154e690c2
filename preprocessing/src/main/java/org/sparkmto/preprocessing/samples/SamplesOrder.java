package org.sparkmto.preprocessing.samples;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
record SamplesOrder(
    Map<String, Integer> counts,
    long seed,
    Optional<ImageSize> size,
    Faults faults,
    Optional<String> fashionDirectory) {
  SamplesOrder {
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
  }

  /** The defects of the training samples. */
  Faults.Chosen chosenFaults() {
    return faults.among(counts.getOrDefault("train", 0), seed);
  }
}
