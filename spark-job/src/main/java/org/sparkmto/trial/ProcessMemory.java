package org.sparkmto.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * What this process holds of the machine's memory, in bytes.
 *
 * @param resident physical memory: native memory, the touched part of the Java heap, libraries
 * @param peak the most that {@code resident} ever was, or since {@link #forgetPeak}
 * @param heapUsed objects in the Java heap, garbage included
 * @param heapCommitted what the Java heap has taken from the system, touched or not
 * @param handles native objects, such as tensors, that Java code owns and has not given back
 */
public record ProcessMemory(
    long resident, long peak, long heapUsed, long heapCommitted, long handles) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path PEAK = Path.of("/proc/self/clear_refs");

  /** What Linux takes there for "the peak is what is resident now". */
  private static final String FORGET_PEAK = "5";

  /** As it is now, garbage included. */
  public static ProcessMemory now() {
    List<String> status;
    try {
      status = Files.readAllLines(STATUS);
    } catch (IOException e) {
      throw new UncheckedIOException("memory can only be measured on Linux: no " + STATUS, e);
    }
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    return new ProcessMemory(
        bytes(status, "VmRSS:"),
        bytes(status, "VmHWM:"),
        heap.getUsed(),
        heap.getCommitted(),
        Pointer.totalCount());
  }

  /** As it is once the garbage is gone, and with it the native objects that only garbage owned. */
  public static ProcessMemory afterCollection() {
    // Handles of unreachable objects come back on a thread of their own after a collection, and
    // the second collection takes what they held.
    for (int round = 0; round < 2; round++) {
      ManagementFactory.getMemoryMXBean().gc();
      Pointer.deallocateReferences();
    }
    return now();
  }

  /**
   * Lets {@link #peak} count anew from here.
   *
   * @return false if this system does not let a process do so
   */
  public static boolean forgetPeak() {
    try {
      Files.writeString(PEAK, FORGET_PEAK);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static long bytes(List<String> status, String field) {
    return status.stream()
        .filter(line -> line.startsWith(field))
        .map(line -> line.substring(field.length()).replace("kB", "").strip())
        .mapToLong(kilobytes -> 1024 * Long.parseLong(kilobytes))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(STATUS + " has no " + field));
  }
}
