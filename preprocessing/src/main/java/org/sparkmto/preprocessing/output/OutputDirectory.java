package org.sparkmto.preprocessing.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.storage.LocalDisk;
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

  /** Names who appends to a finished directory. */
  static final String APPENDING = "_appending";

  private final FileSystem files;
  private final Configuration configuration;
  private final Path root;
  private final Form form;
  private final String token = UUID.randomUUID().toString();
  private Claim claim;

  /**
   * What is written into the directory.
   *
   * @param noun what it is, for messages: "data set"
   * @param seal name of the file that is written last
   * @param isSeal whether a text is the content of such a file
   * @param owns whether an entry of this name is one that this program writes
   */
  public record Form(String noun, String seal, Predicate<String> isSeal, Predicate<String> owns) {}

  private OutputDirectory(FileSystem files, Configuration configuration, Path root, Form form) {
    this.files = files;
    this.configuration = configuration;
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
      OutputDirectory directory = at(name, configuration, form);
      directory.refuse(overwrite);
      return directory;
    } catch (IOException e) {
      throw PreprocessingException.storage(StorageException.of(name, e));
    }
  }

  /**
   * Looks at a finished directory that is to be extended; changes nothing.
   *
   * @throws PreprocessingException if it is not finished, somebody extends it just now, or the
   *     storage refuses it
   */
  public static OutputDirectory examineFinished(
      String name, Configuration configuration, Form form) {
    try {
      OutputDirectory directory = at(name, configuration, form);
      List<String> entries = directory.entries();
      if (!entries.contains(form.seal())) {
        throw PreprocessingException.wrongUsage(
            directory.root
                + " holds no finished "
                + form.noun()
                + " to append to; leave --append out to make one");
      }
      directory.requireSeal();
      directory.refuseClaimed(entries);
      return directory;
    } catch (IOException e) {
      throw PreprocessingException.storage(StorageException.of(name, e));
    }
  }

  private static OutputDirectory at(String name, Configuration configuration, Form form)
      throws IOException {
    Path path = StorageException.qualified(name, configuration);
    FileSystem files = LocalDisk.orOther(path, configuration);
    return new OutputDirectory(files, configuration, files.makeQualified(path), form);
  }

  private void requireSeal() throws IOException {
    if (!form.isSeal().test(text(form.seal()))) {
      throw PreprocessingException.wrongUsage(
          path(form.seal())
              + " was not written by this version; name another directory, or delete it yourself");
    }
  }

  private void refuseClaimed(List<String> entries) throws IOException {
    if (entries.contains(APPENDING)) {
      Claim other = Claim.parse(text(APPENDING));
      if (!other.hasEnded()) {
        throw PreprocessingException.wrongUsage(
            root
                + " is being appended to by process "
                + other.pid()
                + " on "
                + other.host()
                + "; wait for it, or delete "
                + path(APPENDING)
                + " if that process has ended");
      }
    }
  }

  private void refuse(boolean overwrite) throws IOException {
    List<String> entries = entries();
    if (entries.contains(form.seal())) {
      requireSeal();
      refuseClaimed(entries);
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
      if (form.owns().test(entry) || entry.equals(APPENDING)) {
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

  /**
   * Claims a finished directory for this process, so that it can add entries; the claim of a
   * process that has ended does not count. Until {@link #reseal}, readers see what was there.
   *
   * @return the seal
   * @throws PreprocessingException if another process has claimed it
   */
  public String claim() throws IOException {
    refuseClaimed(entries());
    delete(APPENDING);
    claim = Claim.own();
    try (OutputStream out = exclusive(path(APPENDING))) {
      out.write(claim.text().getBytes(StandardCharsets.UTF_8));
    } catch (FileAlreadyExistsException | java.nio.file.FileAlreadyExistsException e) {
      throw PreprocessingException.wrongUsage(
          root + " is being appended to by another process, which was faster; wait for it");
    }
    return text(form.seal());
  }

  /**
   * Replaces the seal at once.
   *
   * @param before what {@link #claim} gave
   * @throws PreprocessingException if somebody else has changed the directory in the meantime
   */
  public void reseal(String before, String after) throws IOException {
    List<String> entries = entries();
    if (!entries.contains(APPENDING)
        || !text(APPENDING).equals(claim.text())
        || !entries.contains(form.seal())
        || !text(form.seal()).equals(before)) {
      throw PreprocessingException.failed(
          "another run has written to " + root + " at the same time; run one of them again");
    }
    Path seal = path(form.seal());
    if (isInObjectStore()) { // a file appears there when it is whole
      write(seal, after);
      return;
    }
    Path draft = path(form.seal() + ".tmp");
    write(draft, after);
    if (files instanceof RawLocalFileSystem) {
      rename(draft.getName(), seal.getName()); // which replaces, by POSIX
    } else {
      FileContext.getFileContext(root.toUri(), configuration)
          .rename(draft, seal, Options.Rename.OVERWRITE);
    }
  }

  /** Gives a claim back, if this process has it still. */
  public void release() throws IOException {
    if (claim != null && entries().contains(APPENDING) && text(APPENDING).equals(claim.text())) {
      delete(APPENDING);
    }
  }

  private OutputStream exclusive(Path path) throws IOException {
    return files instanceof RawLocalFileSystem local // whose own way looks first, then creates
        ? Files.newOutputStream(local.pathToFile(path).toPath(), StandardOpenOption.CREATE_NEW)
        : files.create(path, false);
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
    return isObjectStore(files);
  }

  /** Whether a file system is an object store, where a file appears at once when it is closed. */
  public static boolean isObjectStore(FileSystem files) {
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

  /** Names of what is in the directory. */
  public List<String> entries() throws IOException {
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
