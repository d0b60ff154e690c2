package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Task;
import org.sparkmto.method.MethodProvider;
import org.sparkmto.preprocessing.RawDatasetProvider;

/**
 * A jar with something of every kind, compiled against what is public, beside a copy of the program
 * of its own: the registries of this JVM do not see it.
 */
class JarOfEveryKindTest {
  @TempDir private static Path folder;
  private static URLClassLoader loader;

  @BeforeAll
  static void write() throws Exception {
    loader = program(EveryKindJar.write(folder.resolve("ours.jar")));
  }

  /** As on a cluster: one loader has the program and the jars of {@code --jars}. */
  static URLClassLoader program(Path... jars) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (Class<?> one : List.of(MethodProvider.class, RawDatasetProvider.class, Task.class)) {
      urls.add(one.getProtectionDomain().getCodeSource().getLocation());
    }
    urls.add(Main.class.getProtectionDomain().getCodeSource().getLocation());
    for (Path one : jars) {
      urls.add(one.toUri().toURL());
    }
    ClassLoader libraries =
        new ClassLoader(JarOfEveryKindTest.class.getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.sparkmto.")) {
              throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
          }
        };
    return new URLClassLoader(urls.toArray(URL[]::new), libraries);
  }

  @AfterAll
  static void close() throws IOException {
    loader.close();
  }

  static CommandHere run(ClassLoader program, String... arguments) throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Class<?> main = program.loadClass(Main.class.getName());
    var commands = main.getDeclaredMethod("subCommands");
    commands.setAccessible(true);
    var run =
        main.getDeclaredMethod(
            "run", List.class, PrintWriter.class, PrintWriter.class, String[].class);
    run.setAccessible(true);
    Object code =
        run.invoke(
            null,
            commands.invoke(null),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            arguments);
    return new CommandHere((Integer) code, out.toString(), err.toString());
  }

  private static String printed(String... arguments) throws Exception {
    CommandHere command = run(loader, arguments);
    assertThat(command.code()).as(command.err()).isZero();
    return command.out();
  }

  @Test
  void listsShowTheJarThatAnEntryCameFrom() throws Exception {
    assertThat(printed("methods"))
        .startsWith("ew\n")
        .contains("\ninverse-root (from ours.jar)\n  Inverse roots. our notes\n");
    assertThat(printed("methods", "inverse-root")).contains("power");
    assertThat(printed("list", "optimizers")).contains("slow-sgd (from ours.jar)", "\nadam\n");
    assertThat(printed("list", "losses")).contains("half-cross-entropy (from ours.jar)");
    assertThat(printed("list", "metrics")).contains("share-labelled (from ours.jar)");
    assertThat(printed("list", "networks")).contains("two-matrices (from ours.jar)");
    assertThat(printed("list", "datasets")).contains("our-scans (from ours.jar)");
    assertThat(printed("datasets", "our-scans")).contains("our-scans (from ours.jar)");
    assertThat(printed("list", "keys").replaceAll("\\n +# +", " "))
        .contains("inverse-root", "slow-sgd", "two-matrices", "half-cross-entropy (from ours.jar)")
        .contains("gradient descent with a part of the rate (from ours.jar)");
  }

  @Test
  void pagesOfTheDocumentationLeaveItOut() throws Exception {
    for (String kind : List.of("optimizers", "losses", "metrics", "networks", "datasets", "keys")) {
      CommandHere without = CommandHere.run("list", kind, "--markdown");
      assertThat(printed("list", kind, "--markdown")).isEqualTo(without.out()).isNotEmpty();
    }
    assertThat(printed("methods", "--markdown"))
        .isEqualTo(CommandHere.run("methods", "--markdown").out());
    assertThat(printed("datasets", "--markdown"))
        .isEqualTo(CommandHere.run("datasets", "--markdown").out());
  }

  @Test
  void aJarThatCannotBeTakenIsRefusedBeforeAnyWork() throws Exception {
    Path hollow = EveryKindJar.writeHollow(folder.resolve("hollow.jar"));
    try (URLClassLoader program = program(hollow)) {
      CommandHere command = run(program, "train", "--config", "no-such.conf");
      assertThat(command.code()).isEqualTo(2);
      assertThat(command.err())
          .contains("a jar on the class path offers a ", "com.example.Our")
          .hasLineCount(1);
    }
    assertThat(run(Main.class.getClassLoader(), "methods").out()).doesNotContain("from ours.jar");
  }
}
