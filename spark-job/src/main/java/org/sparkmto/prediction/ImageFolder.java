package org.sparkmto.prediction;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.naming.Counted;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;

/** The image files in a folder and all folders in it, on any storage that Hadoop knows. */
final class ImageFolder {
  private static final List<String> ENDINGS = List.of("png", "jpg", "jpeg");

  /** Kinds of other files that are named. */
  private static final int MOST_KINDS = 4;

  private final RawFiles files;
  private final List<RawSample> images = new ArrayList<>();
  private final Map<String, Integer> others = new TreeMap<>();

  private ImageFolder(RawFiles files) {
    this.files = files;
  }

  /**
   * Images whose identities are their names relative to the folder, with forward slashes, in order.
   * Hidden files and folders (leading dot) are left out; files whose names are not of images are
   * passed over with a remark.
   *
   * @throws PreprocessingException if there is none, or a link leads out of the folder or in a
   *     circle
   */
  static ImageListing list(RawRoot folder, Configuration hadoop) throws IOException {
    Path root = folder.path();
    ImageFolder found = new ImageFolder(folder.files(hadoop));
    found.collect(List.of(root), "");
    Optional<String> remark = found.remark();
    if (found.images.isEmpty()) {
      throw PreprocessingException.wrongUsage(
          root
              + " holds no .png, .jpg or .jpeg file"
              + remark.map(others -> "; " + others).orElse(""));
    }
    found.images.sort(Comparator.comparing(RawSample::id));
    return new ImageListing(
        found.images,
        List.of(),
        Optional.empty(),
        remark,
        Map.of("source", "images", "directory", root.toString()));
  }

  private void collect(List<Path> trail, String prefix) throws IOException {
    Path directory = trail.get(trail.size() - 1);
    for (String name : files.names(directory)) {
      int dot = name.lastIndexOf('.');
      String ending = name.substring(dot + 1).toLowerCase(Locale.ROOT);
      if (dot >= 0 && ENDINGS.contains(ending)) {
        String source = child(directory, name).toString();
        images.add(new RawSample(prefix + name, "", source, 0, new byte[0]));
      } else {
        others.merge(dot < 0 ? "without an ending" : "." + ending, 1, Integer::sum);
      }
    }
    for (String name : files.directories(directory)) {
      Path inner = child(directory, name);
      for (Path outer : trail) {
        if (files.isSame(outer, inner)) {
          throw PreprocessingException.wrongUsage(
              inner + " is a link to a folder that holds it; remove the link");
        }
      }
      List<Path> longer = new ArrayList<>(trail);
      longer.add(inner);
      collect(longer, prefix + name + "/");
    }
  }

  /** What other files there are; a folder of images that are all of another kind is no accident. */
  private Optional<String> remark() {
    if (others.isEmpty()) {
      return Optional.empty();
    }
    int count = others.values().stream().mapToInt(n -> n).sum();
    String kinds =
        others.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .limit(MOST_KINDS)
            .map(kind -> kind.getValue() + " " + kind.getKey())
            .collect(Collectors.joining(", "));
    return Optional.of(
        Counted.of(count, "other file is", "other files are")
            + " passed over, as the names do not end in .png, .jpg or .jpeg: "
            + kinds
            + (others.size() > MOST_KINDS ? ", ..." : ""));
  }

  /** Not taken apart: the name may hold a colon. */
  private static Path child(Path parent, String name) {
    return new Path(parent, new Path(null, null, name));
  }
}
