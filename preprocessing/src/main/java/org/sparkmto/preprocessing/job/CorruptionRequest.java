package org.sparkmto.preprocessing.job;

import java.util.LinkedHashSet;
import java.util.List;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.corruption.CorruptionCondition;

/**
 * Which corrupted data sets to make of a finished one.
 *
 * @param dataset directory of the finished one
 * @param output directory below which they go, each in a folder with the label of its condition; or
 *     that of the only one, if conditions are mixed
 * @param conditions which corruptions at which severities
 * @param splits whose samples they have
 * @param seed of what is drawn
 * @param mixed whether to make one data set in which every sample has one of the conditions, drawn
 *     for it
 * @param overwrite whether finished data sets may be replaced
 */
public record CorruptionRequest(
    String dataset,
    String output,
    List<CorruptionCondition> conditions,
    List<String> splits,
    long seed,
    boolean mixed,
    boolean overwrite) {
  public CorruptionRequest {
    conditions = List.copyOf(conditions);
    splits = List.copyOf(splits);
    if (dataset.isBlank() || output.isBlank()) {
      throw PreprocessingException.wrongUsage("a directory is not named");
    }
    if (conditions.isEmpty() || splits.isEmpty()) {
      throw PreprocessingException.wrongUsage("name a condition and a split, or more");
    }
    if (new LinkedHashSet<>(splits).size() < splits.size()) {
      throw PreprocessingException.wrongUsage("a split is named twice: " + splits);
    }
  }
}
