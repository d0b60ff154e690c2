package org.sparkmto.configuration;

import org.sparkmto.network.ParameterLayout;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * Section {@code analyze}: in which steps the gradients of tasks and samples are looked at for
 * themselves.
 *
 * @param every in every how many steps; 0 for never
 * @param samples how many single samples of the batch are compared; 0 for none
 */
public record AnalyzeSection(int every, int samples) {
  /** Its name. */
  public static final String NAME = "analyze";

  private static final String EVERY = "every";
  private static final String SAMPLES = "samples";

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          NAME,
          "",
          Option.of(
              EVERY,
              Option.count(0),
              0,
              "In every how many steps the gradients are analysed, with any method: how those of"
                  + " the tasks, and of single samples, agree in direction and length, and what"
                  + " each task contributes to the update, by layer and stage and for the whole"
                  + " shared part. 0 means never. The training keeps its bits. Such a step takes a"
                  + " forward pass and K x (1 + analyze.samples) backward passes more; see"
                  + " docs/analysis.md."),
          Option.of(
              SAMPLES,
              Option.count(0),
              4,
              "How many single samples of such a step's batch are compared, drawn by seed and step;"
                  + " 0 means none, only the tasks' mean gradients. While it looks, a rank keeps"
                  + " its share of K x (1 + samples) gradients of the shared part."));

  static AnalyzeSection of(Options options) {
    return new AnalyzeSection(options.count(EVERY), options.count(SAMPLES));
  }

  /**
   * Checks that a batch has the samples.
   *
   * @throws ConfigurationException if not
   */
  void check(int batch) {
    if (every > 0 && samples > batch) {
      throw new ConfigurationException(
          "analyze.samples = %d are more than the %d of training.batch".formatted(samples, batch));
    }
  }

  /** Whether gradients are analysed in this step. */
  public boolean isDue(long step) {
    return every > 0 && step % every == 0;
  }

  /** Floats that a rank keeps while it looks, beside those of the training. */
  public long floatsPerRank(ParameterLayout layout, int ranks) {
    return every == 0 ? 0 : layout.shared() * ((1L + samples) * layout.heads().size() / ranks + 2L);
  }
}
