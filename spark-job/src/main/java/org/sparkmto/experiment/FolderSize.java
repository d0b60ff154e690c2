package org.sparkmto.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * What lies in folders, links not followed.
 *
 * @param entries files and folders
 * @param bytes of the files
 */
record FolderSize(long entries, long bytes) {
  /** Of some folders together, as they are now; what comes and goes meanwhile is counted as met. */
  static FolderSize of(List<Path> folders) {
    long[] sum = new long[2];
    try {
      for (Path folder : folders) {
        Files.walkFileTree(folder, new Adding(sum));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new FolderSize(sum[0], sum[1]);
  }

  private static final class Adding extends SimpleFileVisitor<Path> {
    private final long[] sum;

    Adding(long[] sum) {
      this.sum = sum;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      sum[0]++;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      sum[0]++;
      sum[1] += attributes.size();
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException gone) {
      return FileVisitResult.CONTINUE;
    }
  }
}
