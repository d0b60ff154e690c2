package org.sparkmto.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDiskTest {
  @TempDir Path folder;

  @Test
  void filesHaveThePermissionsOfTheUmaskThatHadoopIsTold() throws IOException {
    Configuration hadoop = new Configuration(false);
    FsPermission.setUMask(hadoop, new FsPermission("027"));
    LocalDisk disk = LocalDisk.of(hadoop);
    Path directory = folder.resolve("of a run");
    Path file = directory.resolve("weights");
    try (OutputStream out = disk.create(new org.apache.hadoop.fs.Path(file.toUri()))) {
      out.write(1);
    }
    assertThat(permissions(directory)).isEqualTo("rwxr-x---");
    assertThat(permissions(file)).isEqualTo("rw-r-----");
    assertThat(directory).isDirectoryNotContaining(other -> !other.equals(file));
  }

  /** An error of Hadoop's own would pass all that catches what a storage answers. */
  @Test
  void aFullDiskIsAnExceptionOfAStorage() throws IOException {
    LocalDisk disk = LocalDisk.of(new Configuration(false));
    org.apache.hadoop.fs.Path full = new org.apache.hadoop.fs.Path("/dev/full");
    // Not by create(), which would set the permissions of the device.
    try (OutputStream out = disk.createOutputStreamWithMode(full, false, null)) {
      assertThatThrownBy(() -> out.write(new byte[10]))
          .isInstanceOf(IOException.class)
          .hasMessage("No space left on device")
          .matches(StorageException::isLasting);
      assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
