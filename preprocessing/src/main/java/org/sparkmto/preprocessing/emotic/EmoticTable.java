package org.sparkmto.preprocessing.emotic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.matlab.MatFile;
import org.sparkmto.preprocessing.matlab.MatValue;

/**
 * The persons of {@code Annotations.mat}: variables {@code train}, {@code val} and {@code test},
 * struct arrays of images, each with a struct array of persons. Fields are found by name.
 *
 * <p>Training persons have one annotator, the others several: there the fields {@code combined_*}
 * count.
 */
final class EmoticTable {
  private static final List<String> DIMENSIONS = List.of("valence", "arousal", "dominance");

  /** Nine times the real table: what the driver can list in 1 GB. */
  private static final int MAX_PERSONS = 300_000;

  private static final int MAX_FOLDER = 200;
  private static final int MAX_DEPTH = 8;
  private static final int MAX_SHOWN = 60;

  private final Path table;
  private final Path images;
  private final List<RawSample> samples = new ArrayList<>();
  private final List<RefusedSample> refused = new ArrayList<>();
  private final Map<String, Set<String>> named = new TreeMap<>();

  /**
   * @param table the annotations
   * @param images the directory in which the table's folders are
   */
  EmoticTable(Path table, Path images) {
    this.table = table;
    this.images = images;
  }

  /** Persons that may be decoded. */
  List<RawSample> samples() {
    return samples;
  }

  /** Persons, or whole images, that are not fit to be decoded. */
  List<RefusedSample> refused() {
    return refused;
  }

  /** The names of image files in the table, by folder. */
  Map<String, Set<String>> named() {
    return Collections.unmodifiableMap(named);
  }

  /**
   * Adds the persons of a split.
   *
   * @throws UnreadableSampleException if the variable is no struct array, or the table has more
   *     than {@value #MAX_PERSONS} persons
   */
  void add(String split, MatFile file) throws UnreadableSampleException {
    MatValue entries = file.variable(split);
    if (entries.count() == 0) {
      return;
    }
    entries.fields(); // no struct array: nothing of it can be read
    for (int i = 0; i < entries.count(); i++) {
      String id = String.format(Locale.ROOT, "%s-%06d", split, i);
      if (samples.size() + refused.size() > MAX_PERSONS) {
        throw new UnreadableSampleException(
            Reason.TOO_LARGE, "it has more than " + MAX_PERSONS + " persons");
      }
      try {
        addImage(split, id, entries, i);
      } catch (UnreadableSampleException e) {
        refused.add(new RefusedSample(id, table.toString(), e.reason(), e.getMessage()));
      }
    }
  }

  private void addImage(String split, String id, MatValue entries, int index)
      throws UnreadableSampleException {
    String folder = folder(wanted(entries, index, "folder").text());
    String name = wanted(entries, index, "filename").text();
    checkName(name);
    named.computeIfAbsent(folder, key -> new TreeSet<>()).add(name);
    String source = new Path(images, folder + "/" + name).toString();
    int[] size = size(entries.field(index, "image_size"));
    MatValue persons = wanted(entries, index, "person");
    if (persons.count() == 0) {
      throw new UnreadableSampleException(Reason.NO_ATTRIBUTES, name + " has no person");
    }
    if (persons.count() > MAX_PERSONS) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, name + " has " + persons.count() + " persons");
    }
    persons.fields();
    for (int p = 0; p < persons.count(); p++) {
      String person = String.format(Locale.ROOT, "%s-%02d", id, p);
      try {
        byte[] known = person(persons, p, split.equals("train"), size);
        samples.add(new RawSample(person, split, source, p, known));
      } catch (UnreadableSampleException e) {
        refused.add(new RefusedSample(person, source, e.reason(), e.getMessage()));
      }
    }
  }

  private static byte[] person(MatValue persons, int index, boolean single, int[] size)
      throws UnreadableSampleException {
    double[] box = wanted(persons, index, "body_bbox").numbers();
    Optional<String> trouble = Person.trouble(box);
    if (trouble.isPresent()) {
      throw new UnreadableSampleException(Reason.BAD_ROW, trouble.get());
    }
    MatValue seen =
        single
            ? wanted(wanted(persons, index, "annotations_categories"), 0, "categories")
            : wanted(persons, index, "combined_categories");
    MatValue felt =
        wanted(persons, index, single ? "annotations_continuous" : "combined_continuous");
    return Person.bytes(box, size[0], size[1], categories(seen), dimensions(felt));
  }

  private static byte[] categories(MatValue seen) throws UnreadableSampleException {
    List<String> names = new ArrayList<>();
    if (seen.kind() == MatValue.Kind.TEXT) {
      names.add(seen.text());
    } else if (seen.count() > 0) {
      for (MatValue cell : seen.cells()) {
        names.add(cell.text());
      }
    }
    byte[] labels = new byte[Emotic.CATEGORIES.size()];
    for (String name : names) {
      int category = Emotic.CATEGORIES.indexOf(name.strip());
      if (category < 0) {
        throw new UnreadableSampleException(
            Reason.BAD_LABEL, "'" + shown(name) + "' is none of the 26 categories");
      }
      labels[category] = 1;
    }
    if (names.isEmpty()) {
      throw new UnreadableSampleException(Reason.NO_TARGET, "the person has no category");
    }
    return labels;
  }

  private static double[] dimensions(MatValue felt) throws UnreadableSampleException {
    double[] values = new double[DIMENSIONS.size()];
    for (int i = 0; i < values.length; i++) {
      double[] numbers = wanted(felt, 0, DIMENSIONS.get(i)).numbers();
      if (numbers.length != 1 || Double.isNaN(numbers[0])) {
        throw new UnreadableSampleException(
            Reason.NO_TARGET, "the person has no " + DIMENSIONS.get(i));
      }
      if (numbers[0] < 1 || numbers[0] > 10) {
        throw new UnreadableSampleException(
            Reason.BAD_TARGET, DIMENSIONS.get(i) + " is " + numbers[0] + ", not in 1..10");
      }
      values[i] = numbers[0];
    }
    return values;
  }

  /** Width and height of the annotated image, or zeros. */
  private static int[] size(Optional<MatValue> size) throws UnreadableSampleException {
    if (size.isEmpty() || size.get().count() == 0) {
      return new int[2];
    }
    int[] width = wanted(size.get(), 0, "n_col").integers();
    int[] height = wanted(size.get(), 0, "n_row").integers();
    if (width.length != 1 || height.length != 1 || width[0] < 1 || height[0] < 1) {
      throw new UnreadableSampleException(Reason.BAD_ROW, "image_size holds no width and height");
    }
    return new int[] {width[0], height[0]};
  }

  private static MatValue wanted(MatValue structs, int index, String field)
      throws UnreadableSampleException {
    if (structs.count() == 0) {
      throw new UnreadableSampleException(Reason.NO_TARGET, "no '" + field + "': it is empty");
    }
    return structs
        .field(index, field)
        .orElseThrow(
            () ->
                new UnreadableSampleException(
                    Reason.BAD_ROW, "there is no field '" + field + "' in the annotations"));
  }

  /** Names come from the table; only plain names may reach the file system. */
  private static String folder(String folder) throws UnreadableSampleException {
    String plain = folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
    List<String> parts = List.of(plain.split("/", -1));
    if (plain.length() > MAX_FOLDER || parts.size() > MAX_DEPTH) {
      throw unsafe(folder);
    }
    for (String part : parts) {
      checkName(part);
    }
    return plain;
  }

  private static void checkName(String name) throws UnreadableSampleException {
    if (!RawFiles.isPlainName(name)) {
      throw unsafe(name);
    }
  }

  private static UnreadableSampleException unsafe(String name) {
    return new UnreadableSampleException(
        Reason.UNSAFE_NAME, "'" + shown(name) + "' is no plain name below the image directory");
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "..." : line;
  }
}
