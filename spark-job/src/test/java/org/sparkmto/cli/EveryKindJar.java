package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.sparkmto.method.MethodProvider;
import org.sparkmto.metric.MetricProvider;
import org.sparkmto.network.ArchitectureProvider;
import org.sparkmto.network.LossProvider;
import org.sparkmto.optimizer.OptimizerProvider;
import org.sparkmto.preprocessing.RawDatasetProvider;

/**
 * A user's jar with something of every kind, compiled against what is public. Its method is the one
 * in docs/extending.md.
 */
public final class EveryKindJar {
  private static final Map<String, Class<?>> PROVIDERS = new LinkedHashMap<>();

  static {
    PROVIDERS.put("OurMethods", MethodProvider.class);
    PROVIDERS.put("OurOptimizers", OptimizerProvider.class);
    PROVIDERS.put("OurLosses", LossProvider.class);
    PROVIDERS.put("OurMetrics", MetricProvider.class);
    PROVIDERS.put("OurNetworks", ArchitectureProvider.class);
    PROVIDERS.put("OurData", RawDatasetProvider.class);
  }

  private EveryKindJar() {}

  /** Writes it. */
  public static Path write(Path jar) throws IOException {
    Path parts = Files.createTempDirectory(jar.getParent(), "parts");
    Path classes = Files.createDirectory(parts.resolve("classes"));
    List<String> arguments =
        new ArrayList<>(List.of("-cp", System.getProperty("java.class.path"), "-proc:none", "-d"));
    arguments.add(classes.toString());
    String page = Files.readString(Path.of("../docs/extending.md"));
    String methods = page.substring(page.indexOf("package com.example;"));
    Path source = parts.resolve("OurMethods.java");
    Files.writeString(source, methods.substring(0, methods.indexOf("```")));
    arguments.add(source.toString());
    for (String provider : PROVIDERS.keySet()) {
      if (!provider.equals("OurMethods")) {
        arguments.add("src/test/resources/own-jar/" + provider + ".java");
      }
    }
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .isZero();
    return write(jar, classes);
  }

  /** Writes one that names all its classes and has none of them. */
  static Path writeHollow(Path jar) throws IOException {
    return write(jar, Files.createTempDirectory(jar.getParent(), "nothing"));
  }

  private static Path write(Path jar, Path classes) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        Files.copy(each, out);
      }
      for (Map.Entry<String, Class<?>> provider : PROVIDERS.entrySet()) {
        out.putNextEntry(new JarEntry("META-INF/services/" + provider.getValue().getName()));
        out.write(("com.example." + provider.getKey() + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }
}
