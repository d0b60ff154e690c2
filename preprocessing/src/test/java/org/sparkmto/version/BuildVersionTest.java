package org.sparkmto.version;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.package$;
import org.junit.jupiter.api.Test;

class BuildVersionTest {
  @Test
  void holdsTheVersionsOfTheBuild() {
    BuildVersion version = BuildVersion.current();
    assertThat(version.application()).matches("[0-9]+\\.[0-9]+\\.[0-9]+(-[A-Za-z0-9.]+)?");
    assertThat(version.libtorch()).matches("[0-9.]+-[0-9.]+");
    assertThat(version.spark()).isEqualTo(package$.MODULE$.SPARK_VERSION());
  }
}
