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

/**
 * Read access to raw data on any storage that Hadoop knows. Access {@linkplain #within within a
 * directory} ends at that directory: whatever names tables hold and wherever links lead, no file
 * outside is read.
 */
public final class RawFiles {
  private final Configuration configuration;
  private final Path root;

  /** Access with the credentials and file systems of a Hadoop configuration. */
  public RawFiles(Configuration configuration) {
    this(configuration, null);
  }

  private RawFiles(Configuration configuration, Path root) {
    this.configuration = configuration;
    this.root = root;
  }

  /** This access, for files in a directory alone. */
  public RawFiles within(Path directory) {
    return new RawFiles(configuration, directory);
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
    refuseStrangeNames(directory);
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

  /** Names of the directories in a directory, in order, hidden ones (leading dot) left out. */
  public Set<String> directories(Path directory) throws IOException {
    refuseStrangeNames(directory);
    Set<String> names = new TreeSet<>();
    RemoteIterator<FileStatus> entries = fileSystem(directory).listStatusIterator(directory);
    while (entries.hasNext()) {
      FileStatus entry = entries.next();
      String name = entry.getPath().getName();
      if (entry.isDirectory() && !name.startsWith(".")) {
        names.add(name);
      }
    }
    return names;
  }

  /** Bytes of a file. */
  public long length(Path path) throws IOException {
    return fileSystem(path).getFileStatus(path).getLen();
  }

  /**
   * The bytes of a file.
   *
   * @throws PreprocessingException if the file, or what it links to, is outside
   */
  public InputStream open(Path path) throws IOException {
    if (leavesRoot(path)) {
      throw PreprocessingException.failed(
          path + " is, or links to, a file outside of " + root + "; copy that file to its place");
    }
    if (isPipeOrDevice(path)) {
      throw PreprocessingException.failed(path + " is a pipe or a device, not a file");
    }
    return fileSystem(path).open(path);
  }

  /** Whoever opens a pipe waits for ever. */
  private boolean isPipeOrDevice(Path path) throws IOException {
    if (!"file".equals(fileSystem(path).getUri().getScheme())) {
      return false;
    }
    java.nio.file.Path local = java.nio.file.Path.of(path.toUri().getPath());
    return java.nio.file.Files.exists(local)
        && !java.nio.file.Files.isRegularFile(local)
        && !java.nio.file.Files.isDirectory(local);
  }

  /** Only local disks have links that Hadoop follows. */
  private boolean leavesRoot(Path path) throws IOException {
    if (root == null) {
      return false;
    }
    Path wanted = fileSystem(path).makeQualified(path);
    Path allowed = fileSystem(root).makeQualified(root);
    if (!"file".equals(wanted.toUri().getScheme())) {
      String prefix = allowed.toString().endsWith("/") ? allowed.toString() : allowed + "/";
      return !wanted.toString().startsWith(prefix) || wanted.toString().contains("/../");
    }
    try {
      return !java.nio.file.Path.of(wanted.toUri().getPath())
          .toRealPath()
          .startsWith(java.nio.file.Path.of(allowed.toUri().getPath()).toRealPath());
    } catch (java.nio.file.InvalidPathException e) {
      return true; // no path of this machine; also names that its character set lacks
    } catch (java.nio.file.AccessDeniedException e) {
      throw e;
    } catch (java.nio.file.FileSystemException e) { // not there, or a link to itself
      return false; // nothing can be read there; the file system says so itself
    }
  }

  /** The lines of a text file in UTF-8. */
  public BufferedReader text(Path path) throws IOException {
    return new BufferedReader(new InputStreamReader(open(path), StandardCharsets.UTF_8));
  }

  /**
   * The whole file of a sample.
   *
   * @throws UnreadableSampleException if there is no such file, it is longer than {@code limit}, or
   *     it is, or links to, a file outside
   */
  public byte[] read(Path path, int limit) throws UnreadableSampleException, IOException {
    if (leavesRoot(path)) {
      throw new UnreadableSampleException(
          Reason.UNSAFE_NAME, "the file is, or links to, a file outside of the raw data");
    }
    if (isPipeOrDevice(path)) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "the file is a pipe or a device, not a file");
    }
    try (InputStream in = fileSystem(path).open(path)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new UnreadableSampleException(
            Reason.TOO_LARGE, "the file is longer than " + limit + " bytes");
      }
      return bytes;
    } catch (FileNotFoundException e) {
      if (isFile(path)) { // a disk's word for a file that may not be read
        throw new IOException(path + " is there, but cannot be opened: " + e.getMessage(), e);
      }
      throw new UnreadableSampleException(Reason.NO_IMAGE, "the file is not there");
    }
  }

  /**
   * On a local disk, a JVM whose locale is not UTF-8 sees no file with an accent in its name, and
   * nobody would notice that its sample is gone.
   */
  private void refuseStrangeNames(Path directory) throws IOException {
    if (!"file".equals(fileSystem(directory).getUri().getScheme())) {
      return;
    }
    String[] names = new java.io.File(directory.toUri().getPath()).list();
    for (String name : names == null ? new String[0] : names) {
      if (name.indexOf('\uFFFD') >= 0) {
        throw PreprocessingException.failed(
            directory
                + " holds a file whose name is not text in the character set of this JVM ("
                + name
                + "); start it with LC_ALL=C.UTF-8, or rename the file");
      }
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
