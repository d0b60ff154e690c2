package org.sparkmto.prediction;

import java.time.Duration;
import java.util.Map;

/**
 * What a prediction has left.
 *
 * @param output its directory
 * @param predicted samples with an answer
 * @param rejected how many images could not be decoded, by reason
 * @param pictures how many samples were drawn
 * @param elapsed from start to end
 */
public record PredictionSummary(
    String output, long predicted, Map<String, Long> rejected, int pictures, Duration elapsed) {}
