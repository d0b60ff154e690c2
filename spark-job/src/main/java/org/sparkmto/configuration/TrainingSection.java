package org.sparkmto.configuration;

import java.util.Set;
import org.sparkmto.network.BatchStatistics;
import org.sparkmto.network.PassSettings;
import org.sparkmto.network.Precision;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code training}: how long, and in which batches. */
public record TrainingSection(
    int epochs, int steps, int batch, int microBatch, double hours, Precision precision) {
  static final String MICRO_BATCH = "micro-batch";

  /** The key of how many samples go through the network at once. */
  public static final String MICRO_BATCH_KEY = "training." + MICRO_BATCH;

  static final String HOURS = "training.hours";
  static final String PRECISION = "training.precision";

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "training",
          "",
          Option.of("epochs", Option.count(0), 10, "Length of the run, unless steps is above 0."),
          Option.of("steps", Option.count(0), 0, "Length of the run in steps; 0 counts epochs."),
          Option.of(
              "batch",
              Option.count(1),
              128,
              "Samples of one step over all ranks. A last incomplete batch of an epoch is left"
                  + " out."),
          Option.of(
              MICRO_BATCH,
              Option.count(0),
              0,
              "Samples that a rank takes through the network at a time, at most; of more no"
                  + " activations are in memory. 0: its part of the batch at once. Steps are the"
                  + " same up to rounding and take one more forward pass; but batch normalisation"
                  + " with network.statistics = rank sees these samples alone, with ghost it sees"
                  + " its groups."),
          Option.of(
              "hours",
              Option.notNegative(),
              0,
              "Hours after which the run ends at the next step, with a checkpoint and a model, and"
                  + " exit code 0; --resume goes on and has as many again. Counted for each run"
                  + " from when it begins or is resumed; 0 sets no limit."),
          Option.of(
              "precision",
              Option.choice(Precision.class),
              Precision.FLOAT32,
              "In which numbers the network computes in training: float32, or bf16, which is"
                  + " PyTorch's autocast to bfloat16 for convolutions and linear layers and what is"
                  + " between them. Parameters, z, losses, Gram matrices, combined gradients and"
                  + " updates stay of 32 bits, and nothing is scaled; evaluation computes in 32"
                  + " bits."));

  /**
   * How passes of a network are made.
   *
   * @param sum over the ranks that make them
   */
  public PassSettings passes(NetworkSection network, BatchStatistics.RankSum sum) {
    return new PassSettings(
        network.recompute(),
        precision,
        network.memoryFormat(),
        network.statistics().over(sum),
        Set.of());
  }

  static TrainingSection of(Options options) {
    TrainingSection section =
        new TrainingSection(
            options.count("epochs"),
            options.count("steps"),
            options.count("batch"),
            options.count(MICRO_BATCH),
            options.number("hours"),
            options.choice("precision", Precision.class));
    if (section.epochs == 0 && section.steps == 0) {
      throw new ConfigurationException("training.epochs and training.steps are both 0: no step");
    }
    return section;
  }
}
