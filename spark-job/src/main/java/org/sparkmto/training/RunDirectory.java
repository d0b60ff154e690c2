package org.sparkmto.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.storage.LocalDisk;
import org.sparkmto.storage.StorageException;

/** The directory of a run, on any file system that Hadoop reaches. */
public final class RunDirectory {
  /** The trained model: weights and manifest. */
  public static final String MODEL = "model";

  /** Complete configuration of the run. */
  public static final String CONFIGURATION = "run.conf";

  private final FileSystem files;
  private final Path root;

  private RunDirectory(FileSystem files, Path root) {
    this.files = files;
    this.root = root;
  }

  /**
   * The directory of this name; nothing is created.
   *
   * @throws ConfigurationException if no file system knows the name
   */
  public static RunDirectory of(String name, Configuration hadoop) {
    try {
      Path path = StorageException.qualified(name, hadoop);
      return new RunDirectory(LocalDisk.orOther(path, hadoop), path);
    } catch (IOException e) {
      throw new ConfigurationException("run directory " + e.getMessage(), e);
    }
  }

  /** The directory's full name, the same for every machine. */
  public String name() {
    return root.toString();
  }

  Path root() {
    return root;
  }

  /** What is of this name in it; the directory itself if the name is empty. */
  Path path(String relative) {
    return relative.isEmpty() ? root : new Path(root, relative);
  }

  FileSystem files() {
    return files;
  }

  /** Whether there is anything in it. */
  public boolean exists() {
    try {
      return files.exists(root) && files.listStatus(root).length > 0;
    } catch (IOException e) {
      throw failed("look into", root, e);
    }
  }

  /** Whether it exists, empty or not. */
  public boolean isThere() {
    try {
      return files.exists(root);
    } catch (IOException e) {
      throw failed("look for", root, e);
    }
  }

  /** Removes it if there is nothing in it. */
  public void deleteIfEmpty() {
    try {
      if (files.exists(root) && files.listStatus(root).length == 0) {
        files.delete(root, false);
      }
    } catch (IOException e) {
      throw failed("delete", root, e);
    }
  }

  /**
   * Removes it if there is nothing in it, after something has failed; a storage that is away now
   * must not hide that.
   */
  void deleteIfEmpty(Exception reason) {
    try {
      deleteIfEmpty();
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  /** The runs that differ in their seed alone and lie below this directory; none if it is a run. */
  public List<String> seeds() {
    return folders(TrainingConfiguration.SEED_FOLDER + "-?[0-9]+");
  }

  /** What people call its run by: its own name, after its parent's where that is only a seed. */
  public String runName() {
    String name = root.getName();
    Path above = root.getParent();
    return name.startsWith(TrainingConfiguration.SEED_FOLDER) && above != null && !above.isRoot()
        ? above.getName() + "/" + name
        : name;
  }

  /** Full names of the directories in it whose own name matches an expression, in order. */
  public List<String> folders(String expression) {
    try {
      if (!files.exists(root)) {
        return List.of();
      }
      return Arrays.stream(files.listStatus(root))
          .filter(FileStatus::isDirectory)
          .map(status -> status.getPath().getName())
          .filter(name -> name.matches(expression))
          .sorted(Comparator.comparing(RunDirectory::number).thenComparing(name -> name))
          .map(name -> path(name).toString())
          .toList();
    } catch (IOException e) {
      throw failed("look into", root, e);
    }
  }

  /** What stands behind the first dash of a name as a number, so that 2 comes before 10. */
  private static long number(String name) {
    String tail = name.substring(name.indexOf('-') + 1);
    return tail.matches("-?[0-9]{1,18}") ? Long.parseLong(tail) : Long.MAX_VALUE;
  }

  /** Whether a run has left a model here, even if it is to go on. */
  public boolean hasModel() {
    return read(MODEL + "/" + Checkpoint.MANIFEST).isPresent();
  }

  /**
   * Whether a run has come to its end here, not only to a limit of its time, and left its model.
   */
  public boolean isComplete() {
    Optional<String> manifest = read(MODEL + "/" + Checkpoint.MANIFEST);
    try {
      return manifest.isPresent() && Checkpoint.parse(manifest.get(), MODEL).unfinished().isEmpty();
    } catch (UnsoundException e) {
      return true; // whoever uses the model says what is wrong with it
    }
  }

  /** The directory of this name in it. */
  public RunDirectory below(String name) {
    return new RunDirectory(files, path(name));
  }

  /** The text of a file, if it is there. */
  public Optional<String> read(String relative) {
    Path path = path(relative);
    try {
      if (!files.exists(path)) {
        return Optional.empty();
      }
      try (InputStream in = files.open(path)) {
        return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw failed("read", path, e);
    }
  }

  /** Opens a file for reading, if it is there. */
  public Optional<InputStream> open(String relative) {
    Path path = path(relative);
    try {
      return files.exists(path) ? Optional.of(files.open(path)) : Optional.empty();
    } catch (IOException e) {
      throw failed("read", path, e);
    }
  }

  /** Writes a file of text whole, or not at all: under another name first, then renamed. */
  public void write(String relative, String text) {
    Path path = path(relative);
    Path unfinished = unfinished(path);
    try {
      files.mkdirs(path.getParent());
      put(unfinished, text);
      files.delete(path, false);
      if (!files.rename(unfinished, path)) {
        throw new IOException("cannot be renamed from " + unfinished);
      }
    } catch (IOException e) {
      throw failed("write", path, e);
    }
  }

  /**
   * Replaces a file of text at once: whoever reads it meanwhile sees the old text or the new one.
   */
  public void replace(String relative, String text) {
    Path path = path(relative);
    try {
      files.mkdirs(path.getParent());
      if (OutputDirectory.isObjectStore(files)) { // where a file appears when it is whole
        put(path, text);
        return;
      }
      Path unfinished = unfinished(path);
      put(unfinished, text);
      if (!(files instanceof RawLocalFileSystem)) {
        FileContext.getFileContext(root.toUri(), files.getConf())
            .rename(unfinished, path, Options.Rename.OVERWRITE);
      } else if (!files.rename(unfinished, path)) { // which replaces, by POSIX
        throw new IOException("cannot be renamed from " + unfinished);
      }
    } catch (IOException e) {
      throw failed("write", path, e);
    }
  }

  private static Path unfinished(Path path) {
    return new Path(path.getParent(), "." + path.getName() + ".unfinished");
  }

  private void put(Path path, String text) throws IOException {
    try (OutputStream out = files.create(path, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Own names of all that is in it, in alphabetical order; none if it is not there. */
  public List<String> names() {
    try {
      return Arrays.stream(files.listStatus(root))
          .map(status -> status.getPath().getName())
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("look into", root, e);
    }
  }

  /** Deletes what is of this name in it, a file or a directory with all it holds. */
  public void delete(String relative) {
    try {
      files.delete(path(relative), true);
    } catch (IOException e) {
      throw failed("delete", path(relative), e);
    }
  }

  /** Deletes what a run has written here, but for its lease; anything else stays. */
  public void clearRun() {
    RunContents.of(this).delete();
  }

  static UncheckedIOException failed(String what, Path path, IOException e) {
    return new UncheckedIOException("cannot " + what + " " + path + ": " + e.getMessage(), e);
  }
}
