package org.sparkmto.version;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The versions that this code was built with, as the build wrote them down.
 *
 * @param application the version of spark-mto, such as {@code 0.1.0}
 * @param spark the version of Spark that it was compiled for; a cluster may run another one
 * @param libtorch the version of libtorch and of its Java binding, such as {@code 2.10.0-1.5.13}
 */
public record BuildVersion(String application, String spark, String libtorch) {
  private static final String RESOURCE = "build.properties";

  /** The versions of the running build. */
  public static BuildVersion current() {
    Properties properties = new Properties();
    try (InputStream in = BuildVersion.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(
            RESOURCE + " is not beside " + BuildVersion.class.getName() + ": build with Maven");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + RESOURCE, e);
    }
    return new BuildVersion(
        properties.getProperty("application"),
        properties.getProperty("spark"),
        properties.getProperty("libtorch"));
  }
}
