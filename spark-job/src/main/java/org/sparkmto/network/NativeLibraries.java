package org.sparkmto.network;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * How a process gets libtorch and other libraries of native code, and what a machine lacks if they
 * do not load there, in words.
 */
public final class NativeLibraries {
  private static final String LOCK = ".loading";
  private static final Pattern LIBRARY = Pattern.compile("lib.*\\.so(\\.[.0-9]+)?");

  private static final Pattern ABSENT =
      Pattern.compile("(\\S+\\.so[.0-9]*): cannot open shared object file");

  private static final Pattern OLD =
      Pattern.compile("version [`'](\\S+)' not found \\(required by");

  private static final String TORCH = "libtorch";

  private static final Map<Class<?>, Optional<LinkageError>> TRIED = new HashMap<>();

  private NativeLibraries() {}

  /**
   * Loads libtorch into this process, and tells what went wrong. Java names the reason to the first
   * who asks alone, so all who need libtorch ask here.
   */
  static Optional<LinkageError> failure() {
    return failure(torch.class);
  }

  /**
   * Loads a library into this process.
   *
   * @param name of the library, for people
   * @param binding JavaCPP's class for it
   * @return one sentence about what is wrong; empty if it can be used
   */
  public static Optional<String> obstacle(String name, Class<?> binding) {
    return failure(binding).map(error -> words(name, error));
  }

  private static synchronized Optional<LinkageError> failure(Class<?> binding) {
    return TRIED.computeIfAbsent(
        binding,
        wanted -> {
          try {
            load(wanted);
            return Optional.empty();
          } catch (LinkageError e) {
            return Optional.of(e);
          }
        });
  }

  /**
   * One process after the other: two that unpack libtorch into the same folder at once, as two
   * executors of a machine do, map files that the other is still writing, and crash.
   */
  private static void load(Class<?> binding) {
    try {
      Path folder = Loader.getCacheDir().toPath();
      Files.createDirectories(folder);
      try (FileChannel file =
              FileChannel.open(
                  folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = file.lock()) {
        removeBroken(folder);
        Loader.load(binding);
      }
    } catch (IOException | OverlappingFileLockException e) {
      // Where nothing can be locked nothing can be unpacked either, which the loader says.
      Loader.load(binding);
    }
  }

  /**
   * A process that was killed while it unpacked has left a library without its end, and whoever
   * maps that crashes, for ever: the loader asks for no lengths.
   */
  private static void removeBroken(Path cache) throws IOException {
    List<Path> libraries;
    try (Stream<Path> all = Files.walk(cache)) {
      libraries =
          all.filter(file -> LIBRARY.matcher(file.getFileName().toString()).matches())
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .toList();
    }
    for (Path library : libraries) {
      // Below a folder with the name of the jar, as in the jar.
      Path relative = cache.relativize(library);
      if (relative.getNameCount() > 2) {
        String name = relative.subpath(1, relative.getNameCount()).toString();
        URL packed = NativeLibraries.class.getClassLoader().getResource(name);
        if (packed != null
            && packed.getPath().contains("/" + relative.getName(0) + "!/")
            && packed.openConnection().getContentLengthLong() != Files.size(library)) {
          Files.delete(library);
        }
      }
    }
  }

  /** One sentence for an error of the loader with libtorch. */
  static String words(LinkageError error) {
    return words(TORCH, error);
  }

  private static String words(String name, LinkageError error) {
    return name
        + " does not load on this machine: "
        + needed(error).orElse("it needs Linux on x86_64 with glibc 2.35 or newer");
  }

  /** One sentence about what a library of the class path needs and does not find; else empty. */
  static Optional<String> missing(String resource) {
    try {
      File file = Loader.cacheResource(resource);
      System.load(file.getAbsolutePath());
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("libtorch cannot be unpacked: " + e.getMessage());
    } catch (LinkageError e) {
      return Optional.of(words(e));
    }
  }

  /** The loader's own words are in the innermost cause. */
  private static Optional<String> needed(LinkageError error) {
    Optional<String> needed = Optional.empty();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String words = String.valueOf(cause.getMessage());
      Matcher absent = ABSENT.matcher(words);
      Matcher old = OLD.matcher(words);
      if (absent.find()) {
        needed =
            Optional.of(
                ("it needs the library %s, which is not found here; install it, or name its folder"
                        + " in LD_LIBRARY_PATH")
                    .formatted(absent.group(1)));
      } else if (old.find()) {
        needed =
            Optional.of(
                "it needs %s; this machine is older than Linux on x86_64 with glibc 2.35"
                    .formatted(old.group(1)));
      }
    }
    return needed;
  }
}
