package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of half a megabyte, which can be filled: a mounted tmpfs. */
final class SmallDisk implements AutoCloseable {
  private final Path at;

  private SmallDisk(Path at) {
    this.at = at;
  }

  /** Mounts one; a test that may not do that is aborted with the reason. */
  static SmallDisk mount(Path at) throws IOException, InterruptedException {
    Files.createDirectories(at);
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", at.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(mount.waitFor() == 0, "this needs the right to mount a tmpfs: " + said);
    return new SmallDisk(at);
  }

  Path at() {
    return at;
  }

  private Path filler() {
    return at.resolve("filler");
  }

  /** Writes until nothing more fits. */
  void fill() {
    byte[] page = new byte[1024];
    try (OutputStream out = Files.newOutputStream(filler())) {
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left on device");
    }
  }

  /** Makes room again. */
  void free() {
    try {
      Files.delete(filler());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("umount", at.toString()).start().waitFor()).isZero();
  }
}
