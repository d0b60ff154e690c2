package org.sparkmto.preprocessing.cityscapes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.RawFiles;

/**
 * The files of one directory tree and one split, by sample. Cities only order the files: a sample
 * is found by its name wherever it lies.
 */
final class Tree {
  private final Map<String, Map<String, Path>> samples = new TreeMap<>();
  private final Set<String> twice = new TreeSet<>();
  private final List<Path> strays = new ArrayList<>();

  private Tree() {}

  /** Lists the cities of a split; a split that is not there has no files. */
  static Tree of(Path split, RawFiles files) throws IOException {
    Tree tree = new Tree();
    if (!files.isDirectory(split)) {
      return tree;
    }
    tree.add(split, files);
    for (String city : files.directories(split)) {
      Path directory = child(split, city);
      tree.add(directory, files);
      for (String nested : files.directories(directory)) {
        tree.strays.add(child(directory, nested));
      }
    }
    return tree;
  }

  private void add(Path directory, RawFiles files) throws IOException {
    for (String name : files.names(directory)) {
      Path path = child(directory, name);
      Optional<FileName> parsed = FileName.parse(name);
      if (parsed.isEmpty()) {
        strays.add(path);
        continue;
      }
      String core = parsed.get().core();
      if (samples
              .computeIfAbsent(core, sample -> new TreeMap<>())
              .putIfAbsent(parsed.get().suffix(), path)
          != null) {
        twice.add(core);
      }
    }
  }

  /** Core names of all samples that have a file here, whatever it is. */
  Set<String> cores() {
    return samples.keySet();
  }

  /** The file of a sample. */
  Optional<Path> file(String core, RawFile kind) {
    return Optional.ofNullable(samples.getOrDefault(core, Map.of()).get(kind.suffix()));
  }

  /** Any file of a sample that is here. */
  Path any(String core) {
    return samples.get(core).values().iterator().next();
  }

  /** Samples with two files of the same name, in two cities. */
  Set<String> twice() {
    return twice;
  }

  /** Files whose names say of no sample, and directories where files should be. */
  List<Path> strays() {
    return strays;
  }

  /** Number of samples that have this kind of file. */
  long count(RawFile kind) {
    return samples.values().stream().filter(files -> files.containsKey(kind.suffix())).count();
  }

  /** A path below a directory, for any name: a colon in it is no scheme. */
  static Path child(Path directory, String name) {
    return new Path(directory, new Path(null, null, name));
  }
}
