package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors of one machine start together and unpack libtorch into one folder. Two of three crashed
 * where each did so by itself.
 */
class UnpackedTogetherIT {
  @TempDir private Path folder;

  @Test
  void processesThatStartTogetherUnpackItOneAfterTheOther() throws Exception {
    load(3);
    // What a process leaves that is killed while it unpacks.
    try (Stream<Path> all = Files.walk(folder.resolve("natives"))) {
      Path library = all.filter(file -> file.endsWith("libtorch_cpu.so")).findFirst().orElseThrow();
      try (FileChannel file = FileChannel.open(library, StandardOpenOption.WRITE)) {
        file.truncate(file.size() / 2);
      }
    }
    load(1);
  }

  private void load(int processes) throws Exception {
    List<Process> all = new ArrayList<>();
    try {
      for (int i = 0; i < processes; i++) {
        ProcessBuilder child =
            new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + folder.resolve("crash-" + i),
                "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("natives"),
                "-cp",
                System.getProperty("java.class.path"),
                Load.class.getName());
        child.redirectErrorStream(true).redirectOutput(folder.resolve("output-" + i).toFile());
        all.add(child.start());
      }
      for (int i = 0; i < processes; i++) {
        assertThat(all.get(i).waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(all.get(i).exitValue())
            .as(Files.readString(folder.resolve("output-" + i)))
            .isZero();
      }
    } finally {
      all.forEach(Process::destroyForcibly);
    }
  }

  /** What a rank does first. */
  static final class Load {
    public static void main(String[] arguments) {
      ComputeThreads.use(1);
      try (FlatVector ones = FlatVector.of(1, 1, 1)) {
        if (ones.squares(0, 3) != 3) {
          throw new IllegalStateException("libtorch computes something else");
        }
      }
    }
  }
}
