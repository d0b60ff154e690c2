package org.sparkmto.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
 * @param diskFiles files in some folder
 * @param diskBytes bytes in that folder
 */
public record ProcessLoad(
    long resident,
    long heapLive,
    long handles,
    long files,
    long threads,
    long diskFiles,
    long diskBytes) {
  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final Path TASKS = Path.of("/proc/self/task");

  /**
   * As it is now.
   *
   * @param folder whose files are counted; one that changes meanwhile is counted as it is met
   * @throws UncheckedIOException if this is no Linux
   */
  public static ProcessLoad now(Path folder) {
    long[] disk = new long[2];
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(Files::isRegularFile)
          .forEach(
              file -> {
                disk[0]++;
                disk[1] += bytes(file);
              });
    } catch (IOException | UncheckedIOException e) {
      // Something went away while it was counted: what was met until then has to do.
    }
    return new ProcessLoad(
        ProcessMemory.now().resident(),
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .map(MemoryPoolMXBean::getCollectionUsage)
            .filter(Objects::nonNull)
            .mapToLong(MemoryUsage::getUsed)
            .sum(),
        Pointer.totalCount(),
        entries(OPEN),
        entries(TASKS),
        disk[0],
        disk[1]);
  }

  private static long bytes(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long entries(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException("only Linux tells: no " + folder, e);
    }
  }
}
