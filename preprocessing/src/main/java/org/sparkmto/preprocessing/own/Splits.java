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

  /**
   * Gives every sample its split, and every other row a refusal.
   *
   * @param present by identity, splits that are settled; the other samples are drawn so that all
   *     together have the shares, and groups that are in a settled split stay in it. A settled
   *     sample whose row says another split comes in that one
   */
  void assign(
      List<Listed> rows,
      Map<String, String> present,
      List<RawSample> samples,
      List<RefusedSample> refused) {
    RepeatedRows repeated = RepeatedRows.of(rows);
    Map<String, String> settled = new HashMap<>(); // group or identity, and its one split
    Set<String> torn = new HashSet<>();
    settle(rows, present, settled, torn);
    Map<String, String> groups = new HashMap<>(); // those that are not settled
    List<Listed> sound = new ArrayList<>();
    for (Listed row : rows) {
      if (repeated.contains(row)) {
        refused.add(repeated.refused(row));
      } else if (row.refused() != null) {
        refused.add(row.refused());
      } else if (!group.isEmpty() && row.group().isEmpty()) {
        refused.add(
            row.refusedFor(
                Reason.BAD_ROW, "column '" + group + "' is empty, so it may be in any group"));
      } else {
        sound.add(row);
        String key = key(row);
        if (settled.containsKey(key)) {
          if (!agrees(settled.get(key), row) && !present.containsKey(row.id())) {
            torn.add(key);
          }
        } else {
          String before = groups.put(key, row.split());
          if (before != null && !before.equals(row.split())) {
            torn.add(key);
          }
        }
      }
    }
    groups.putAll(drawn(groups, torn, settled));
    groups.putAll(settled);
    for (Listed row : sound) {
      String before = present.get(row.id());
      if (before == null && torn.contains(key(row))) {
        refused.add(
            row.refusedFor(
                Reason.BAD_SPLIT,
                new Cell(group, row.group()).shown() + ", a group that is in more than one split"));
      } else {
        String split =
            before == null ? groups.get(key(row)) : agrees(before, row) ? before : row.split();
        RawSample sample = row.sample();
        samples.add(
            new RawSample(sample.id(), split, sample.source(), sample.index(), sample.labels()));
      }
    }
  }

  /** Collects the splits of samples, or of their groups, that are settled. */
  private void settle(
      List<Listed> rows,
      Map<String, String> present,
      Map<String, String> settled,
      Set<String> torn) {
    if (group.isEmpty()) {
      settled.putAll(present);
      return;
    }
    Set<String> unknown = new HashSet<>(present.keySet());
    for (Listed row : rows) {
      String split = present.get(row.id());
      if (split != null && !row.group().isEmpty()) {
        unknown.remove(row.id());
        String before = settled.put(row.group(), split);
        if (before != null && !before.equals(split)) {
          torn.add(row.group());
        }
      }
    }
    if (!unknown.isEmpty()) {
      throw PreprocessingException.wrongUsage(
          "with group = "
              + group
              + " the table must name the earlier samples too, so that no group gets into two"
              + " splits, and "
              + unknown.size()
              + " of "
              + present.size()
              + " are not in it, such as "
              + Cell.shortened(unknown.iterator().next()));
    }
  }

  /** Splits of what is held out of what may be trained on, so that all together have the shares. */
  private Map<String, String> drawn(
      Map<String, String> groups, Set<String> torn, Map<String, String> settled) {
    List<String> open =
        groups.keySet().stream()
            .filter(key -> groups.get(key).equals("train") && !torn.contains(key))
            .toList();
    long tested = settled.values().stream().filter(this::isDrawn).filter("test"::equals).count();
    long validated = settled.values().stream().filter(this::isDrawn).filter("val"::equals).count();
    long trained = settled.values().stream().filter("train"::equals).count();
    long all = open.size() + tested + validated + trained;
    int tests = within(0, Math.round(test * all) - tested, open.size());
    int heldOut =
        within(tests, Math.round((test + validation) * all) - tested - validated, open.size());
    List<String> ordered = HeldOut.ordered(open, seed);
    Map<String, String> drawn = new HashMap<>();
    ordered.subList(0, tests).forEach(key -> drawn.put(key, "test"));
    ordered.subList(tests, heldOut).forEach(key -> drawn.put(key, "val"));
    return drawn;
  }

  private static int within(int least, long number, int most) {
    return (int) Math.max(least, Math.min(number, most));
  }

  /**
   * Whether a split is one into which samples are drawn, as no value of the table stands for it.
   */
  private boolean isDrawn(String split) {
    return !named.contains(split) && !split.equals("train");
  }

  /** Whether a settled split is what the row says, or was drawn of those that it says. */
  private boolean agrees(String split, Listed row) {
    return column.isEmpty()
        || row.split().equals(split)
        || (row.split().equals("train") && isDrawn(split));
  }

  private String key(Listed row) {
    return group.isEmpty() ? row.id() : row.group();
  }
}
