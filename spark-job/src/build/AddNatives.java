import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Makes the application jar: the Java classes of one jar and the native libraries of others, copied
 * as they are compressed. Compressing libtorch again would take half a minute of every build, and
 * several with CUDA.
 *
 * <p>Run from its source by the build: {@code java AddNatives.java APPLICATION-JAR CLASSES-JAR
 * CLASS-PATH}. Native libraries come from those jars of the class path which JavaCPP publishes with
 * a platform as their classifier.
 */
public final class AddNatives {
  private static final Pattern NATIVE_JAR =
      Pattern.compile("(cuda|javacpp|openblas|pytorch)-[0-9].*-linux-[a-z0-9_]+(-gpu)?\\.jar");

  private static final Pattern NATIVE_LIBRARY =
      Pattern.compile("org/bytedeco/[a-z]+/linux-[a-z0-9_-]+/[^/]+\\.so(\\.[0-9.]+)?");

  /**
   * A binding of OpenBLAS that libtorch does not load, 24 MB unpacked; and of CUDA all but what
   * ranks call to exchange.
   */
  private static final Pattern UNUSED =
      Pattern.compile(
          ".*/libjniopenblas_full\\.so|org/bytedeco/cuda/.*/libjni(?!cudart\\.|nccl\\.).*");

  private AddNatives() {}

  public static void main(String[] arguments) throws IOException {
    Path application = Path.of(arguments[0]);
    Path classes = Path.of(arguments[1]);
    Path unfinished = application.resolveSibling(application.getFileName() + ".unfinished");
    // What ChangedClasses.java compiles against.
    Files.writeString(application.resolveSibling("compile.classpath"), arguments[2]);
    Set<String> names = new HashSet<>();
    try (ZipArchiveOutputStream jar = new ZipArchiveOutputStream(unfinished)) {
      copy(classes, Pattern.compile(".*", Pattern.DOTALL), jar, names);
      for (String element : arguments[2].split(":")) {
        Path path = Path.of(element);
        if (NATIVE_JAR.matcher(path.getFileName().toString()).matches()) {
          copy(path, NATIVE_LIBRARY, jar, names);
        }
      }
    }
    if (names.stream().noneMatch(name -> name.endsWith("/libtorch_cpu.so"))) {
      throw new IOException("No libtorch_cpu.so in the native jars of " + arguments[2]);
    }
    Files.move(
        unfinished,
        application,
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  private static void copy(
      Path source, Pattern wanted, ZipArchiveOutputStream jar, Set<String> names)
      throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(source).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
        String name = entry.getName();
        if (!wanted.matcher(name).matches() || UNUSED.matcher(name).matches()) {
          continue;
        }
        if (!names.add(name)) {
          throw new IOException(name + " of " + source + " is in the application jar already");
        }
        try (InputStream raw = new BufferedInputStream(zip.getRawInputStream(entry), 1 << 16)) {
          jar.addRawArchiveEntry(entry, raw);
        }
      }
    }
  }
}
