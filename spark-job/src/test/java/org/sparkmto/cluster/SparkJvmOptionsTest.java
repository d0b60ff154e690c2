package org.sparkmto.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/** The JVM options in the parent pom serve the tests, the launcher script and the notebooks. */
class SparkJvmOptionsTest {
  @Test
  void theBuildGivesEveryOptionThatThisSparkWants() {
    assertThat(ManagementFactory.getRuntimeMXBean().getInputArguments())
        .as("options of this JVM, from the property spark.jvm.options of the parent pom")
        .contains(JavaModuleOptions.defaultModuleOptionArray());
  }
}
