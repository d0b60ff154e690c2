package org.sparkmto.exchange;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The process of a rank, as others of this machine see it below {@code /proc}. Its number alone
 * would not do: numbers are given again, and other containers have the same ones.
 *
 * @param pid its number
 * @param start when it began, in ticks since the machine did
 */
record PeerProcess(long pid, long start) {
  /** Fields of {@code /proc/PID/stat} behind the name, the first of which is the state. */
  private static final int START = 19;

  /** None that lives. */
  static final PeerProcess UNKNOWN = new PeerProcess(0, 0);

  /** This one. */
  static PeerProcess own() throws IOException {
    long pid = ProcessHandle.current().pid();
    return new PeerProcess(pid, Long.parseLong(fields(pid)[START]));
  }

  void write(DataOutputStream out) throws IOException {
    out.writeLong(pid);
    out.writeLong(start);
  }

  static PeerProcess read(DataInputStream in) throws IOException {
    return new PeerProcess(in.readLong(), in.readLong());
  }

  /** Where it has what it has opened. */
  Path opened() {
    return Path.of("/proc", Long.toString(pid), "fd");
  }

  /** Whether it is there and runs, or is stopped; not if it has ended and waits to be buried. */
  boolean lives() {
    try {
      String[] fields = fields(pid);
      return Long.parseLong(fields[START]) == start && !"ZX".contains(fields[0]);
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** The name before them is in brackets and may hold anything. */
  private static String[] fields(long pid) throws IOException {
    String line =
        Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
    return line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
  }
}
