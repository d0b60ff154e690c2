package org.sparkmto.exchange;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A file in memory that rank 0 makes for all ranks. It has no name from the moment it is made, so
 * nothing is left of it when its processes end, however they do: others open it by what rank 0's
 * process has open, which only processes of the same user on the same machine can see. It begins
 * with a random token, which says that it is this one.
 */
final class SharedFile implements AutoCloseable {
  /** Where Linux has files in memory. */
  static final Path MEMORY = Path.of("/dev/shm");

  /** Bytes of the token, at the file's start. */
  private static final int TOKEN = 32;

  private static final int PAGE = 4096;

  private final FileChannel channel;
  private final Place place;

  private SharedFile(FileChannel channel, Place place) {
    this.channel = channel;
    this.place = place;
  }

  /**
   * Where another process finds it.
   *
   * @param path below {@code /proc}
   * @param bytes its size
   * @param token with which it begins
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Place(String path, long bytes, byte[] token) {
    void write(DataOutputStream out) throws IOException {
      out.writeUTF(path);
      out.writeLong(bytes);
      out.write(token);
    }

    static Place read(DataInputStream in) throws IOException {
      String path = in.readUTF();
      long bytes = in.readLong();
      byte[] token = in.readNBytes(TOKEN);
      if (token.length != TOKEN) {
        throw new IOException("a token of %d bytes".formatted(token.length));
      }
      return new Place(path, bytes, token);
    }

    /** Whether this process finds it there. */
    boolean isSeen() {
      Path file = Path.of(path);
      try {
        // Elsewhere the same path may be a pipe, of which nobody else may read.
        if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
          return false;
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
          ByteBuffer found = ByteBuffer.allocate(TOKEN);
          while (found.hasRemaining() && in.read(found) >= 0) {}
          return Arrays.equals(found.array(), token);
        }
      } catch (IOException e) {
        return false;
      }
    }
  }

  /**
   * Makes one and fills it, for a page that has no room when it is first written to ends the
   * process.
   *
   * @param folder in which it has a name for a moment
   * @throws IOException if it cannot be made, or there is no room for it; in words for people
   */
  static SharedFile create(Path folder, long bytes) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException("there is no folder " + folder);
    }
    long room = Files.getFileStore(folder).getUsableSpace();
    if (room < bytes) {
      throw noRoom(folder, bytes, "%s are free".formatted(mebibytes(room)));
    }
    Path file =
        Files.createTempFile(
            folder,
            "spark-mto-",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Path opened = opened(file);
      Files.delete(file);
      byte[] token = new byte[TOKEN];
      new SecureRandom().nextBytes(token);
      fill(channel, bytes, token);
      return new SharedFile(channel, new Place(opened.toString(), bytes, token));
    } catch (IOException e) {
      if (channel != null) {
        channel.close();
      }
      Files.deleteIfExists(file);
      throw noRoom(folder, bytes, e.getMessage());
    }
  }

  private static IOException noRoom(Path folder, long bytes, String why) {
    return new IOException("%s has no room for %s: %s".formatted(folder, mebibytes(bytes), why));
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
  }

  /** Where this process has a file open. */
  private static Path opened(Path file) throws IOException {
    Path real = file.toRealPath();
    try (Stream<Path> all = Files.list(PeerProcess.own().opened())) {
      return all.filter(each -> leadsTo(each, real))
          .findFirst()
          .orElseThrow(() -> new IOException("/proc does not show what this process has open"));
    }
  }

  private static boolean leadsTo(Path link, Path file) {
    try {
      return Files.readSymbolicLink(link).equals(file);
    } catch (IOException e) {
      // Closed since it was listed.
      return false;
    }
  }

  private static void fill(FileChannel channel, long bytes, byte[] token) throws IOException {
    ByteBuffer page = ByteBuffer.allocate(PAGE).put(token).rewind();
    for (long at = 0; at < bytes; ) {
      page.limit((int) Math.min(PAGE, bytes - at));
      at += channel.write(page, at);
      if (!page.hasRemaining()) {
        page = ByteBuffer.allocate(PAGE);
      }
    }
  }

  Place place() {
    return place;
  }

  /** Lets go of it; those who have it mapped keep it. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
