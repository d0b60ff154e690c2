package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.version.BuildVersion;

/** docs/plugin-example, compiled against the classes of today as its pom does with Maven. */
class PluginExampleTest {
  private static final Path PROJECT = DeployFiles.ROOT.resolve("docs/plugin-example");

  @TempDir private static Path folder;
  private static Path jar;
  private static Path tests;
  private static URLClassLoader program;

  @BeforeAll
  static void build() throws Exception {
    Path classes = folder.resolve("classes");
    compile("src/main/java", classes, "");
    tests = folder.resolve("tests");
    compile("src/test/java", tests, ":" + classes);
    jar = folder.resolve("mto-example-1.0.jar");
    write(jar, classes, PROJECT.resolve("src/main/resources"));
    program = JarOfEveryKindTest.program(jar, tests);
  }

  @AfterAll
  static void close() throws IOException {
    program.close();
  }

  private static void compile(String sources, Path into, String more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("-cp", System.getProperty("java.class.path") + more, "--release", "17"));
    arguments.addAll(
        List.of("-Xlint:all,-processing,-classfile,-path", "-Werror", "-proc:none", "-d"));
    arguments.add(Files.createDirectories(into).toString());
    try (Stream<Path> files = Files.walk(PROJECT.resolve(sources))) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
    }
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .isZero();
  }

  private static void write(Path jar, Path... folders) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      for (Path from : folders) {
        try (Stream<Path> files = Files.walk(from)) {
          for (Path one : files.filter(Files::isRegularFile).toList()) {
            zip.putNextEntry(new ZipEntry(from.relativize(one).toString()));
            Files.copy(one, zip);
          }
        }
      }
    }
  }

  private static String printed(String... arguments) throws Exception {
    CommandHere command = JarOfEveryKindTest.run(program, arguments);
    assertThat(command.code()).as(command.err()).isZero();
    return command.out();
  }

  @Test
  void whatItAddsIsListedWithItsJar() throws Exception {
    assertThat(printed("methods")).contains("median-norm (from mto-example-1.0.jar)");
    assertThat(printed("list", "losses")).contains("squared-hinge (from mto-example-1.0.jar)");
    assertThat(printed("list", "schedules")).contains("triangle (from mto-example-1.0.jar)");
    assertThat(printed("list", "samples")).contains("dials (from mto-example-1.0.jar)");
    assertThat(printed("list", "samples", "--markdown")).doesNotContain("dials");
  }

  @Test
  void itsConfigurationIsUnderstood() throws Exception {
    // Whatever the program refuses would be refused here.
    printed("train", "--config", PROJECT.resolve("dials.conf").toString(), "--print-config");
    assertThat(DocumentedCommandsTest.faultOfConfiguration(PROJECT.resolve("dials-tasks.conf")))
        .isEmpty();
  }

  @Test
  void itsOwnTestPasses() throws Exception {
    Class<?> test = program.loadClass("com.example.mto.ExampleTest");
    var constructor = test.getDeclaredConstructor();
    constructor.setAccessible(true);
    Object object = constructor.newInstance();
    int passed = 0;
    for (Method method : test.getDeclaredMethods()) {
      if (method.isAnnotationPresent(Test.class)) {
        method.setAccessible(true);
        method.invoke(object);
        passed++;
      }
    }
    assertThat(passed).isEqualTo(3);
  }

  @Test
  void itsPomNamesTheVersionsOfToday() throws IOException {
    String pom = Files.readString(PROJECT.resolve("pom.xml"));
    String ours = Files.readString(DeployFiles.ROOT.resolve("pom.xml"));
    assertThat(pom)
        .contains("<spark.version>" + BuildVersion.current().spark() + "<")
        .contains("<version>" + BuildVersion.current().application() + "<");
    Matcher plugin =
        Pattern.compile(
                "<artifactId>(maven-[a-z]+-plugin|junit-jupiter)</artifactId>\\s*<version>([^<$]+)<")
            .matcher(pom);
    while (plugin.find()) {
      assertThat(ours)
          .containsPattern(
              plugin.group(1).startsWith("junit")
                  ? "<junit.version>" + Pattern.quote(plugin.group(2)) + "<"
                  : plugin.group(1)
                      + "</artifactId>\\s*<version>"
                      + Pattern.quote(plugin.group(2)));
    }
  }

  /** What a run notes down of jars, and what is said of another one, or none. */
  @Test
  @SuppressWarnings("unchecked") // a copy of the program, of which only its methods are known here
  void anotherJarOfTheSameNameIsTold() throws Exception {
    Class<?> jars = program.loadClass("org.sparkmto.training.OwnJars");
    Method facts = jars.getDeclaredMethod("facts");
    Method differences = jars.getDeclaredMethod("differences", Map.class);
    facts.setAccessible(true);
    differences.setAccessible(true);
    Map<String, String> now = (Map<String, String>) facts.invoke(null);
    assertThat(now).hasSize(1).containsKey("jar mto-example-1.0.jar");
    assertThat(now.values().iterator().next()).matches("[0-9a-f]{64}");
    assertThat((List<String>) differences.invoke(null, now)).isEmpty();
    assertThat(
            (List<String>)
                differences.invoke(null, Map.of("jar mto-example-1.0.jar", "5f", "java", "17")))
        .containsExactly("mto-example-1.0.jar is another than in training, by its SHA-256");
    assertThat((List<String>) differences.invoke(null, Map.of("jar gone.jar", "5f")))
        .containsExactly("gone.jar, which was there in training, is not on the class path");
  }
}
