package org.sparkmto.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.CorruptedData;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.corruption.CorruptionCondition;
import org.sparkmto.preprocessing.corruption.Corruptions;
import org.sparkmto.training.RunDirectory;

/**
 * The corrupted data sets of a directory, as {@code corrupt} leaves them, and the clean one that
 * they were made of.
 *
 * @param clean the clean one
 * @param sets one for each condition, in the order of the corruptions' paper
 */
record CorruptedSets(DatasetDirectory clean, List<Corrupted> sets) {

  /** One of them. */
  record Corrupted(CorruptionCondition condition, DatasetDirectory dataset) {}

  CorruptedSets {
    sets = List.copyOf(sets);
  }

  /**
   * Finds them.
   *
   * @param directory in which each stands in a folder with the label of its condition
   * @param asked directory of the clean data set, if it is not where it was
   * @param split that all of them must have
   * @throws ConfigurationException if there is none, or they are not all made of the clean one
   */
  static CorruptedSets in(
      String directory, Optional<String> asked, String split, Configuration hadoop) {
    List<Corrupted> sets = new ArrayList<>();
    for (String folder : RunDirectory.of(directory, hadoop).folders("[a-z-]+-[1-5]")) {
      CorruptionCondition.ofLabel(new Path(folder).getName())
          .ifPresent(
              condition ->
                  sets.add(new Corrupted(condition, DatasetDirectory.open(folder, hadoop))));
    }
    if (sets.isEmpty()) {
      throw new ConfigurationException(
          directory + " holds no corrupted data sets, such as fog-3; make them with corrupt");
    }
    List<String> order = List.copyOf(Corruptions.known().names());
    sets.sort(
        Comparator.comparingInt((Corrupted set) -> order.indexOf(set.condition().corruption()))
            .thenComparingInt(set -> set.condition().severity()));
    DatasetDirectory clean =
        DatasetDirectory.open(asked.orElseGet(() -> data(sets.get(0)).source()), hadoop);
    String digest = clean.manifest().split(split).digest();
    for (Corrupted set : sets) {
      set.dataset().manifest().split(split);
      if (!digest.equals(data(set).digests().get(split))) {
        throw new ConfigurationException(
            "%s was made of another split '%s' than that of %s; name its own data set with --clean, or make it again"
                .formatted(set.dataset().root(), split, clean.root()));
      }
    }
    return new CorruptedSets(clean, sets);
  }

  private static CorruptedData data(Corrupted set) {
    CorruptedData data =
        CorruptedData.of(set.dataset().manifest())
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        set.dataset().root() + " is a data set that was not corrupted"));
    if (!data.conditions().equals(List.of(set.condition().label()))) {
      throw new ConfigurationException(
          "%s is corrupted by %s; it has got another name"
              .formatted(set.dataset().root(), String.join(", ", data.conditions())));
    }
    return data;
  }

  List<CorruptionCondition> conditions() {
    return sets.stream().map(Corrupted::condition).toList();
  }
}
