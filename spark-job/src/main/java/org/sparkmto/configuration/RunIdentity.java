package org.sparkmto.configuration;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What of a configuration must be the same for a checkpoint to be continued. */
final class RunIdentity {
  /** Sections that may change between a checkpoint and its resumption. */
  private static final Set<String> FREE =
      Set.of(
          "cluster",
          "checkpoint",
          "log",
          AnalyzeSection.NAME,
          "baselines",
          RetrainSection.NAME,
          TrackingSection.NAME);

  /** Keys of other sections that may. */
  private static final Set<String> FREE_KEYS =
      Set.of(
          "run.directory",
          "data.directory",
          "network." + ConfigurationKeys.RECOMPUTE,
          "network." + ConfigurationKeys.MEMORY_FORMAT,
          "training.epochs",
          "training.steps",
          TrainingSection.MICRO_BATCH_KEY,
          TrainingSection.HOURS);

  /** Those of them that an average of the last epochs depends on. */
  private static final Set<String> LENGTH = Set.of("training.epochs", "training.steps");

  /** Sections of later versions: unless they are set, a run is what it was before them. */
  private static final Set<String> LATER =
      Set.of(UpdateSection.NAME, StartSection.NAME, AverageSection.NAME);

  private RunIdentity() {}

  /** Keys and values as text, in alphabetical order: everything but where and how often. */
  static Map<String, String> of(Config config) {
    Map<String, String> identity = new TreeMap<>();
    boolean anyLength = config.getLong(AverageSection.NAME + "." + AverageSection.LAST_EPOCHS) == 0;
    for (Map.Entry<String, ConfigValue> entry : config.entrySet()) {
      String key = entry.getKey();
      String section = ConfigUtil.splitPath(key).get(0);
      boolean asBefore =
          (LATER.contains(section)
                  || SelectionSection.LATER.contains(key)
                  || key.equals("network." + ConfigurationKeys.DROPOUT)
                  || key.equals(StatisticsChoice.KEY)
                  || key.equals(StatisticsChoice.SAMPLES_KEY)
                  || key.equals(StatisticsChoice.NORMALISATION_KEY)
                  || key.equals(TrainingSection.PRECISION))
              && entry.getValue().equals(ConfigurationKeys.usual().getValue(key));
      if (!asBefore
          && !ScriptPlace.isPlace(config, key)
          && !FREE.contains(section)
          && (!FREE_KEYS.contains(key) || (!anyLength && LENGTH.contains(key)))) {
        identity.put(key, entry.getValue().render(ConfigRenderOptions.concise()));
      }
    }
    return identity;
  }
}
