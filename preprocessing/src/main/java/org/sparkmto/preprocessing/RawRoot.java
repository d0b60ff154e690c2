package org.sparkmto.preprocessing;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The directory of the raw data, outside of which nothing is read.
 *
 * @param directory with its file system
 * @param links local directories to which links in it may lead as well, absolute
 */
public record RawRoot(String directory, List<String> links) implements Serializable {
  public RawRoot {
    links = List.copyOf(links);
  }

  /** A directory whose links lead nowhere else. */
  public static RawRoot alone(Path directory) {
    return new RawRoot(directory.toString(), List.of());
  }

  /**
   * A directory that a user named, and others to which its links may lead.
   *
   * @throws PreprocessingException if one of them is not there, or links are followed on a storage
   *     that has none
   */
  public static RawRoot of(String directory, List<String> links, Configuration hadoop)
      throws IOException {
    Path root = new RawFiles(hadoop).directory(directory);
    if (!links.isEmpty() && !"file".equals(root.toUri().getScheme())) {
      throw PreprocessingException.wrongUsage(
          "--follow-links is for raw data on a local disk; " + root + " has no links");
    }
    for (String link : links) {
      if (!isDirectory(link)) {
        throw PreprocessingException.wrongUsage(
            "--follow-links "
                + link
                + " is no directory with an absolute path, such as /disks/2/images");
      }
    }
    return new RawRoot(root.toString(), links);
  }

  private static boolean isDirectory(String link) {
    try {
      java.nio.file.Path path = java.nio.file.Path.of(link);
      return path.isAbsolute() && Files.isDirectory(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The name of a file as it is below this directory: see {@link DirectoryNames#relative}. */
  public String relative(String name) {
    return DirectoryNames.of(path()).relative(name);
  }

  /** The directory itself. */
  public Path path() {
    return new Path(directory);
  }

  /** Access to it. */
  public RawFiles files(Configuration hadoop) {
    return new RawFiles(hadoop, path(), links);
  }
}
