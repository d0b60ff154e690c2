package org.sparkmto.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.fs.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawRootTest {
  @ParameterizedTest
  @CsvSource({
    "file:/photos, a/1.png, a/1.png",
    "file:/photos, /photos/a/1.png, a/1.png",
    "file:/photos, file:/photos/a/1.png, a/1.png",
    "file:/photos, file:///photos/a/1.png, a/1.png",
    "file:/photos, /photos-2/1.png, /photos-2/1.png",
    "file:/photos, /photos/../etc/passwd, ../etc/passwd",
    "file:/photos, s3a://photos/1.png, s3a://photos/1.png",
    "file:/, /a/1.png, a/1.png",
    "s3a://bucket/photos, s3a://bucket/photos/1.png, 1.png",
    "s3a://bucket/photos, s3a://other/photos/1.png, s3a://other/photos/1.png",
    "s3a://bucket, s3a://bucket/1.png, 1.png",
    "hdfs://host:9000/photos, /photos/1.png, 1.png",
  })
  void aNameThatBeginsWithTheDirectoryIsOneBelowIt(String root, String name, String expected) {
    assertThat(RawRoot.alone(new Path(root)).relative(name)).isEqualTo(expected);
  }
}
