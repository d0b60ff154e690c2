package org.sparkmto.data;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where shards stand that were added to a finished data set. The first addition has the number 1
 * and the directory {@code added=00001/}, with splits in it like the data set itself; what the data
 * set had from the start has the number 0 and no directory. Rows of a split are in the order of
 * (rank, identity) within each addition, and additions follow on each other.
 */
public final class Additions {
  /** Setting of a manifest: how many additions there were. */
  public static final String SETTING = "additions";

  /** What the names of the directories start with. */
  public static final String PREFIX = "added=";

  private static final Pattern DIRECTORY = Pattern.compile(PREFIX + "([0-9]{5,9})/.*");

  private static final String SAMPLES = "samples";

  private static final String BEFORE = "before.";

  private Additions() {}

  /**
   * What a data set has got.
   *
   * @param samples how many
   * @param times in how many additions
   */
  public record Growth(long samples, int times) {}

  /** Whether a setting of a manifest is about additions. */
  public static boolean isSetting(String name) {
    return name.equals(SETTING) || name.startsWith("added.");
  }

  /** What the name of a setting of an addition starts with. */
  public static String prefix(int number) {
    return "added." + number + ".";
  }

  /**
   * Settings that say what an addition brought and to what.
   *
   * @param samples that it brought
   * @param before the splits as they were
   */
  public static Map<String, String> settings(int number, long samples, Map<String, Split> before) {
    Map<String, String> settings = new TreeMap<>();
    settings.put(prefix(number) + SAMPLES, Long.toString(samples));
    before.forEach((name, split) -> settings.put(prefix(number) + BEFORE + name, split.digest()));
    return settings;
  }

  /**
   * How a data set has grown since its splits had some digests.
   *
   * @param digests by split, of all splits that it had
   * @return nothing if it never was like that, or its additions do not say
   */
  public static Optional<Growth> since(DatasetManifest manifest, Map<String, String> digests) {
    int additions = count(manifest);
    long samples = 0;
    for (int number = additions; number > 0; number--) {
      String added = manifest.settings().getOrDefault(prefix(number) + SAMPLES, "");
      if (!added.matches("\\d{1,18}")) {
        return Optional.empty();
      }
      samples += Long.parseLong(added);
      String start = prefix(number) + BEFORE;
      Map<String, String> before = new TreeMap<>();
      manifest
          .settings()
          .forEach(
              (name, value) -> {
                if (name.startsWith(start)) {
                  before.put(name.substring(start.length()), value);
                }
              });
      if (!before.isEmpty() && before.equals(digests)) {
        return Optional.of(new Growth(samples, additions - number + 1));
      }
    }
    return Optional.empty();
  }

  /** How many additions a data set has. */
  public static int count(DatasetManifest manifest) {
    String count = manifest.settings().getOrDefault(SETTING, "0");
    try {
      return Integer.parseInt(count);
    } catch (NumberFormatException e) {
      throw new DataContractException("says that it has '" + count + "' additions", e);
    }
  }

  /** The directory of an addition, relative to the data set, with a slash; empty for number 0. */
  public static String directory(int number) {
    return number == 0 ? "" : String.format(Locale.ROOT, "%s%05d/", PREFIX, number);
  }

  /** The number of the addition that a file came with. */
  public static int of(String path) {
    Matcher directory = DIRECTORY.matcher(path);
    return directory.matches() ? Integer.parseInt(directory.group(1)) : 0;
  }
}
