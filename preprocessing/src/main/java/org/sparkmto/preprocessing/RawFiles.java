package org.sparkmto.preprocessing;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.util.functional.FutureIO;
import org.sparkmto.storage.StorageException;

/**
 * Read access to raw data on any storage that Hadoop knows. Access {@linkplain #within within a
 * directory} ends at that directory: whatever names tables hold and wherever links lead, no file
 * outside is read.
 */
public final class RawFiles {
  private static final int LONGEST_NAME = 255;

  /** What systems and archives leave beside files, in small letters. */
  private static final Set<String> LITTER =
      Set.of("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir");

  /** Windows keeps where a file was loaded from in a second stream, which copying makes a file. */
  private static final String STREAM_OF_ORIGIN = ":zone.identifier";

  private final Configuration configuration;
  private final FileSystems fileSystems;
  private final Path root;
  private final List<String> links;

  /** The root without links, asked for once: every file that is opened is held against it. */
  private java.nio.file.Path realRoot;

  /** Access with the credentials and file systems of a Hadoop configuration. */
  public RawFiles(Configuration configuration) {
    this(configuration, null, List.of());
  }

  /** Access within a root, and wherever its links lead below some other local directories. */
  RawFiles(Configuration configuration, Path root, List<String> links) {
    this.configuration = configuration;
    this.fileSystems = new FileSystems(configuration);
    this.root = root;
    this.links = links;
  }

  /** This access, for files in a directory alone. */
  public RawFiles within(Path directory) {
    return new RawFiles(configuration, directory, List.of());
  }

  /**
   * Whether a name that a table holds is one of a file in a directory, and nothing else: no path,
   * no hidden file, no control characters, not longer than file systems allow. Only such a name may
   * reach the file system.
   */
  public static boolean isPlainName(String name) {
    return !name.isEmpty()
        && name.length() <= LONGEST_NAME
        && !name.startsWith(".")
        && !name.contains("..")
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ' || c == 0x7f);
  }

  /**
   * A directory that a user named, with its file system made explicit.
   *
   * @throws PreprocessingException if there is no such directory, or the storage refuses it
   */
  public Path directory(String name) {
    try {
      Path path = StorageException.qualified(name, configuration);
      if (!isDirectory(path)) {
        throw PreprocessingException.wrongUsage(path + " is not a directory");
      }
      return path;
    } catch (IOException e) {
      throw PreprocessingException.storage(StorageException.of(name, e));
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

  /** Whether two names lead to the same file or directory, both of which are there. */
  public boolean isSame(Path first, Path second) throws IOException {
    return first.equals(second)
        || (isLocal(first) && isLocal(second) && Files.isSameFile(local(first), local(second)));
  }

  /**
   * Names of the files in a directory, in order, without those that belong to no data set: hidden
   * ones (leading dot), {@code Thumbs.db} and the like. A link to nothing is a file, one that
   * cannot be read: its sample must not get lost.
   *
   * @throws PreprocessingException if the directory, or what it links to, is outside
   */
  public Set<String> names(Path directory) throws IOException {
    return entries(directory, false);
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

  /**
   * Names of the directories in a directory, in order, without hidden ones (leading dot) and those
   * that archives and systems leave.
   *
   * @throws PreprocessingException if the directory, or what it links to, is outside
   */
  public Set<String> directories(Path directory) throws IOException {
    return entries(directory, true);
  }

  private Set<String> entries(Path directory, boolean directories) throws IOException {
    refuseOutside(directory);
    Set<String> names = new TreeSet<>();
    if (isLocal(directory)) {
      // Hadoop passes over links to nothing, and asks for the owner of every file.
      try (DirectoryStream<java.nio.file.Path> entries =
          Files.newDirectoryStream(local(directory))) {
        for (java.nio.file.Path entry : entries) {
          refuseStrangeName(entry);
          if (Files.isDirectory(entry) == directories) {
            names.add(entry.getFileName().toString());
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    } else {
      RemoteIterator<FileStatus> entries = fileSystem(directory).listStatusIterator(directory);
      while (entries.hasNext()) {
        FileStatus entry = entries.next();
        if (entry.isDirectory() == directories) {
          names.add(entry.getPath().getName());
        }
      }
    }
    names.removeIf(RawFiles::isNobodys);
    return names;
  }

  /** Whether a file or directory belongs to no data set: hidden, or left by a system. */
  private static boolean isNobodys(String name) {
    String small = name.toLowerCase(Locale.ROOT);
    return name.startsWith(".") || LITTER.contains(small) || small.endsWith(STREAM_OF_ORIGIN);
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
    refuseOutside(path);
    return opened(path);
  }

  /**
   * A file that is read here and there.
   *
   * @throws PreprocessingException if the file, or what it links to, is outside
   */
  public PositionedFile positioned(Path path) throws IOException {
    refuseOutside(path);
    return new PositionedFile(
        FutureIO.awaitFuture(
            fileSystem(path)
                .openFile(path)
                .opt(
                    Options.OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY,
                    Options.OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY_RANDOM)
                .build()));
  }

  /** Hadoop cannot open a local file with a colon in its name, for that of its check sum. */
  private InputStream opened(Path path) throws IOException {
    return path.getName().indexOf(':') >= 0 && isLocal(path)
        ? Files.newInputStream(local(path))
        : fileSystem(path).open(path);
  }

  private void refuseOutside(Path path) throws IOException {
    if (leavesRoot(path)) {
      throw PreprocessingException.failed(
          path
              + " is, or links to, something outside of "
              + root
              + "; copy that to its place, or see --follow-links");
    }
    if (isPipeOrDevice(path)) {
      throw PreprocessingException.failed(path + " is a pipe or a device, not a file");
    }
  }

  /** Whoever opens a pipe waits for ever. */
  private boolean isPipeOrDevice(Path path) throws IOException {
    return isLocal(path)
        && Files.exists(local(path))
        && !Files.isRegularFile(local(path))
        && !Files.isDirectory(local(path));
  }

  private boolean isLocal(Path path) throws IOException {
    return "file".equals(fileSystem(path).getUri().getScheme());
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
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
      return !(wanted.equals(allowed) || wanted.toString().startsWith(prefix))
          || wanted.toString().contains("/../");
    }
    try {
      java.nio.file.Path real = local(wanted).toRealPath();
      return !real.startsWith(realRoot(allowed)) && !isLinked(wanted, allowed, real);
    } catch (InvalidPathException e) {
      refuseUnwritable(wanted.toUri().getPath(), Charset.forName(namesOfThisMachine()));
      return true; // no path of any machine
    } catch (AccessDeniedException e) {
      throw e;
    } catch (FileSystemException e) { // not there, or a link to itself
      return false; // nothing can be read there; the file system says so itself
    }
  }

  /** Whether a path of the root leads below a directory to which links may lead. */
  private boolean isLinked(Path wanted, Path allowed, java.nio.file.Path real) throws IOException {
    if (links.isEmpty() || !local(wanted).normalize().startsWith(local(allowed))) {
      return false;
    }
    for (String link : links) {
      java.nio.file.Path directory = java.nio.file.Path.of(link);
      if (Files.isDirectory(directory) && real.startsWith(directory.toRealPath())) {
        return true;
      }
    }
    return false;
  }

  private synchronized java.nio.file.Path realRoot(Path allowed) throws IOException {
    if (realRoot == null) {
      realRoot = local(allowed).toRealPath();
    }
    return realRoot;
  }

  /**
   * The whole file of a sample.
   *
   * @throws UnreadableSampleException if there is no such file, it is longer than {@code limit}, or
   *     it is, or links to, a file outside
   */
  public byte[] read(Path path, int limit) throws UnreadableSampleException, IOException {
    if (isAbsent(path)) { // asked first, so that a missing file costs little
      throw absent(path);
    }
    if (leavesRoot(path)) {
      throw new UnreadableSampleException(
          Reason.UNSAFE_NAME,
          "the file is, or links to, a file outside of the raw data; see" + " --follow-links");
    }
    if (isPipeOrDevice(path)) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "the file is a pipe or a device, not a file");
    }
    if (isLocal(path) && !Files.exists(local(path))) {
      throw absent(path);
    }
    // Hadoop's stream of a local file keeps counters and looks for check sums: more than the
    // reading.
    try (InputStream in =
        isLocal(path) ? new FileInputStream(local(path).toFile()) : opened(path)) {
      // A disk says the length for nothing; an object store has said it on opening, to itself.
      boolean known = isLocal(path) && Files.isRegularFile(local(path));
      boolean longer = known && Files.size(local(path)) > limit;
      byte[] bytes = longer ? new byte[0] : in.readNBytes(limit + 1);
      if (longer || bytes.length > limit) {
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

  /** Whether a local disk says for sure that there is no such file. */
  private boolean isAbsent(Path path) throws IOException {
    try {
      return isLocal(path) && Files.notExists(local(path));
    } catch (InvalidPathException e) { // no path of any machine
      return false;
    }
  }

  private static UnreadableSampleException absent(Path path) {
    return new UnreadableSampleException(
        Reason.NO_IMAGE,
        Files.isSymbolicLink(local(path))
            ? "the file is a link that leads nowhere, or to itself"
            : "the file is not there");
  }

  /**
   * On a local disk, a JVM whose locale is not UTF-8 can open no file with an accent in its name.
   */
  private static void refuseStrangeName(java.nio.file.Path entry) {
    if (entry.toString().indexOf('\uFFFD') >= 0) {
      throw PreprocessingException.failed(
          entry
              + " has a name that is not text in the character set of this JVM; start it with"
              + " LC_ALL=C.UTF-8, or rename the file");
    }
  }

  /** The character set of file names, which a JVM takes from its locale. */
  private static String namesOfThisMachine() {
    return System.getProperty("sun.jnu.encoding", "UTF-8");
  }

  /**
   * Refuses a name that the locale of this JVM cannot write: no file of such a name can be read,
   * though all are there.
   */
  static void refuseUnwritable(String name, Charset names) {
    if (!names.newEncoder().canEncode(name)) {
      throw PreprocessingException.failed(
          name
              + " has letters that the character set "
              + names
              + " of this JVM lacks; start it with LC_ALL=C.UTF-8, on every machine");
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
    return fileSystems.of(path);
  }
}
