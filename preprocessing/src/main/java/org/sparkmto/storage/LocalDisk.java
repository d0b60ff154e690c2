package org.sparkmto.storage;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The disks of this machine, for files that carry digests of their own: without a {@code .crc}
 * beside each, and without the process, {@code chmod}, that Hadoop starts for every file and
 * directory it makes where its native library is absent. What cannot be written, such as to a full
 * disk, is an {@link IOException} as on every other storage, and not Hadoop's {@link FSError},
 * which no one expects.
 */
public final class LocalDisk extends RawLocalFileSystem {
  private static boolean serves;

  /**
   * What reaches a path: this, if it lies on this machine.
   *
   * @throws IOException if Hadoop cannot initialise it
   */
  public static FileSystem orOther(Path path, Configuration hadoop) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof LocalFileSystem ? of(hadoop) : files;
  }

  /**
   * Opens it.
   *
   * @throws IOException if Hadoop cannot initialise it
   */
  static LocalDisk of(Configuration hadoop) throws IOException {
    LocalDisk disk = new LocalDisk();
    disk.initialize(URI.create("file:///"), hadoop);
    return disk;
  }

  /**
   * Makes this what {@code file:} means to all of this JVM, Spark too, with {@code .crc} files as
   * they expect. A job of Spark makes several directories and files for each shard, so on one
   * machine most of the work on small shards was to start processes. Nothing happens where {@code
   * file:} is in use already, as in executors.
   *
   * @param settings of Hadoop, such as the umask; asked for the first time alone
   * @throws UncheckedIOException if Hadoop cannot initialise it
   */
  public static synchronized void serveThisMachine(Supplier<Configuration> settings) {
    if (serves) {
      return;
    }
    Configuration hadoop = new Configuration(settings.get());
    hadoop.setClass("fs.file.impl", Checked.class, FileSystem.class);
    try {
      // Hadoop keeps the first one for whoever asks later, with whatever configuration.
      FileSystem.get(URI.create("file:///"), hadoop);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    serves = true;
  }

  /** With checksums; made by Hadoop. */
  public static final class Checked extends LocalFileSystem {
    /** Called by Hadoop, which initialises it. */
    public Checked() {
      super(new LocalDisk());
    }
  }

  @Override
  protected OutputStream createOutputStreamWithMode(
      Path path, boolean append, FsPermission permission) throws IOException {
    return new Output(super.createOutputStreamWithMode(path, append, permission));
  }

  private static final class Output extends FilterOutputStream implements Syncable {
    private final OutputStream file;

    Output(OutputStream file) {
      super(file);
      this.file = file;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        file.write(bytes, from, length);
      } catch (FSError e) {
        throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
      }
    }

    @Override
    public void hflush() throws IOException {
      file.flush();
    }

    @Override
    public void hsync() throws IOException {
      if (file instanceof Syncable syncable) {
        syncable.hsync();
      } else {
        file.flush();
      }
    }
  }

  @Override
  public void setPermission(Path path, FsPermission permission) throws IOException {
    try {
      Files.setPosixFilePermissions(
          pathToFile(path).toPath(),
          PosixFilePermissions.fromString(
              permission.getUserAction().SYMBOL
                  + permission.getGroupAction().SYMBOL
                  + permission.getOtherAction().SYMBOL));
    } catch (UnsupportedOperationException e) {
      super.setPermission(path, permission); // a disk that knows no such permissions
    }
  }
}
