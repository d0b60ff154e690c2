package org.sparkmto.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;

class StorageExceptionTest {
  @Test
  void aPathGetsItsFileSystem() throws IOException {
    assertThat(StorageException.qualified("/some/x", HadoopDefaults.copy()))
        .isEqualTo(new Path("file:/some/x"));
  }

  @Test
  void whatIsNoPathIsWrongForEver() {
    for (String name : new String[] {"", "nofs://x/y", "s3a:x"}) {
      StorageException e = refusal(name);
      assertThat(e).hasMessageStartingWith("'" + name + "' is not a path: ");
      assertThat(e.isLasting()).isTrue();
    }
  }

  /** As on a cluster without hadoop-aws, which is not among the libraries of this module. */
  @Test
  void aMissingLibraryIsNamed() {
    StorageException e = refusal("s3a://bucket/x");
    assertThat(e)
        .hasMessageStartingWith("s3a://bucket/x needs libraries that are not on the class path (")
        .hasMessageContaining("S3AFileSystem")
        .hasMessageContaining("conf/spark-s3a.conf");
    assertThat(e.isLasting()).isTrue();
  }

  @Test
  void aHostThatIsNotThereMayComeBack() throws IOException {
    StorageException unknown = refusal("hdfs://no-such-host.invalid/x");
    assertThat(unknown)
        .hasMessage(
            "hdfs://no-such-host.invalid/x: the storage cannot be reached: unknown host"
                + " no-such-host.invalid");
    assertThat(unknown.isLasting()).isFalse();

    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    String name = "hdfs://localhost:" + port + "/x";
    Configuration impatient = HadoopDefaults.copy();
    impatient.setInt("ipc.client.connect.max.retries", 0);
    Path path = StorageException.qualified(name, impatient);
    assertThatThrownBy(() -> path.getFileSystem(impatient).getFileStatus(path))
        .isInstanceOfSatisfying(
            IOException.class,
            e ->
                assertThat(StorageException.of(name, e))
                    .hasMessage(name + ": the storage cannot be reached: Connection refused"));
  }

  @Test
  void aRefusalIsRepeatedInOneLine() {
    StorageException hdfs =
        StorageException.of(
            "hdfs://nn/x",
            new AccessControlException("Permission denied: user=me, access=WRITE\n\tat a.b.c()"));
    assertThat(hdfs)
        .hasMessage("hdfs://nn/x: access is refused: Permission denied: user=me, access=WRITE");
    assertThat(hdfs.isLasting()).isTrue();
    IOException cause = new AccessDeniedException("s3a://b/x", null, "Forbidden");
    cause.initCause(new IllegalStateException("Forbidden (Status Code: 403)"));
    assertThat(StorageException.of("s3a://b/x", cause))
        .hasMessageStartingWith("s3a://b/x: access is refused: Forbidden (Status Code: 403); set ");
  }

  @Test
  void anythingElseMayPass() {
    StorageException e = StorageException.of("/x", new IOException("disk on fire"));
    assertThat(e).hasMessage("/x cannot be used: IOException: disk on fire");
    assertThat(e.isLasting()).isFalse();
    assertThat(StorageException.of("/y", e)).isSameAs(e);
  }

  private static StorageException refusal(String name) {
    return catchThrowableOfType(
        StorageException.class, () -> StorageException.qualified(name, HadoopDefaults.copy()));
  }

  @Test
  void whatWaitingCannotMendIsToldFromWhatItMay() {
    assertThat(
            java.util.stream.Stream.of(
                new java.io.FileNotFoundException("/run/x (Permission denied)"),
                new java.io.FileNotFoundException("/run/x (Read-only file system)"),
                new IOException("No space left on device"),
                new IOException("Mkdirs failed to create /run/checkpoints"),
                new java.nio.file.AccessDeniedException("/run"),
                new org.apache.hadoop.fs.ParentNotDirectoryException("/run/file")))
        .allMatch(e -> StorageException.isLasting(new UncheckedIOException("cannot write", e)));
    assertThat(
            java.util.stream.Stream.of(
                new java.net.ConnectException("Connection refused"),
                new java.net.SocketTimeoutException("Read timed out"),
                new IOException("Stream is closed"),
                new IOException("503 Slow Down")))
        .noneMatch(e -> StorageException.isLasting(new UncheckedIOException("cannot write", e)));
  }
}
