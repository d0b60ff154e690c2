package org.sparkmto.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkmto.storage.StorageException;

/**
 * A finished data set in a directory of any file system that Hadoop knows.
 *
 * @param root the directory, with its file system
 * @param manifest what it holds
 * @param sealed whether the manifest carries a digest of its own, as those of format 1 do not
 */
public record DatasetDirectory(Path root, DatasetManifest manifest, boolean sealed) {
  private static final int MAX_MANIFEST = 256 << 20;

  /** A data set whose manifest was checked by somebody else. */
  public DatasetDirectory(Path root, DatasetManifest manifest) {
    this(root, manifest, true);
  }

  /**
   * Opens a data set and checks that it is whole: the manifest is there, and so is every file it
   * names, with the length it names. The content of the files is not read.
   *
   * @throws DataContractException if there is no such directory, the storage refuses it, it is not
   *     finished, or a file is missing or of another length
   * @throws UncheckedIOException if the storage fails
   */
  public static DatasetDirectory open(String directory, Configuration configuration) {
    DatasetDirectory opened = announced(directory, configuration);
    try {
      FileSystem files = opened.root().getFileSystem(configuration);
      for (Split split : opened.manifest().splits().values()) {
        for (ShardFile file : split.files()) {
          check(opened.root(), file, files);
        }
      }
      return opened;
    } catch (IOException e) {
      throw failure(directory, e);
    }
  }

  /**
   * Opens a data set by its manifest alone: whether the files are there is for the caller to see.
   *
   * @throws DataContractException if there is no such directory, the storage refuses it, or it is
   *     not finished
   * @throws UncheckedIOException if the storage fails
   */
  public static DatasetDirectory announced(String directory, Configuration configuration) {
    try {
      Path root = StorageException.qualified(directory, configuration);
      FileSystem files = root.getFileSystem(configuration);
      String json = json(root, files);
      DatasetManifest manifest =
          DatasetManifest.parse(json, new Path(root, DatasetManifest.FILE_NAME).toString());
      return new DatasetDirectory(root, manifest, SealedJson.isSealed(json));
    } catch (IOException e) {
      throw failure(directory, e);
    }
  }

  private static RuntimeException failure(String directory, IOException e) {
    StorageException failure = StorageException.of(directory, e);
    return failure.isLasting()
        ? new DataContractException(failure.getMessage(), e)
        : new UncheckedIOException(failure.getMessage(), e);
  }

  /** Where a file of this data set is. */
  public Path path(ShardFile file) {
    return new Path(root, file.path());
  }

  /** What to tell people who use it; nothing if all is well. */
  public Optional<String> caution() {
    return sealed
        ? Optional.empty()
        : Optional.of(
            root
                + " is a data set of format 1, whose manifest has no digest of its own: it is taken"
                + " as it stands; preprocess it again to have it checked");
  }

  private static String json(Path root, FileSystem files) throws IOException {
    Path path = new Path(root, DatasetManifest.FILE_NAME);
    try (InputStream in = files.open(path)) {
      return new String(in.readNBytes(MAX_MANIFEST), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      String trouble =
          !files.exists(root)
              ? "there is no data set at " + root
              : root
                  + " holds no "
                  + DatasetManifest.FILE_NAME
                  + ": it is not a data set, or its preprocessing has not finished";
      throw new DataContractException(trouble + "; run the preprocessing first", e);
    }
  }

  private static void check(Path root, ShardFile file, FileSystem files) throws IOException {
    Path path = new Path(root, file.path());
    FileStatus status;
    try {
      status = files.getFileStatus(path);
    } catch (FileNotFoundException e) {
      throw new DataContractException(
          path + " is missing; copy the data set again, or preprocess it again", e);
    }
    if (status.getLen() != file.bytes()) {
      throw new DataContractException(
          path
              + " has "
              + status.getLen()
              + " bytes, the manifest says "
              + file.bytes()
              + "; copy the data set again, or preprocess it again");
    }
  }
}
