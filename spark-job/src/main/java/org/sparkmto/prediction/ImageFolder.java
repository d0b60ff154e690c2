package org.sparkmto.prediction;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;

/** The image files in a folder and all folders in it, on any storage that Hadoop knows. */
final class ImageFolder {
  private ImageFolder() {}

  /**
   * Names relative to the folder, with forward slashes, in order; hidden files and folders (leading
   * dot) are left out.
   *
   * @throws PreprocessingException if there is none, or a link leads out of the folder or in a
   *     circle
   */
  static List<String> names(Path root, Configuration hadoop) throws IOException {
    RawFiles files = new RawFiles(hadoop).within(root);
    List<String> names = new ArrayList<>();
    collect(files, List.of(root), "", names);
    if (names.isEmpty()) {
      throw PreprocessingException.wrongUsage(root + " holds no .png, .jpg or .jpeg file");
    }
    names.sort(null);
    return names;
  }

  /** Where a file is. */
  static Path path(Path root, String name) {
    Path path = root;
    for (String part : name.split("/", -1)) {
      path = child(path, part);
    }
    return path;
  }

  /** Not taken apart: the name may hold a colon. */
  private static Path child(Path parent, String name) {
    return new Path(parent, new Path(null, null, name));
  }

  private static void collect(RawFiles files, List<Path> trail, String prefix, List<String> names)
      throws IOException {
    Path directory = trail.get(trail.size() - 1);
    for (String name : files.names(directory)) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.endsWith(".png") || lower.endsWith(".jpg") || lower.endsWith(".jpeg")) {
        names.add(prefix + name);
      }
    }
    for (String name : files.directories(directory)) {
      Path inner = child(directory, name);
      for (Path outer : trail) {
        if (files.isSame(outer, inner)) {
          throw PreprocessingException.wrongUsage(
              inner + " is a link to a folder that holds it; remove the link");
        }
      }
      List<Path> longer = new ArrayList<>(trail);
      longer.add(inner);
      collect(files, longer, prefix + name + "/", names);
    }
  }
}
