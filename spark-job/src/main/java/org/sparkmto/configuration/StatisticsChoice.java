package org.sparkmto.configuration;

import java.util.List;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.network.BatchStatistics;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * Over which samples batch normalisation takes its statistics, as configured.
 *
 * @param ghostSamples of a group; 0 unless there are groups
 * @param whose of the samples of which tasks
 */
public record StatisticsChoice(Over over, int ghostSamples, Whose whose) {
  static final String STATISTICS = "statistics";
  static final String GHOST_SAMPLES = "ghost-samples";
  static final String NORMALISATION = "normalisation";

  /** The key that says over which samples statistics are taken. */
  public static final String KEY = "network." + STATISTICS;

  static final String NORMALISATION_KEY = "network." + NORMALISATION;
  static final String SAMPLES_KEY = "network." + GHOST_SAMPLES;

  /** What there is to choose from. */
  public enum Over {
    RANK,
    GHOST,
    SYNCHRONISED
  }

  /** Which tasks share a batch normalisation. */
  enum Whose {
    SHARED,
    TASK
  }

  static StatisticsChoice of(Options keys) {
    Over over = keys.choice(STATISTICS, Over.class);
    Whose whose = keys.choice(NORMALISATION, Whose.class);
    if (whose == Whose.TASK && over != Over.SYNCHRONISED) {
      throw new ConfigurationException(
          "%s = task normalises the images that a task has in the whole batch, and %s is %s; set %s = synchronised"
              .formatted(NORMALISATION_KEY, KEY, Option.spelled(over), KEY));
    }
    int samples = keys.count(GHOST_SAMPLES);
    if (over == Over.GHOST && samples == 0) {
      throw new ConfigurationException(
          "%s = ghost needs %s, the samples of a group; set it, for example to 16"
              .formatted(KEY, SAMPLES_KEY));
    }
    if (over != Over.GHOST && samples > 0) {
      throw new ConfigurationException(
          "%s = %d is for %s = ghost, and that is %s; set one of them"
              .formatted(SAMPLES_KEY, samples, KEY, Option.spelled(over)));
    }
    return new StatisticsChoice(over, samples, whose);
  }

  /** What a replica is told. */
  BatchStatistics over(BatchStatistics.RankSum sum) {
    return switch (over) {
      case RANK -> BatchStatistics.ofRank();
      case GHOST -> BatchStatistics.ofGroups(ghostSamples);
      case SYNCHRONISED -> BatchStatistics.ofBatch(sum);
    };
  }

  /**
   * Checks that every rank has whole groups, and equally many, of every part of a batch.
   *
   * @throws ConfigurationException if not
   */
  public void requireWholeGroups(int batch, int parts, int ranks) {
    if (!hasWholeGroups(batch, parts, ranks)) {
      throw new ConfigurationException(
          "training.batch = %d is not a multiple of %d = %s = %d%s%s: a group would lie on two of them; change one"
              .formatted(
                  batch,
                  unit(parts, ranks),
                  SAMPLES_KEY,
                  ghostSamples,
                  ranks == 1 ? "" : " times " + ranks + " ranks",
                  parts == 1 ? "" : " times " + parts + " parts of a batch"));
    }
  }

  /** Whether they have. */
  public boolean hasWholeGroups(int batch, int parts, int ranks) {
    return over != Over.GHOST || batch % unit(parts, ranks) == 0;
  }

  private long unit(int parts, int ranks) {
    return (long) ghostSamples * parts * ranks;
  }

  /**
   * Checks that pieces of a rank's part of a batch have the statistics that all of it has.
   *
   * @param microBatch samples of a piece; 0 for everything at once
   * @throws ConfigurationException if not
   */
  void requirePieces(int microBatch) {
    if (microBatch > 0 && over == Over.SYNCHRONISED) {
      throw new ConfigurationException(
          "%s = %d: %s = synchronised needs the whole batch at once; set ghost, or leave %s out"
              .formatted(
                  TrainingSection.MICRO_BATCH_KEY,
                  microBatch,
                  KEY,
                  TrainingSection.MICRO_BATCH_KEY));
    }
    if (over == Over.GHOST && microBatch % ghostSamples != 0) {
      throw new ConfigurationException(
          "%s = %d is not a multiple of %s = %d: a group would lie in two pieces; change one"
              .formatted(TrainingSection.MICRO_BATCH_KEY, microBatch, SAMPLES_KEY, ghostSamples));
    }
  }

  /** The network with the batch normalisation that is chosen. */
  NetworkPlan normalising(NetworkPlan plan) {
    return whose == Whose.TASK ? plan.normalisingByTask() : plan;
  }

  /**
   * Looks whether there can be samples with labels of one task alone, as far as counts tell; what
   * they do not tell a step does.
   *
   * @throws ConfigurationException if there are more labels than samples
   */
  public void requireOneTaskEach(DatasetManifest manifest, List<Task> tasks, String split) {
    long samples = manifest.split(split).rows();
    long labelled = 0;
    for (Task task : tasks) {
      LabelHistogram histogram = manifest.histograms().get(task.name());
      boolean ofSamples = task.kind() == TaskKind.CLASSIFICATION || task.kind() == TaskKind.BINARY;
      labelled += ofSamples && histogram != null ? histogram.labelled() : 0;
    }
    if (whose == Whose.TASK && labelled > samples) {
      throw new ConfigurationException(
          "%s = task is for data sets in which each sample has labels of one task; the %d samples of split '%s' have %d labels, so some have those of several; leave it out"
              .formatted(NORMALISATION_KEY, samples, split, labelled));
    }
  }

  /**
   * Refuses weights from elsewhere, whose batch normalisation is one for all.
   *
   * @param pretrained the file of them; empty if there is none
   */
  void requireOwnStart(String pretrained) {
    if (whose == Whose.TASK && !pretrained.isEmpty()) {
      throw new ConfigurationException(
          "%s = task cannot start from network.%s, which has one batch normalisation and not one for each task; leave one of them out"
              .formatted(NORMALISATION_KEY, ConfigurationKeys.PRETRAINED));
    }
  }

  /**
   * Refuses a choice for a network that does not know of it.
   *
   * @param normalises whether the network has batch normalisation that can be told
   * @throws ConfigurationException naming the network
   */
  void requireNormalisation(String network, boolean normalises) {
    if (over != Over.RANK && !normalises) {
      throw new ConfigurationException(
          "%s = %s: network '%s' has no batch normalisation of this program that could be told so;"
                  .formatted(KEY, Option.spelled(over), network)
              + " leave it out");
    }
  }
}
