package org.sparkmto.configuration;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.network.MemoryFormat;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.PassSettings;
import org.sparkmto.network.ScriptFiles;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Options;

/** Section {@code network}: which one, its options, and the weights that it starts from. */
public record NetworkSection(
    String name,
    Map<String, Object> options,
    String pretrained,
    double dropout,
    PassSettings.Recompute recompute,
    MemoryFormat memoryFormat,
    StatisticsChoice statistics) {

  /** Of RGB in [0, 255], as torchvision's models were trained with. */
  private static final ChannelStatistics IMAGENET =
      new ChannelStatistics(
          List.of(255 * 0.485, 255 * 0.456, 255 * 0.406),
          List.of(255 * 0.229, 255 * 0.224, 255 * 0.225));

  /**
   * @param keys those of the section itself
   * @param given options of the network
   */
  static NetworkSection of(Options keys, Map<String, Object> given) {
    String name = keys.text(ConfigurationKeys.NAME);
    ConfigurationSection.checked("network", () -> Architectures.known().entry(name).read(given));
    StatisticsChoice statistics = StatisticsChoice.of(keys);
    statistics.requireOwnStart(keys.text(ConfigurationKeys.PRETRAINED));
    return new NetworkSection(
        name,
        new TreeMap<>(given),
        keys.text(ConfigurationKeys.PRETRAINED),
        keys.number(ConfigurationKeys.DROPOUT),
        keys.choice(ConfigurationKeys.RECOMPUTE, PassSettings.Recompute.class),
        keys.choice(ConfigurationKeys.MEMORY_FORMAT, MemoryFormat.class),
        statistics);
  }

  /** File of weights that the backbone starts from. */
  public Optional<String> pretrainedFile() {
    return Optional.of(pretrained).filter(file -> !file.isEmpty());
  }

  /**
   * The network for some tasks; one of files has none of them yet.
   *
   * @throws ConfigurationException if it cannot take them
   */
  NetworkPlan plan(
      DatasetManifest manifest, List<Task> tasks, DataSection.Normalisation normalisation) {
    if (name.equals(ScriptFiles.NETWORK)) {
      statistics.requireNormalisation(name, false);
    }
    return ConfigurationSection.checked(
        "network",
        () -> {
          NetworkPlan plan =
              statistics.normalising(
                  NetworkPlan.of(Architectures.known().entry(name), options, manifest, tasks)
                      .dropping(dropout));
          if (!name.equals(ScriptFiles.NETWORK)) {
            plan.layout();
            statistics.requireNormalisation(name, plan.normalisesBatches());
          }
          return normalisation == DataSection.Normalisation.IMAGENET ? byImageNet(plan) : plan;
        });
  }

  private static NetworkPlan byImageNet(NetworkPlan plan) {
    Map<String, ChannelStatistics> statistics = new TreeMap<>();
    for (Column input : plan.inputs()) {
      if (input.type() != ElementType.UINT8 || input.shape().get(0) != IMAGENET.mean().size()) {
        throw new IllegalArgumentException(
            "data.normalisation = imagenet is for RGB images, not for " + input);
      }
      statistics.put(input.name(), IMAGENET);
    }
    return plan.normalised(statistics);
  }
}
