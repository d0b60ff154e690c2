package org.sparkmto.preprocessing.own;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.HeldOut;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;

/**
 * Which split a sample belongs to: what its row says, and for the rest a seeded hash of its group,
 * or of its identity.
 */
final class Splits {
  private static final List<String> NAMES = List.of("train", "val", "test");

  /** Keys of the option {@code split}. */
  private static final List<Option> OPTIONS =
      List.of(
          Option.required("column", TableKinds.TEXT, "column of the table"),
          Option.orAbsent("train", TableKinds.TEXTS, "values of samples to train on"),
          Option.orAbsent("val", TableKinds.TEXTS, "values of samples to validate with"),
          Option.orAbsent("test", TableKinds.TEXTS, "values of samples to test with"));

  private final String column;
  private final Spellings<String> meanings = new Spellings<>();
  private final Set<String> named = new HashSet<>();
  private final String group;
  private final double validation;
  private final double test;
  private final long seed;

  Splits(Options options) {
    group = options.optional("group", String.class).orElse("");
    seed = options.count("validation-seed");
    if (options.has("split")) {
      Section section = new Section("split", options.value("split", Map.class));
      Options split = section.read(OPTIONS);
      column = split.text("column");
      for (String name : NAMES) {
        for (String value : split.has(name) ? split.texts(name) : List.<String>of()) {
          if (!meanings.add(value.strip(), name)) {
            throw section.wrong(name, "values that stand for one split only");
          }
          named.add(name);
        }
      }
      if (!named.contains("train")) {
        throw PreprocessingException.wrongUsage(
            "split needs the option 'train': which values of column '"
                + column
                + "' are for training");
      }
    } else {
      column = "";
    }
    validation = share(options, "validation-share", "val");
    test = share(options, "test-share", "test");
    if (validation + test >= 1) {
      throw PreprocessingException.wrongUsage(
          "validation-share and test-share together are "
              + (validation + test)
              + "; nothing is left to train on");
    }
  }

  /** The split column, or empty. */
  String column() {
    return column;
  }

  /** Which split the values of that column stand for. */
  Spellings<String> meanings() {
    return meanings;
  }

  /** The group column, or empty. */
  String group() {
    return group;
  }

  /** The splits that somebody asks for. */
  List<String> expected() {
    return NAMES.stream()
        .filter(
            name ->
                named.contains(name)
                    || name.equals("train")
                    || (name.equals("val") && validation > 0)
                    || (name.equals("test") && test > 0))
        .toList();
  }

  private double share(Options options, String option, String split) {
    if (!named.contains(split)) {
      return options.number(option);
    }
    if (options.isGiven(option)) {
      throw PreprocessingException.wrongUsage(
          option + " is given, but split." + split + " already says which samples those are");
    }
    return 0;
  }

  /** Gives every sample its split, and every other row a refusal. */
  void assign(List<Listed> rows, List<RawSample> samples, List<RefusedSample> refused) {
    Map<String, String> twice = twice(rows);
    Map<String, String> groups = new HashMap<>(); // group or identity, and its one split
    Set<String> torn = new HashSet<>();
    List<Listed> sound = new ArrayList<>();
    for (Listed row : rows) {
      if (twice.containsKey(row.id())) {
        refused.add(
            new RefusedSample(
                row.id(),
                row.sample() == null ? row.refused().source() : row.sample().source(),
                Reason.DUPLICATE,
                "more than one row has this identity: " + twice.get(row.id())));
      } else if (row.refused() != null) {
        refused.add(row.refused());
      } else if (!group.isEmpty() && row.group().isEmpty()) {
        refused.add(
            row.refusedFor(
                Reason.BAD_ROW, "column '" + group + "' is empty, so it may be in any group"));
      } else {
        sound.add(row);
        String before = groups.put(key(row), row.split());
        if (before != null && !before.equals(row.split())) {
          torn.add(key(row));
        }
      }
    }
    List<String> open =
        groups.keySet().stream()
            .filter(key -> groups.get(key).equals("train") && !torn.contains(key))
            .toList();
    Set<String> tested = HeldOut.of(open, test, seed);
    Set<String> heldOut = HeldOut.of(open, test + validation, seed); // those of the test as well
    for (Listed row : sound) {
      String key = key(row);
      if (torn.contains(key)) {
        refused.add(
            row.refusedFor(
                Reason.BAD_SPLIT,
                new Cell(group, row.group()).shown() + ", a group that is in more than one split"));
      } else {
        String split =
            tested.contains(key) ? "test" : heldOut.contains(key) ? "val" : groups.get(key);
        RawSample sample = row.sample();
        samples.add(
            new RawSample(sample.id(), split, sample.source(), sample.index(), sample.labels()));
      }
    }
  }

  private String key(Listed row) {
    return group.isEmpty() ? row.id() : row.group();
  }

  /** Identities of more than one row, and where those rows are. */
  private static Map<String, String> twice(List<Listed> rows) {
    Set<String> seen = new HashSet<>();
    Set<String> again = new HashSet<>();
    for (Listed row : rows) {
      if (!seen.add(row.id())) {
        again.add(row.id());
      }
    }
    Map<String, String> places = new HashMap<>();
    for (Listed row : rows) {
      if (again.contains(row.id())) {
        places.merge(
            row.id(), row.place(), (all, place) -> all.length() > 200 ? all : all + ", " + place);
      }
    }
    return places;
  }
}
