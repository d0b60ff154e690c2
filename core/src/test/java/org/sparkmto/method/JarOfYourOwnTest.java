package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.options.OwnJar;

/** The jar in docs/extending.md, as somebody makes it who has nothing but this module. */
class JarOfYourOwnTest {
  @TempDir private static Path folder;
  private static Path jar;

  @BeforeAll
  static void write() throws IOException {
    String page = Files.readString(Path.of("../docs/extending.md"));
    String source = page.substring(page.indexOf("package com.example;"));
    jar =
        OwnJar.write(
            folder,
            "our-methods.jar",
            Map.of("OurMethods", source.substring(0, source.indexOf("```"))),
            Map.of(MethodProvider.class, "OurMethods"));
  }

  @Test
  void itsMethodKeepsWhatItDeclares() throws Exception {
    try (URLClassLoader loader = OwnJar.loader(getClass().getClassLoader(), jar)) {
      MethodProvider provider =
          (MethodProvider)
              loader.loadClass("com.example.OurMethods").getConstructor().newInstance();
      List<MethodEntry> entries = provider.entries();
      assertThat(entries).hasSize(1);
      assertThat(MethodCheck.of(entries.get(0))).isEmpty();
    }
  }

  /** As on a cluster, where one loader has the program's jar and those of {@code --jars}. */
  @Test
  void theRegistryFindsIt() throws Exception {
    Path own = Path.of(Methods.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ClassLoader withoutProgram =
        new ClassLoader(getClass().getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.sparkmto.")) {
              throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
          }
        };
    try (URLClassLoader loader = OwnJar.loader(withoutProgram, own, jar)) {
      Class<?> methods = loader.loadClass(Methods.class.getName());
      Object made = methods.getMethod("of", String.class).invoke(null, "inverse-root");
      Object weighing =
          made.getClass()
              .getMethod("weigh", double[].class, double[][].class)
              .invoke(made, new double[] {1, 1}, new double[][] {{16, 0}, {0, 81}});
      Object shared = weighing.getClass().getMethod("shared").invoke(weighing);
      assertThat(shared).hasToString("[0.5, 0.3333333333333333]");
    }
    assertThat(Methods.known().names()).doesNotContain("inverse-root");
  }
}
