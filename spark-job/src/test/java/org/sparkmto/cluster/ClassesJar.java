package org.sparkmto.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** A small jar of classes of a test, for an application that only the test knows. */
public final class ClassesJar {
  private ClassesJar() {}

  /** Writes a class and those nested in it, and returns the jar. */
  public static Path write(Path jar, Class<?> type) throws IOException {
    return write(jar, type, Map.of());
  }

  /**
   * Writes a class and those nested in it, and returns the jar.
   *
   * @param providers by the service for which {@link java.util.ServiceLoader} is to find each
   */
  public static Path write(Path jar, Class<?> type, Map<Class<?>, Class<?>> providers)
      throws IOException {
    String name = type.getSimpleName();
    String folder = type.getPackageName().replace('.', '/') + "/";
    Path classes = Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> candidates = Files.list(classes.resolve(folder))) {
      List<String> files = candidates.map(path -> path.getFileName().toString()).toList();
      for (String file : files) {
        if (file.equals(name + ".class") || file.startsWith(name + "$")) {
          out.putNextEntry(new ZipEntry(folder + file));
          try (InputStream in = Files.newInputStream(classes.resolve(folder + file))) {
            in.transferTo(out);
          }
          out.closeEntry();
        }
      }
      for (Map.Entry<Class<?>, Class<?>> provider : providers.entrySet()) {
        out.putNextEntry(new ZipEntry("META-INF/services/" + provider.getKey().getName()));
        out.write((provider.getValue().getName() + "\n").getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
      }
    }
    return jar;
  }
}
