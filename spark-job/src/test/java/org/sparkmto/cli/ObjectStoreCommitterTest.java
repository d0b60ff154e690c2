package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class ObjectStoreCommitterTest {
  private static final String NAME = "spark.hadoop.fs.s3a.committer.name";

  @Test
  void choosesTheMagicCommitterUnlessSomebodyHasChosen() {
    SparkConf conf = new SparkConf(false);
    ObjectStoreCommitter.choose(conf);
    assertThat(conf.get(NAME)).isEqualTo("magic");
    SparkConf chosen = new SparkConf(false).set(NAME, "directory");
    ObjectStoreCommitter.choose(chosen);
    assertThat(chosen.get(NAME)).isEqualTo("directory");
  }

  @Test
  void warnsWhereItIsNotInstalledAndAnObjectStoreIsWrittenTo() {
    Configuration hadoop = new Configuration(false);
    assertThat(ObjectStoreCommitter.warning("s3a://b/x", hadoop, false))
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .startsWith("warning: s3a://b/x is written with the committer that renames")
                    .contains("spark-hadoop-cloud")
                    .doesNotContain("\n"));
    assertThat(ObjectStoreCommitter.warning("s3a://b/x", hadoop, true)).isEmpty();
    assertThat(ObjectStoreCommitter.warning("hdfs://b/x", hadoop, false)).isEmpty();
    assertThat(ObjectStoreCommitter.warning("x", hadoop, false)).isEmpty();
    hadoop.set("fs.defaultFS", "s3a://b");
    assertThat(ObjectStoreCommitter.warning("x", hadoop, false)).isPresent();
  }
}
