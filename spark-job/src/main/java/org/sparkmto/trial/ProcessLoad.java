package org.sparkmto.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/**
 * What this process holds of everything that can run out.
 *
 * @param resident bytes of the machine's memory
 * @param heapLive bytes of the Java heap that the last collections left
 * @param handles native objects that Java code owns
 * @param files open files and connections
 * @param threads of the process, those of libraries among them
 */
public record ProcessLoad(long resident, long heapLive, long handles, long files, long threads) {
  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final Path TASKS = Path.of("/proc/self/task");

  /**
   * As it is now.
   *
   * @throws UncheckedIOException if this is no Linux
   */
  public static ProcessLoad now() {
    return new ProcessLoad(
        ProcessMemory.now().resident(),
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .map(MemoryPoolMXBean::getCollectionUsage)
            .filter(Objects::nonNull)
            .mapToLong(MemoryUsage::getUsed)
            .sum(),
        Pointer.totalCount(),
        entries(OPEN),
        entries(TASKS));
  }

  private static long entries(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException("only Linux tells: no " + folder, e);
    }
  }
}
