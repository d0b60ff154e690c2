package org.sparkmto.data;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a data set whose images are corrupted was made of, and how; it stands among the settings of
 * its manifest. Such a data set has the channel statistics of the clean one, whatever its own
 * images are like: a network that has learned from clean images is to see others as it saw those.
 *
 * @param source directory of the clean data set
 * @param digests of its splits that are there, by name
 * @param conditions labels of the corruptions with their severities; of several, every sample has
 *     one
 * @param seed of what was drawn, a whole number
 * @param algorithm number of the algorithms that made it; empty if it was made before they had one
 */
public record CorruptedData(
    String source,
    Map<String, String> digests,
    List<String> conditions,
    String seed,
    String algorithm) {
  private static final String PREFIX = "corruption.";
  private static final String SOURCE = PREFIX + "source";
  private static final String CONDITIONS = PREFIX + "conditions";
  private static final String SEED = PREFIX + "seed";
  private static final String ALGORITHM = PREFIX + "algorithm";
  private static final String DIGEST = PREFIX + "of.";
  private static final String SEPARATOR = ", ";

  public CorruptedData {
    digests = Collections.unmodifiableMap(new TreeMap<>(digests));
    conditions = List.copyOf(conditions);
  }

  /** The settings that say so. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put(SOURCE, source);
    settings.put(CONDITIONS, String.join(SEPARATOR, conditions));
    settings.put(SEED, seed);
    if (!algorithm.isEmpty()) {
      settings.put(ALGORITHM, algorithm);
    }
    digests.forEach((split, digest) -> settings.put(DIGEST + split, digest));
    return settings;
  }

  /** What a data set says of itself; nothing if its images are as they were. */
  public static Optional<CorruptedData> of(DatasetManifest manifest) {
    Map<String, String> settings = manifest.settings();
    if (!settings.containsKey(SOURCE)) {
      return Optional.empty();
    }
    Map<String, String> digests = new TreeMap<>();
    settings.forEach(
        (name, value) -> {
          if (name.startsWith(DIGEST)) {
            digests.put(name.substring(DIGEST.length()), value);
          }
        });
    return Optional.of(
        new CorruptedData(
            settings.get(SOURCE),
            digests,
            List.of(settings.getOrDefault(CONDITIONS, "").split(SEPARATOR, -1)),
            settings.getOrDefault(SEED, ""),
            settings.getOrDefault(ALGORITHM, "")));
  }

  /** Whether another one has the same images, wherever the clean data set lies. */
  public boolean isSame(CorruptedData other) {
    return isOfTheSame(other) && algorithm.equals(other.algorithm);
  }

  /** Whether another one was made of the same by the same request, perhaps by other algorithms. */
  public boolean isOfTheSame(CorruptedData other) {
    return digests.equals(other.digests)
        && conditions.equals(other.conditions)
        && seed.equals(other.seed);
  }
}
