package org.sparkmto.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** What {@code mvn package} made, as the build tells integration tests. */
public final class BuiltFiles {
  private static final Pattern NATIVE_JAR =
      Pattern.compile("(javacpp|openblas|pytorch)-[0-9].*-linux-[a-z0-9_]+\\.jar");

  private BuiltFiles() {}

  /** The application jar, as a user gives it to spark-submit. */
  public static Path applicationJar() {
    return file("spark-mto.application-jar");
  }

  /** What is in the application jar but for the natives. */
  public static Path classesJar() {
    return applicationJar().resolveSibling("spark-mto-classes.jar");
  }

  /**
   * The jars of libtorch's natives, unpacked before this returns to the folder that is named by
   * {@link #nativesFolder()}: other JVMs find them there.
   */
  public static List<Path> nativeJars() {
    Loader.load(torch.class);
    return Arrays.stream(System.getProperty("java.class.path").split(":", -1))
        .map(Path::of)
        .filter(jar -> NATIVE_JAR.matcher(jar.getFileName().toString()).matches())
        .toList();
  }

  /** Where JavaCPP unpacks natives to in this JVM. */
  static Path nativesFolder() {
    try {
      return Loader.getCacheDir().toPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder of what brings the application to a cluster. */
  static Path deploy() {
    return Path.of(System.getProperty("basedir", System.getProperty("user.dir")))
        .resolveSibling("deploy");
  }

  /** The jars of Spark itself. */
  public static List<Path> sparkJars() {
    String classPath = text("spark-mto.spark-classpath");
    return Arrays.stream(classPath.split(":", -1)).map(Path::of).toList();
  }

  /** The class path of the S3 server, which has nothing in common with that of Spark. */
  public static String s3ServerClassPath() {
    return text("spark-mto.s3-server-classpath");
  }

  /** The class path of a whole HDFS in one process. */
  public static String hdfsServerClassPath() {
    return text("spark-mto.hdfs-server-classpath");
  }

  /** The jars of {@link Dl4jWitness} and of DL4J, whose JavaCPP is not that of libtorch. */
  public static List<Path> dl4jWitness() {
    String property = "spark-mto.dl4j-witness-classpath";
    List<Path> jars = new ArrayList<>();
    Path own = file(property).resolveSibling("jars");
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(own, "spark-mto-dl4j-witness-*.jar")) {
      found.forEach(jars::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String jar : text(property).split(":", -1)) {
      jars.add(Path.of(jar));
    }
    return jars;
  }

  private static String text(String property) {
    try {
      return Files.readString(file(property)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(String property) {
    String value = System.getProperty(property);
    if (value == null || !Files.isRegularFile(Path.of(value))) {
      throw new IllegalStateException(
          "%s is %s; integration tests run by mvn verify".formatted(property, value));
    }
    return Path.of(value);
  }
}
