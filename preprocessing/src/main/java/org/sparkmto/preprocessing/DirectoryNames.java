package org.sparkmto.preprocessing;

import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * How the files below a directory are named, with it or without.
 *
 * @param directory with its file system
 * @param beginnings of names that are given with the directory before them
 */
public record DirectoryNames(String directory, List<String> beginnings) implements Serializable {
  public DirectoryNames {
    beginnings = List.copyOf(beginnings);
  }

  /** Names below a directory, with its scheme and authority, with one of them, or with none. */
  public static DirectoryNames of(Path directory) {
    URI root = directory.toUri();
    String below = root.getPath().endsWith("/") ? root.getPath() : root.getPath() + "/";
    List<String> beginnings = new ArrayList<>(List.of(below));
    if (root.getScheme() != null) {
      String authority = root.getAuthority() == null ? "" : root.getAuthority();
      beginnings.add(root.getScheme() + "://" + authority + below);
      if (authority.isEmpty()) {
        beginnings.add(root.getScheme() + ":" + below);
      }
    }
    return new DirectoryNames(directory.toString(), beginnings);
  }

  /**
   * The name of a file below the directory that is given with the directory before it, as tables
   * often have it: {@code /photos/a/1.png} and {@code file:/photos/a/1.png} are {@code a/1.png} in
   * {@code /photos}. Any other name stays as it is, to be refused where it leads elsewhere.
   */
  public String relative(String name) {
    for (String beginning : beginnings) {
      if (name.startsWith(beginning)) {
        return name.substring(beginning.length());
      }
    }
    return name;
  }
}
