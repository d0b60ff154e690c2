package org.sparkmto.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class S3ServerIT {
  /** Classes of tests share a process, each with a server of its own. */
  @Test
  void aBucketOfTheSameNameIsSoughtAtTheServerThatRuns(@TempDir Path first, @TempDir Path second)
      throws IOException {
    try (S3Server server = S3Server.start(first, "bucket")) {
      write(server, "s3a://bucket/first");
    }
    try (S3Server server = S3Server.start(second, "bucket")) {
      write(server, "s3a://bucket/second");
    }
    assertThat(first.resolve("buckets/bucket/first")).isEmptyFile();
    assertThat(second.resolve("buckets/bucket/second")).isEmptyFile();
  }

  private static void write(S3Server server, String file) throws IOException {
    Configuration hadoop = server.reaching(new Configuration());
    FileSystem.get(URI.create(file), hadoop).create(new org.apache.hadoop.fs.Path(file)).close();
  }
}
