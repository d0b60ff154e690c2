package org.sparkmto.preprocessing.numpy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * Folders {@code image}, {@code label}, {@code depth} ... of numbered NumPy files, as multi-task
 * papers since MTAN pass data around. A sample's identity is the folder above and the number, such
 * as {@code train/12}.
 */
public final class NpyFolders {
  private static final String IMAGE = "image";
  private static final String SUFFIX = ".npy";

  private NpyFolders() {}

  /**
   * Lists the samples of a folder: every file in one of its folders belongs to a sample that is
   * listed or refused.
   *
   * @param folder of the folders
   * @param split of its samples
   * @param targets folders beside that of the images
   */
  public static void list(
      Path folder,
      String split,
      List<String> targets,
      RawFiles files,
      List<RawSample> samples,
      List<RefusedSample> refused)
      throws IOException {
    Map<String, Set<String>> present = new LinkedHashMap<>();
    Set<String> names =
        new TreeSet<>(
            Comparator.comparingInt(NpyFolders::number).thenComparing(Comparator.naturalOrder()));
    List<String> parts = new ArrayList<>(targets);
    parts.add(0, IMAGE);
    for (String part : parts) {
      Path directory = new Path(folder, part);
      present.put(part, files.isDirectory(directory) ? files.names(directory) : Set.of());
      names.addAll(present.get(part));
    }
    for (String name : names) {
      Path image = new Path(folder, IMAGE + "/" + name);
      try {
        if (number(name) < 0) {
          throw new UnreadableSampleException(
              Reason.WRONG_FORMAT, "the file is not named {number}.npy");
        }
        for (String part : parts) {
          if (!present.get(part).contains(name)) {
            throw new UnreadableSampleException(
                part.equals(IMAGE) ? Reason.NO_IMAGE : Reason.NO_TARGET,
                "there is no " + part + "/" + name);
          }
        }
        samples.add(new RawSample(id(folder, name), split, image.toString(), 0, new byte[0]));
      } catch (UnreadableSampleException e) {
        refused.add(
            new RefusedSample(id(folder, name), image.toString(), e.reason(), e.getMessage()));
      }
    }
  }

  /** The file of a target of a sample, whose source is its image. */
  public static Path target(RawSample sample, String part) {
    Path image = new Path(sample.source());
    return new Path(image.getParent().getParent(), part + "/" + image.getName());
  }

  private static String id(Path folder, String name) {
    String stem = number(name) < 0 ? name : name.substring(0, name.length() - SUFFIX.length());
    return folder.getName() + "/" + stem;
  }

  /** The number of a file, so that 10.npy comes after 9.npy; -1 for other names. */
  private static int number(String name) {
    return name.matches("\\d{1,9}\\.npy")
        ? Integer.parseInt(name.substring(0, name.length() - SUFFIX.length()))
        : -1;
  }
}
