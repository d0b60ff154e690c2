package org.sparkmto.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The application jar beside the jars of Spark: nothing twice, nothing missing. */
class ApplicationJarIT {
  private static Set<String> entries(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Set<String> names = new TreeSet<>();
      file.stream()
          .filter(entry -> !entry.isDirectory())
          .map(ZipEntry::getName)
          .forEach(names::add);
      return names;
    }
  }

  @Test
  void holdsNoClassThatSparkBringsToo() throws IOException {
    Set<String> ours = entries(BuiltFiles.applicationJar());
    for (Path jar : BuiltFiles.sparkJars()) {
      Set<String> twice = entries(jar);
      twice.retainAll(ours);
      twice.removeIf(name -> !name.endsWith(".class"));
      assertThat(twice).as("classes of %s in the application jar", jar).isEmpty();
    }
    assertThat(ours)
        .noneMatch(name -> name.startsWith("org/apache/") || name.startsWith("scala/"))
        .noneMatch(name -> name.startsWith("com/fasterxml/") || name.startsWith("org/slf4j/"));
  }

  @Test
  void movesTheLibrariesThatAClusterMayHaveInAnotherVersion() throws IOException {
    assertThat(entries(BuiltFiles.applicationJar()))
        .contains(
            "org/sparkmto/shaded/config/Config.class",
            "org/sparkmto/shaded/picocli/CommandLine.class",
            "org/sparkmto/shaded/ejml/data/DMatrixRMaj.class")
        .noneMatch(name -> name.startsWith("com/typesafe/"))
        .noneMatch(name -> name.startsWith("picocli/"))
        .noneMatch(name -> name.startsWith("org/ejml/"));
  }

  @Test
  void holdsOurModulesAndTheNativesOfLibtorch() throws IOException {
    assertThat(entries(BuiltFiles.applicationJar()))
        .contains("org/sparkmto/cli/Main.class", "org/sparkmto/data/DatasetManifest.class")
        .anyMatch(name -> name.matches("org/bytedeco/pytorch/linux-[^/]+/libtorch_cpu.so"))
        .anyMatch(name -> name.matches("org/bytedeco/openblas/linux-[^/]+/libopenblas.so.0"))
        .anyMatch(name -> name.matches("org/bytedeco/javacpp/linux-[^/]+/libjnijavacpp.so"));
  }

  @Test
  void isNeitherSignedNorAModule() throws IOException {
    assertThat(entries(BuiltFiles.applicationJar()))
        .noneMatch(name -> name.matches("META-INF/.*\\.(SF|DSA|RSA)"))
        .noneMatch(name -> name.endsWith("module-info.class"));
  }

  @Test
  void theClassPathOfSparkHasWhatTheApplicationTakesFromIt() {
    assertThat(BuiltFiles.sparkJars())
        .extracting(jar -> jar.getFileName().toString())
        .anyMatch(name -> name.startsWith("spark-core_"))
        .anyMatch(name -> name.startsWith("spark-sql_"))
        .anyMatch(name -> name.startsWith("scala-library"))
        .anyMatch(name -> name.startsWith("jackson-databind"))
        .anyMatch(name -> name.startsWith("parquet-hadoop"))
        .anyMatch(name -> name.startsWith("hadoop-client-runtime"))
        .anyMatch(name -> name.startsWith("slf4j-api"))
        .allMatch(name -> name.endsWith(".jar"));
  }
}
