package org.sparkmto.preprocessing.samples;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was generated.
 *
 * @param kind of samples
 * @param output directory of the raw data, with its file system
 * @param counts samples by split
 * @param source where the images of the garments come from
 * @param elapsed time that it took
 */
public record SamplesSummary(
    String kind, String output, Map<String, Integer> counts, String source, Duration elapsed) {
  public SamplesSummary {
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
  }
}
