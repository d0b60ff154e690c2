package org.sparkmto.training;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that owns something, so that others can see whether it lives.
 *
 * @param host name of its machine, for people
 * @param pid its number there
 * @param machine what tells its machine and its room of process numbers from any other; empty where
 *     the system does not say
 * @param started when it began, counted from the start of its kernel: what the clock says of that
 *     changes when the clock is set; empty where the system does not say
 */
record OwnerProcess(String host, long pid, String machine, String started) {
  private static final String TICKS = "ticks ";

  /** Where proc(5) has "starttime", number 22, when the first after the name is number 3. */
  private static final int AFTER_NAME_START = 22 - 3;

  /** This process. */
  static OwnerProcess current() {
    ProcessHandle process = ProcessHandle.current();
    return new OwnerProcess(hostName(), process.pid(), thisMachine(), started(process.pid()));
  }

  /** Whether it is known, from its own machine, to live no more. */
  boolean isKnownToBeGone() {
    if (!isHere()) {
      return false;
    }
    Optional<ProcessHandle> alive = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (alive.isEmpty()) {
      return true;
    }
    // Its number may be another process's by now. Earlier versions wrote a time of the clock.
    String now = started(pid);
    return started.startsWith(TICKS) && now.startsWith(TICKS) && !now.equals(started);
  }

  /** Whether its process number means here what it means there. */
  boolean isHere() {
    return !machine.isEmpty() && machine.equals(thisMachine());
  }

  private static String started(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
      // The name of the program, in parentheses, may hold blanks.
      String afterName = stat.substring(stat.lastIndexOf(')') + 2);
      return TICKS + afterName.split(" ", -1)[AFTER_NAME_START];
    } catch (IOException e) {
      return "";
    }
  }

  /** Names of machines are not unique among containers; the start of a kernel is. */
  private static String thisMachine() {
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      String processes = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      return boot + " " + processes;
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unknown machine";
    }
  }
}
