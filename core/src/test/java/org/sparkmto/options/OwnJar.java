package org.sparkmto.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A jar as a user would make it: compiled from sources, with a file that names its providers. */
public final class OwnJar {
  private OwnJar() {}

  /**
   * Writes a jar.
   *
   * @param folder where there is room for its parts
   * @param sources by the simple names of their classes, all in the package {@code com.example}
   * @param services simple names of providers by the interfaces that they implement
   */
  public static Path write(
      Path folder, String name, Map<String, String> sources, Map<Class<?>, String> services)
      throws IOException {
    Path work = Files.createDirectory(folder.resolve(name + "-parts"));
    List<String> arguments =
        new ArrayList<>(List.of("-cp", System.getProperty("java.class.path"), "-proc:none", "-d"));
    arguments.add(work.toString());
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = folder.resolve(name + "-sources").resolve(source.getKey() + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    if (!sources.isEmpty()) {
      assertThat(
              ToolProvider.getSystemJavaCompiler()
                  .run(null, null, null, arguments.toArray(String[]::new)))
          .isZero();
    }
    Path jar = folder.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> classes = Files.walk(work)) {
      for (Path file : classes.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(work.relativize(file).toString()));
        Files.copy(file, out);
      }
      for (Map.Entry<Class<?>, String> service : services.entrySet()) {
        out.putNextEntry(new JarEntry("META-INF/services/" + service.getKey().getName()));
        out.write(("com.example." + service.getValue() + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  /**
   * A class loader as Spark's threads have it in their context: with the jars of {@code --jars}.
   */
  public static URLClassLoader loader(ClassLoader parent, Path... jars) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      urls.add(jar.toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), parent);
  }
}
