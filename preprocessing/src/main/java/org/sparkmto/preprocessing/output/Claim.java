package org.sparkmto.preprocessing.output;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Who appends to a finished directory: the content of a file in it.
 *
 * @param token never used twice
 * @param host name of the machine
 * @param pid of the process there
 * @param started when that process started, as far as it is known; process numbers are used again
 */
record Claim(String token, String host, long pid, String started) {
  private static final int LINES = 4;

  /** A claim of this process. */
  static Claim own() {
    ProcessHandle self = ProcessHandle.current();
    return new Claim(UUID.randomUUID().toString(), machine(), self.pid(), started(self));
  }

  /** Reads a claim; one that cannot be read is somebody's who is just writing it, or damaged. */
  static Claim parse(String text) {
    List<String> lines = text.lines().toList();
    try {
      return lines.size() == LINES
          ? new Claim(lines.get(0), lines.get(1), Long.parseLong(lines.get(2)), lines.get(3))
          : new Claim("", "an unknown machine", -1, "");
    } catch (NumberFormatException e) {
      return new Claim("", "an unknown machine", -1, "");
    }
  }

  String text() {
    return String.join("\n", token, host, Long.toString(pid), started) + "\n";
  }

  /** Whether its process is known to have ended: one of another machine is never. */
  boolean hasEnded() {
    return host.equals(machine())
        && ProcessHandle.of(pid).filter(process -> started(process).equals(started)).isEmpty();
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("unknown");
  }

  private static String machine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
