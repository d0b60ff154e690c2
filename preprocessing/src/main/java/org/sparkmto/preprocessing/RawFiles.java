package org.sparkmto.preprocessing;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Read access to raw data on any storage that Hadoop knows. */
public final class RawFiles {
  private final Configuration configuration;

  /** Access with the credentials and file systems of a Hadoop configuration. */
  public RawFiles(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * A directory that a user named, with its file system made explicit.
   *
   * @throws PreprocessingException if there is no such directory or no such file system
   */
  public Path directory(String name) throws IOException {
    try {
      Path path = new Path(name);
      path = path.getFileSystem(configuration).makeQualified(path);
      if (!isDirectory(path)) {
        throw PreprocessingException.wrongUsage(path + " is not a directory");
      }
      return path;
    } catch (IllegalArgumentException | org.apache.hadoop.fs.UnsupportedFileSystemException e) {
      throw PreprocessingException.wrongUsage("'" + name + "' is not a path: " + e.getMessage());
    }
  }

  /** Whether a file of this name is there. */
  public boolean isFile(Path path) throws IOException {
    return status(path).map(FileStatus::isFile).orElse(false);
  }

  /** Whether a directory of this name is there. */
  public boolean isDirectory(Path path) throws IOException {
    return status(path).map(FileStatus::isDirectory).orElse(false);
  }

  /** Names of the files in a directory, in order, hidden ones (leading dot) left out. */
  public Set<String> names(Path directory) throws IOException {
    Set<String> names = new TreeSet<>();
    // Not listFiles: it asks for owner and blocks of every file, one process each on a local disk.
    RemoteIterator<FileStatus> entries = fileSystem(directory).listStatusIterator(directory);
    while (entries.hasNext()) {
      FileStatus entry = entries.next();
      String name = entry.getPath().getName();
      if (entry.isFile() && !name.startsWith(".")) {
        names.add(name);
      }
    }
    return names;
  }

  /** The first of these files that is there. */
  public Optional<Path> first(List<Path> candidates) throws IOException {
    for (Path candidate : candidates) {
      if (isFile(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** The bytes of a file. */
  public InputStream open(Path path) throws IOException {
    return fileSystem(path).open(path);
  }

  /** The lines of a text file in UTF-8. */
  public BufferedReader text(Path path) throws IOException {
    return new BufferedReader(new InputStreamReader(open(path), StandardCharsets.UTF_8));
  }

  /**
   * A whole image file.
   *
   * @throws UnreadableSampleException if there is no such file, or it is longer than {@code limit}
   */
  public byte[] read(Path path, int limit) throws UnreadableSampleException, IOException {
    try (InputStream in = open(path)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new UnreadableSampleException(
            Reason.TOO_LARGE, "the file is longer than " + limit + " bytes");
      }
      return bytes;
    } catch (FileNotFoundException e) {
      throw new UnreadableSampleException(Reason.NO_IMAGE, "the image file is not there");
    }
  }

  private Optional<FileStatus> status(Path path) throws IOException {
    try {
      return Optional.of(fileSystem(path).getFileStatus(path));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(configuration);
  }
}
