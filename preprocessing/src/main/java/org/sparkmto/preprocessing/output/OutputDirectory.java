package org.sparkmto.preprocessing.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.storage.StorageException;

/**
 * A directory on its way from nothing to finished. A finished one holds a <em>seal</em>, a file
 * that is written last; an unfinished one holds {@value #MARKER}. Only directories with one of the
 * two are ever cleared, and of those only the entries that this program writes, so that a wrong
 * path on a command line costs nobody his files.
 */
public final class OutputDirectory {
  /** Marks a directory whose writer has not finished; its content names the writer. */
  public static final String MARKER = "_unfinished";

  /** File systems where a file appears at once when it is closed, and a rename is a copy. */
  private static final Set<String> OBJECT_STORES =
      Set.of("s3a", "s3", "gs", "oss", "cosn", "obs", "wasb", "wasbs");

  /** Longest seal that is read. */
  private static final int MAX_SEAL = 256 << 20;

  private final FileSystem files;
  private final Path root;
  private final Form form;
  private final String token = UUID.randomUUID().toString();

  /**
   * What is written into the directory.
   *
   * @param noun what it is, for messages: "data set"
   * @param seal name of the file that is written last
   * @param isSeal whether a text is the content of such a file
   * @param owns whether an entry of this name is one that this program writes
   */
  public record Form(String noun, String seal, Predicate<String> isSeal, Predicate<String> owns) {}

  private OutputDirectory(FileSystem files, Path root, Form form) {
    this.files = files;
    this.root = root;
    this.form = form;
  }

  /**
   * Looks at a directory to be written; changes nothing.
   *
   * @param overwrite whether a finished one may be replaced
   * @throws PreprocessingException if it is finished and not to be overwritten, or holds anything
   *     this program has not written, or the storage refuses it
   */
  public static OutputDirectory examine(
      String name, Configuration configuration, Form form, boolean overwrite) {
    try {
      Path path = StorageException.qualified(name, configuration);
      FileSystem files = path.getFileSystem(configuration);
      if (files instanceof ChecksumFileSystem local) {
        files = local.getRawFileSystem(); // no .crc file beside every file
      }
      OutputDirectory directory = new OutputDirectory(files, files.makeQualified(path), form);
      directory.refuse(overwrite);
      return directory;
    } catch (IOException e) {
      throw PreprocessingException.storage(StorageException.of(name, e));
    }
  }

  private void refuse(boolean overwrite) throws IOException {
    List<String> entries = entries();
    if (entries.contains(form.seal())) {
      if (!form.isSeal().test(text(form.seal()))) {
        throw PreprocessingException.wrongUsage(
            path(form.seal())
                + " was not written by this version; name another directory, or delete it"
                + " yourself");
      }
      if (!overwrite) {
        throw PreprocessingException.wrongUsage(
            root + " holds a finished " + form.noun() + "; ask to overwrite it to replace it");
      }
    } else if (!entries.isEmpty() && !entries.contains(MARKER)) {
      throw PreprocessingException.wrongUsage(
          root
              + " is not empty and holds no "
              + form.noun()
              + " of this program (for example "
              + entries.get(0)
              + "); name another directory");
    }
  }

  /** Marks the directory as unfinished, takes away the seal, then everything of an earlier run. */
  public void begin() throws IOException {
    files.mkdirs(root);
    write(path(MARKER), token + "\n");
    delete(form.seal());
    for (String entry : entries()) {
      if (form.owns().test(entry)) {
        delete(entry);
      }
    }
  }

  /**
   * Finishes the directory.
   *
   * @param content of the seal
   * @throws PreprocessingException if another run has taken over the directory in the meantime
   */
  public void seal(String content) throws IOException {
    if (!entries().contains(MARKER) || !text(MARKER).equals(token + "\n")) {
      throw PreprocessingException.failed(
          "another run has written to " + root + " at the same time; run one of them again");
    }
    Path seal = path(form.seal());
    if (isInObjectStore()) {
      write(seal, content);
    } else {
      String draft = form.seal() + ".tmp";
      write(path(draft), content);
      rename(draft, form.seal());
    }
    delete(MARKER);
  }

  /** The directory itself. */
  public Path root() {
    return root;
  }

  /** An entry of the directory. */
  public Path path(String entry) {
    return new Path(root, entry);
  }

  /** Deletes an entry, whatever it is; nothing happens if it is not there. */
  public void delete(String entry) throws IOException {
    if (!files.delete(path(entry), true) && files.exists(path(entry))) {
      throw new IOException(path(entry) + " could not be deleted");
    }
  }

  /** Gives an entry another name; on an object store that copies it. */
  public void rename(String entry, String name) throws IOException {
    if (!files.rename(path(entry), path(name))) {
      throw new IOException(path(entry) + " could not be renamed to " + path(name));
    }
  }

  /** Whether the directory is in an object store: files appear whole, a new name is a copy. */
  public boolean isInObjectStore() {
    return OBJECT_STORES.contains(files.getUri().getScheme());
  }

  /** Opens a new file for writing, with its directories; replaces an earlier one. */
  public OutputStream create(String entry) throws IOException {
    return files.create(path(entry), true);
  }

  private void write(Path path, String text) throws IOException {
    try (OutputStream out = files.create(path, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private String text(String entry) throws IOException {
    try (InputStream in = files.open(path(entry))) {
      return new String(in.readNBytes(MAX_SEAL), StandardCharsets.UTF_8);
    }
  }

  private List<String> entries() throws IOException {
    List<String> names = new ArrayList<>();
    try {
      for (FileStatus entry : files.listStatus(root)) {
        names.add(entry.getPath().getName());
      }
    } catch (FileNotFoundException e) {
      return names;
    }
    if (names.size() == 1 && files.getFileStatus(root).isFile()) {
      throw PreprocessingException.wrongUsage(root + " is a file; name a directory");
    }
    return names;
  }
}
