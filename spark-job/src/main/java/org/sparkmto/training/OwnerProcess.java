package org.sparkmto.training;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A process that owns something, so that others can see whether it lives.
 *
 * @param host name of its machine, for people
 * @param pid its number there
 * @param machine what tells its machine and its room of process numbers from any other; empty where
 *     the system does not say
 * @param started when it began, as its system says
 */
record OwnerProcess(String host, long pid, String machine, String started) {

  /** This process. */
  static OwnerProcess current() {
    ProcessHandle process = ProcessHandle.current();
    return new OwnerProcess(hostName(), process.pid(), thisMachine(), started(process));
  }

  /** Whether it is known, from its own machine, to live no more. */
  boolean isKnownToBeGone() {
    return isHere()
        && ProcessHandle.of(pid)
            .filter(process -> process.isAlive() && started(process).equals(started))
            .isEmpty();
  }

  /** Whether its process number means here what it means there. */
  boolean isHere() {
    return !machine.isEmpty() && machine.equals(thisMachine());
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
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
