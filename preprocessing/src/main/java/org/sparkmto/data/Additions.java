package org.sparkmto.data;

import java.util.Locale;
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

  private Additions() {}

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
