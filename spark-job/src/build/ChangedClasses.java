import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.xbean.asm9.ClassReader;
import org.apache.xbean.asm9.ClassVisitor;
import org.apache.xbean.asm9.ClassWriter;
import org.apache.xbean.asm9.FieldVisitor;
import org.apache.xbean.asm9.MethodVisitor;
import org.apache.xbean.asm9.Opcodes;
import org.apache.xbean.asm9.RecordComponentVisitor;
import org.apache.xbean.asm9.commons.ClassRemapper;
import org.apache.xbean.asm9.commons.Remapper;

/**
 * Brings the application jar up to date where nothing but Java sources has changed since it was
 * built: compiles them, moves what the build moves, and replaces their classes in the jar, which is
 * then the one that the build would make. Classes that see a changed one are compiled again if more
 * of it has changed than the inside of its methods. Maven's own files are left as they are, so that
 * the next build checks what was compiled here without its checks.
 *
 * <p>Run from its source by deploy/local/spark-mto: {@code java -cp SPARK ChangedClasses.java
 * ROOT}. Ends with 0 when the jar is up to date, 4 when something does not compile, and 3 when only
 * the build can tell, such as after a change of a pom or a resource, or the end of a class.
 */
public final class ChangedClasses {
  private static final List<String> MODULES = List.of("core", "preprocessing", "spark-job");
  private static final int ERRORS = 4;
  private static final int BUILD = 3;

  /** What maven-compiler-plugin leaves: the sources that it has compiled. */
  private static final String COMPILED =
      "target/maven-status/maven-compiler-plugin/compile/default-compile/inputFiles.lst";

  private static final Pattern RELOCATION =
      Pattern.compile("<pattern>([^<]+)</pattern>\\s*<shadedPattern>([^<]+)</shadedPattern>");

  private final long begin = System.currentTimeMillis();
  private final Path root;
  private final Path target;
  private final Path jar;
  private final Path changed;
  private final Path stateFile;

  /** Size and time of each source by its path from the root. */
  private final Map<String, String> sources = new TreeMap<>();

  private ChangedClasses(Path root) {
    this.root = root;
    target = root.resolve("spark-job/target");
    jar = target.resolve("spark-mto.jar");
    changed = target.resolve("changed-classes");
    stateFile = changed.resolve("state");
  }

  public static void main(String[] arguments) throws IOException {
    System.exit(new ChangedClasses(Path.of(arguments[0]).toRealPath()).run());
  }

  private int run() throws IOException {
    String reason = reasonToBuild();
    if (reason != null) {
      return build(reason);
    }
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(root.resolve(module + "/src/main/java"))) {
        for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
          sources.put(root.relativize(file).toString(), stamp(file));
        }
      }
    }
    Set<String> wanted = changedSources();
    if (wanted == null) {
      return build("a source is gone, or what was compiled is not known");
    }
    return wanted.isEmpty() ? finish(Map.of(), Set.of()) : compile(wanted);
  }

  private static int build(String reason) {
    System.err.println("spark-mto: a whole build, as " + reason);
    return BUILD;
  }

  private String reasonToBuild() throws IOException {
    if (!Files.isRegularFile(jar) || !Files.isRegularFile(target.resolve("compile.classpath"))) {
      return "there was none of this version";
    }
    FileTime built = Files.getLastModifiedTime(jar);
    List<Path> others = new ArrayList<>(List.of(root.resolve("pom.xml")));
    for (String module : MODULES) {
      others.add(root.resolve(module + "/pom.xml"));
      try (Stream<Path> files = Files.walk(root.resolve(module + "/src/main"))) {
        files
            .filter(one -> !one.startsWith(root.resolve(module + "/src/main/java")))
            .forEach(others::add);
      }
    }
    try (Stream<Path> files = Files.walk(root.resolve("spark-job/src/build"))) {
      files.forEach(others::add);
    }
    for (Path other : others) {
      if (Files.getLastModifiedTime(other).compareTo(built) > 0) {
        return root.relativize(other) + " has changed";
      }
    }
    return null;
  }

  private static String stamp(Path file) throws IOException {
    return Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
  }

  /** The sources that the jar does not have as they are; null if that is not known. */
  private Set<String> changedSources() throws IOException {
    Map<String, String> known = new TreeMap<>();
    if (Files.isRegularFile(stateFile)) {
      List<String> state = Files.readAllLines(stateFile);
      if (state.get(0).equals(stamp(jar))) {
        for (String line : state.subList(1, state.size())) {
          known.put(line.substring(line.indexOf('\t') + 1), line.substring(0, line.indexOf('\t')));
        }
        return difference(known);
      }
    }
    delete(changed); // a build has made the jar since
    for (String module : MODULES) {
      Path list = root.resolve(module).resolve(COMPILED);
      if (!Files.isRegularFile(list)) {
        return null;
      }
      FileTime compiled = Files.getLastModifiedTime(list);
      for (String line : Files.readAllLines(list)) {
        Path file = root.resolve(module).resolve(line);
        if (!file.startsWith(root.resolve(module + "/src/main/java")) || !Files.exists(file)) {
          return null;
        }
        boolean newer = Files.getLastModifiedTime(file).compareTo(compiled) > 0;
        known.put(root.relativize(file).toString(), newer ? "newer" : stamp(file));
      }
    }
    return difference(known);
  }

  private Set<String> difference(Map<String, String> known) {
    if (!sources.keySet().containsAll(known.keySet())) {
      return null;
    }
    Set<String> different = new TreeSet<>();
    sources.forEach(
        (file, stamp) -> {
          if (!stamp.equals(known.get(file))) {
            different.add(file);
          }
        });
    return different;
  }

  private int compile(Set<String> wanted) throws IOException {
    System.err.println("spark-mto: compiling " + String.join(", ", names(wanted)));
    Path fresh = changed.resolve("fresh");
    if (!javac(wanted, MODULES.size(), fresh)) {
      return ERRORS;
    }
    Set<String> old = new TreeSet<>();
    int from = MODULES.size(); // the first module whose classes must all be compiled again
    for (String source : wanted) {
      Map<String, byte[]> before = classes(source, place(source));
      Map<String, byte[]> after = classes(source, fresh);
      old.addAll(before.keySet());
      if (!outside(before).equals(outside(after))) {
        from = Math.min(from, MODULES.indexOf(module(source)));
      }
    }
    if (from < MODULES.size()) {
      Set<String> all = new TreeSet<>(wanted);
      for (String source : sources.keySet()) {
        if (MODULES.indexOf(module(source)) >= from) {
          all.add(source);
        }
      }
      System.err.printf(
          "spark-mto: compiling %d sources, as others see what has changed%n", all.size());
      if (!javac(all, from, fresh)) {
        return ERRORS;
      }
      for (String module : MODULES.subList(from, MODULES.size())) {
        old.addAll(read(whole(module) ? overlay(module) : classesOf(module)).keySet());
      }
    }
    Map<String, byte[]> made = read(fresh);
    old.removeAll(made.keySet());
    keep(wanted, from, fresh);
    return finish(made, old);
  }

  private static List<String> names(Set<String> sources) {
    List<String> names = sources.stream().map(s -> s.substring(s.lastIndexOf('/') + 1)).toList();
    return names.size() <= 5 ? names : List.of(names.size() + " sources");
  }

  private static String module(String source) {
    return source.substring(0, source.indexOf('/'));
  }

  private Path classesOf(String module) {
    return root.resolve(module + "/target/classes");
  }

  /** What was compiled here since the build. */
  private Path overlay(String module) {
    return changed.resolve(module);
  }

  /** Whether all classes of a module were compiled here. */
  private boolean whole(String module) {
    return Files.exists(changed.resolve(module + ".whole"));
  }

  /** Compiles as the build does, but for its checks. */
  private boolean javac(Set<String> files, int from, Path into) throws IOException {
    delete(into);
    Files.createDirectories(into);
    List<String> path = new ArrayList<>();
    for (String module : MODULES.subList(0, from)) {
      path.add(overlay(module).toString());
      if (!whole(module)) {
        path.add(classesOf(module).toString());
      }
    }
    for (String element : Files.readString(target.resolve("compile.classpath")).split(":")) {
      if (!element.startsWith(root + "/")) {
        path.add(element);
      }
    }
    List<String> arguments =
        new ArrayList<>(
            List.of("-d", into.toString(), "-cp", String.join(":", path), "--release", "17"));
    arguments.addAll(List.of("-g", "-parameters", "-encoding", "UTF-8", "-proc:none", "-nowarn"));
    arguments.addAll(List.of("-XDcompilePolicy=simple", "-implicit:none", "-Xpkginfo:always"));
    for (String file : files) {
      arguments.add(root.resolve(file).toString());
    }
    return ToolProvider.getSystemJavaCompiler()
            .run(null, System.err, System.err, arguments.toArray(String[]::new))
        == 0;
  }

  private List<Path> place(String source) {
    String module = module(source);
    return whole(module) ? List.of(overlay(module)) : List.of(overlay(module), classesOf(module));
  }

  private Map<String, byte[]> classes(String source, Path place) throws IOException {
    return classes(source, List.of(place));
  }

  /** The classes of a source by their names in a jar, each from the first place that has it. */
  private Map<String, byte[]> classes(String source, List<Path> places) throws IOException {
    String file = source.substring(source.lastIndexOf('/') + 1);
    String inside = source.substring(source.indexOf("/java/") + 6, source.length() - file.length());
    Map<String, byte[]> classes = new TreeMap<>();
    for (Path place : places) {
      Path folder = place.resolve(inside);
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (Stream<Path> all = Files.list(folder)) {
        for (Path one : all.filter(c -> c.toString().endsWith(".class")).sorted().toList()) {
          String name = place.relativize(one).toString();
          if (!classes.containsKey(name)) {
            byte[] bytes = Files.readAllBytes(one);
            if (file.equals(sourceOf(bytes))) {
              classes.put(name, bytes);
            }
          }
        }
      }
    }
    return classes;
  }

  private static String sourceOf(byte[] bytes) {
    String[] source = new String[1];
    new ClassReader(bytes)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public void visitSource(String file, String debug) {
                source[0] = file;
              }
            },
            ClassReader.SKIP_CODE);
    return source[0];
  }

  /** What other sources can see of classes. */
  private static Map<String, Set<String>> outside(Map<String, byte[]> classes) {
    Map<String, Set<String>> seen = new TreeMap<>();
    classes.forEach(
        (name, bytes) -> {
          Outside outside = new Outside();
          new ClassReader(bytes).accept(outside, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG);
          if (!outside.local) {
            seen.put(name, outside.seen);
          }
        });
    return seen;
  }

  /** Collects what can be seen. */
  private static final class Outside extends ClassVisitor {
    private final Set<String> seen = new TreeSet<>();
    private boolean local;
    private String own;

    Outside() {
      super(Opcodes.ASM9);
    }

    private void add(int access, Object... parts) {
      if ((access & (Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC)) == 0) {
        StringBuilder line = new StringBuilder().append(access);
        for (Object part : parts) {
          line.append(' ').append(part instanceof String[] all ? List.of(all) : part);
        }
        seen.add(line.toString());
      }
    }

    @Override
    public void visit(int v, int access, String name, String form, String above, String[] types) {
      own = name;
      add(access & ~Opcodes.ACC_SYNTHETIC, "class", form, above, types);
    }

    @Override
    public void visitOuterClass(String owner, String name, String descriptor) {
      local = true;
    }

    @Override
    public void visitInnerClass(String name, String outer, String inner, int access) {
      if (own.equals(outer)) {
        add(access, "inner", inner);
      }
    }

    @Override
    public void visitPermittedSubclass(String name) {
      add(0, "permits", name);
    }

    @Override
    public RecordComponentVisitor visitRecordComponent(String name, String type, String form) {
      add(0, "component", name, type, form);
      return null;
    }

    @Override
    public FieldVisitor visitField(
        int access, String name, String type, String form, Object value) {
      add(access, "field", name, type, form, value);
      return null;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String type, String form, String[] thrown) {
      add(access, "method", name, type, form, thrown == null ? "" : thrown);
      return null;
    }
  }

  private static Map<String, byte[]> read(Path folder) throws IOException {
    Map<String, byte[]> classes = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(one -> one.toString().endsWith(".class")).toList()) {
          classes.put(folder.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    }
    return classes;
  }

  /** Takes over what was compiled, to compile against it the next time. */
  private void keep(Set<String> wanted, int from, Path fresh) throws IOException {
    for (String module : MODULES.subList(from, MODULES.size())) {
      delete(overlay(module));
      Files.writeString(changed.resolve(module + ".whole"), "");
    }
    for (String source : wanted) {
      for (String name : classes(source, overlay(module(source))).keySet()) {
        Files.delete(overlay(module(source)).resolve(name));
      }
    }
    for (String source : sources.keySet()) {
      if (wanted.contains(source) || MODULES.indexOf(module(source)) >= from) {
        for (Map.Entry<String, byte[]> one : classes(source, fresh).entrySet()) {
          Path file = overlay(module(source)).resolve(one.getKey());
          Files.createDirectories(file.getParent());
          Files.write(file, one.getValue());
        }
      }
    }
    delete(fresh);
  }

  private int finish(Map<String, byte[]> made, Set<String> gone) throws IOException {
    if (!made.isEmpty() || !gone.isEmpty()) {
      writeJar(made, gone);
    }
    // What is saved from here on is newer than the jar.
    Files.setLastModifiedTime(jar, FileTime.fromMillis(begin));
    StringBuilder state = new StringBuilder(stamp(jar)).append('\n');
    sources.forEach((file, stamp) -> state.append(stamp).append('\t').append(file).append('\n'));
    Files.createDirectories(changed);
    Files.writeString(stateFile, state);
    return 0;
  }

  private void writeJar(Map<String, byte[]> made, Set<String> gone) throws IOException {
    Map<String, String> moved = new LinkedHashMap<>();
    Matcher relocation = RELOCATION.matcher(Files.readString(root.resolve("spark-job/pom.xml")));
    while (relocation.find()) {
      moved.put(relocation.group(1), relocation.group(2));
    }
    Map<String, byte[]> left = new TreeMap<>(made);
    Path unfinished = jar.resolveSibling("spark-mto.jar.changed");
    try (ZipFile before = ZipFile.builder().setPath(jar).get();
        ZipArchiveOutputStream after = new ZipArchiveOutputStream(unfinished)) {
      long time = 0;
      for (ZipArchiveEntry entry : Collections.list(before.getEntriesInPhysicalOrder())) {
        time = time == 0 ? entry.getTime() : time;
        byte[] bytes = left.remove(entry.getName());
        if (bytes != null) {
          write(after, entry.getName(), entry.getTime(), relocated(bytes, moved));
        } else if (!gone.contains(entry.getName())) {
          try (InputStream raw =
              new BufferedInputStream(before.getRawInputStream(entry), 1 << 16)) {
            after.addRawArchiveEntry(entry, raw);
          }
        }
      }
      for (Map.Entry<String, byte[]> one : left.entrySet()) {
        write(after, one.getKey(), time, relocated(one.getValue(), moved));
      }
    }
    Files.move(
        unfinished, jar, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void write(ZipArchiveOutputStream out, String name, long time, byte[] bytes)
      throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setTime(time);
    out.putArchiveEntry(entry);
    out.write(bytes);
    out.closeArchiveEntry();
  }

  /** A class that names libraries where the shade plugin has moved them. */
  @SuppressWarnings("deprecation") // of the constructor, which older versions of ASM have alone
  private static byte[] relocated(byte[] bytes, Map<String, String> moved) {
    boolean[] any = new boolean[1];
    ClassWriter writer = new ClassWriter(0);
    Remapper remapper =
        new Remapper() {
          @Override
          public String map(String name) {
            return text(name, false);
          }

          @Override
          public Object mapValue(Object value) {
            return value instanceof String text ? text(text, true) : super.mapValue(value);
          }

          private String text(String name, boolean dots) {
            for (Map.Entry<String, String> one : moved.entrySet()) {
              String from = one.getKey().replace('.', '/');
              String to = one.getValue().replace('.', '/');
              if (name.startsWith(from)) {
                any[0] = true;
                return to + name.substring(from.length());
              }
              if (dots && name.indexOf('/') < 0 && name.startsWith(one.getKey())) {
                any[0] = true;
                return one.getValue() + name.substring(one.getKey().length());
              }
            }
            return name;
          }
        };
    new ClassReader(bytes).accept(new ClassRemapper(writer, remapper), ClassReader.EXPAND_FRAMES);
    return any[0] ? writer.toByteArray() : bytes;
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
