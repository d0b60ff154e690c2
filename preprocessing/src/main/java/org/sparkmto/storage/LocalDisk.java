package org.sparkmto.storage;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The disks of this machine, for files that carry digests of their own: without a {@code .crc}
 * beside each, and without the process, {@code chmod}, that Hadoop starts for every file and
 * directory it makes where its native library is absent.
 */
public final class LocalDisk extends RawLocalFileSystem {
  /**
   * Opens it.
   *
   * @throws IOException if Hadoop cannot initialise it
   */
  public static LocalDisk of(Configuration hadoop) throws IOException {
    LocalDisk disk = new LocalDisk();
    disk.initialize(URI.create("file:///"), hadoop);
    return disk;
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
