package org.sparkmto.configuration;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.method.Methods;
import org.sparkmto.naming.Nearest;
import org.sparkmto.network.MemoryFormat;
import org.sparkmto.network.PassSettings;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.optimizer.Schedules;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;

/** Every key of a training run, by section, in the order of the documentation. */
public final class ConfigurationKeys {
  static final String NAME = "name";
  static final String PRETRAINED = "pretrained";
  static final String DROPOUT = "dropout";
  static final String RECOMPUTE = "recompute";
  static final String MEMORY_FORMAT = "memory-format";

  /** Keys of the section that are no options of a network. */
  static final List<String> OF_ANY_NETWORK =
      List.of(
          PRETRAINED,
          DROPOUT,
          RECOMPUTE,
          MEMORY_FORMAT,
          StatisticsChoice.STATISTICS,
          StatisticsChoice.NORMALISATION,
          StatisticsChoice.GHOST_SAMPLES);

  /** Losses by task. */
  public static final ConfigurationSection LOSS =
      new ConfigurationSection(
          "loss",
          "Losses by task where they are not those of the data set: a name, depth = l2, or a name"
              + " and options, glasses = { name = focal, gamma = 2 }; options alone are of the loss"
              + " that the data set names. The first of a kind is the usual one:\n"
              + DocumentedKeys.lossesByKind(),
          List.of(),
          Optional.empty(),
          true);

  /** What losses are multiplied by, by task. */
  static final ConfigurationSection MULTIPLIER =
      new ConfigurationSection(
          "loss-multiplier",
          "Numbers above zero by task, for example depth = 0.1: the loss of the task is multiplied"
              + " before the method sees it, whatever the method; without a line by 1. Losses are"
              + " logged multiplied.",
          List.of(),
          Optional.empty(),
          true);

  static final ConfigurationSection NETWORK =
      ConfigurationSection.choosing(
          Architectures.known(),
          "",
          Option.of(NAME, Option.text(), "small-conv", "Which network."),
          Option.of(
              DROPOUT,
              Option.fraction(),
              0,
              "Share of what the head of a task of whole images reads that is dropped in training,"
                  + " as by PyTorch's Dropout before its first layer; each head drops its own."
                  + " Drawn by seed, step, task and sample, so that neither the number of ranks nor"
                  + " an interruption changes it. Heads of tasks of pixels drop nothing."),
          Option.of(
              PRETRAINED,
              Option.text(),
              "",
              "A safetensors file that the backbone starts from, with torchvision's names (of"
                  + " hrnet18 its authors'), also behind module., model., backbone. or encoder., of"
                  + " 32, 64 or 16 bits (F16, BF16), on storage that driver and executors share;"
                  + " \"\" starts from random weights. What is missing, of another shape or not"
                  + " finite is refused by name. One line of Python makes one:\n"
                  + "  python -c \"import torchvision as v, safetensors.torch as s;\n"
                  + "    s.save_file(v.models.resnet50(weights='IMAGENET1K_V2').state_dict(),"
                  + " 'resnet50.safetensors')\""),
          Option.of(
              RECOMPUTE,
              Option.choice(PassSettings.Recompute.class),
              PassSettings.Recompute.NONE,
              "What of the shared part a backward pass computes again instead of finding it kept:"
                  + " none, or blocks, of which then only what stands between them takes memory"
                  + " from the forward pass on (gradient checkpointing). The gradients are the"
                  + " same; a step takes one more forward pass of the shared part, however many"
                  + " tasks there are. A network that declares no blocks, torchscript for one, is"
                  + " one block. It may change when a run is resumed."),
          Option.of(
              MEMORY_FORMAT,
              Option.choice(MemoryFormat.class),
              MemoryFormat.CONTIGUOUS,
              "In which order images and maps lie in memory in training: contiguous, channel after"
                  + " channel, or channels-last, pixel after pixel, as PyTorch calls them. Which"
                  + " one is faster depends on network, batch, numbers and machine: bench network"
                  + " --memory-format contiguous,channels-last measures both. Gradients differ by"
                  + " rounding; each repeats its own bits. It may change when a run is resumed."),
          Option.of(
              StatisticsChoice.STATISTICS,
              Option.choice(StatisticsChoice.Over.class),
              StatisticsChoice.Over.RANK,
              "Over which samples batch normalisation takes its statistics in training: rank, a"
                  + " rank's part of the batch, as PyTorch's data parallel training; ghost, groups"
                  + " of network.ghost-samples; synchronised, the whole batch, for which ranks add"
                  + " up two numbers a channel in every layer, forward and backward. With ghost and"
                  + " synchronised the number of ranks cannot be seen in what is learned. Not for"
                  + " torchscript, whose normalisation is its own."),
          Option.of(
              StatisticsChoice.NORMALISATION,
              Option.choice(StatisticsChoice.Whose.class),
              StatisticsChoice.Whose.SHARED,
              "Which tasks share batch normalisation: shared, all of them, or task, each has"
                  + " scales, shifts and running statistics of its own, by which the images that"
                  + " have its labels are normalised among themselves, as in Auto-Lambda's program"
                  + " for Multi-CIFAR100. For data sets in which an image has labels of one task;"
                  + " with network.statistics = synchronised, so that a task's images may lie on"
                  + " any ranks. An answer for a task is then a pass through that task's: predict"
                  + " takes one for each, evaluate and training one in all. Not for networks whose"
                  + " heads have batch normalisation."),
          Option.of(
              StatisticsChoice.GHOST_SAMPLES,
              Option.count(0),
              0,
              "Consecutive samples of a batch that network.statistics = ghost normalises together"
                  + " (Hoffer et al., 2017), for example 16. Every rank must have whole groups:"
                  + " training.batch is a multiple of ranks times this, and of the parts of a"
                  + " method that cuts its batches. 0 for the other statistics."));

  static final ConfigurationSection METHOD =
      ConfigurationSection.choosing(
          Methods.known(),
          "",
          Option.of(NAME, Option.text(), Methods.USUAL, "Which method."),
          Option.of(
              "level",
              Option.text(),
              "default",
              "Where gradients are compared: representation (z) or parameters (exact); default is"
                  + " the method's own choice."),
          Option.of(
              "heads",
              Option.text(),
              "default",
              "Weights of the heads: own as the method's paper does, ones, or shared as in the"
                  + " shared part; default is own."));

  static final ConfigurationSection OPTIMIZER =
      ConfigurationSection.choosing(
          Optimizers.known(), "", Option.of(NAME, Option.text(), "adam", "Which optimizer."));

  static final ConfigurationSection SCHEDULE =
      ConfigurationSection.choosing(
          Schedules.known(),
          "",
          Option.of(NAME, Option.text(), "constant", "Which schedule."),
          Option.of("rate", Option.text(), 0.001, "The learning rate, at its start."));

  static final List<ConfigurationSection> ALL =
      List.of(
          RunSection.KEYS,
          DataSection.KEYS,
          LOSS,
          MULTIPLIER,
          TargetsSection.KEYS,
          AugmentationSection.KEYS,
          NETWORK,
          StartSection.KEYS,
          METHOD,
          LookSection.KEYS,
          OPTIMIZER,
          SCHEDULE,
          TrainingSection.KEYS,
          UpdateSection.KEYS,
          AverageSection.KEYS,
          ClusterSection.KEYS,
          BaselinesSection.KEYS,
          MetricsSection.KEYS,
          SelectionSection.KEYS,
          CheckpointSection.KEYS,
          LogSection.KEYS,
          AnalyzeSection.KEYS,
          TrackingSection.KEYS,
          RetrainSection.KEYS,
          RetrainSection.RULE_KEYS);

  private static final Config DEFAULTS = defaults();

  private ConfigurationKeys() {}

  private static Config defaults() {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (ConfigurationSection section : ALL) {
      if (section.keys().isEmpty()) {
        keys.put(section.name(), Map.of());
      }
      for (Option key : section.keys()) {
        key.usual()
            .ifPresent(
                usual ->
                    keys.put(
                        section.key(key.name()),
                        usual instanceof Enum<?> e ? Option.spelled(e) : usual));
      }
    }
    return ConfigFactory.parseMap(keys, "the defaults");
  }

  /** What every key is unless it is set. */
  static Config usual() {
    return DEFAULTS;
  }

  /**
   * A configuration, resolved, with what every key is unless it is set. A section that is null has
   * been taken back, and is as if nothing had ever been said of it.
   */
  static Config completed(Config given) {
    Config all = given.withFallback(DEFAULTS).resolve();
    for (ConfigurationSection section : ALL) {
      if (!all.hasPath(section.name())) {
        all = all.withValue(section.name(), ConfigFactory.empty().root());
      }
      // Once null stood in its place, HOCON lets a section fall back on nothing.
      if (all.getValue(section.name()) instanceof ConfigObject values) {
        all = all.withValue(section.name(), completed(section, values));
      }
    }
    return all;
  }

  private static ConfigObject completed(ConfigurationSection section, ConfigObject values) {
    ConfigObject all = values;
    for (Option key : section.keys()) {
      String path = section.key(key.name());
      if (!values.containsKey(key.name()) && DEFAULTS.hasPath(path)) {
        all = all.withValue(key.name(), DEFAULTS.getValue(path));
      }
    }
    return all;
  }

  /**
   * Refuses keys that there are not.
   *
   * @throws ConfigurationException naming the nearest known one
   */
  static void refuseUnknown(Config given) {
    Set<String> known = new TreeSet<>();
    for (ConfigurationSection section : ALL) {
      section.keys().forEach(key -> known.add(section.key(key.name())));
    }
    given.entrySet().forEach(entry -> refuseUnknown(entry.getKey(), known));
  }

  private static void refuseUnknown(String key, Set<String> known) {
    List<String> path = ConfigUtil.splitPath(key);
    boolean inOpenSection =
        path.size() > 1
            && ALL.stream().anyMatch(one -> one.open() && one.name().equals(path.get(0)));
    boolean belowKey = path.size() > 2 && key.startsWith(MetricsSection.DELTA + ".");
    if (!known.contains(key) && !inOpenSection && !belowKey) {
      throw new ConfigurationException("unknown key '" + key + "'" + Nearest.hint(key, known));
    }
  }
}
