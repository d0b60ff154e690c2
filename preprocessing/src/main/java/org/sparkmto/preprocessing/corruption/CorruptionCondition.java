package org.sparkmto.preprocessing.corruption;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.naming.Nearest;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/**
 * A corruption at a severity: {@code fog-3}.
 *
 * @param corruption its name
 * @param severity 1 to 5
 */
public record CorruptionCondition(String corruption, int severity) implements Serializable {
  /** What stands for all corruptions. */
  public static final String ALL = "all";

  /**
   * @throws IllegalArgumentException if there is no such corruption or severity
   */
  public CorruptionCondition {
    Corruptions.known().entry(corruption);
    Corruption.requireSeverity(severity);
  }

  /**
   * Every one of some corruptions at every one of some severities, in the order of the paper.
   *
   * @param names of corruptions or of families, or {@value #ALL}
   * @throws PreprocessingException if there is no such name or severity, or none is given
   */
  public static List<CorruptionCondition> of(List<String> names, List<Integer> severities) {
    Set<String> chosen = new LinkedHashSet<>();
    for (String name : names) {
      chosen.addAll(corruptions(name));
    }
    List<CorruptionCondition> conditions = new ArrayList<>();
    for (String name : Corruptions.known().names()) {
      for (int severity :
          chosen.contains(name) ? new LinkedHashSet<>(severities) : Set.<Integer>of()) {
        try {
          conditions.add(new CorruptionCondition(name, severity));
        } catch (IllegalArgumentException e) {
          throw PreprocessingException.wrongUsage(e.getMessage());
        }
      }
    }
    if (conditions.isEmpty()) {
      throw PreprocessingException.wrongUsage("name a corruption and a severity, or more");
    }
    return conditions;
  }

  private static List<String> corruptions(String name) {
    if (name.equals(ALL)) {
      return List.copyOf(Corruptions.known().names());
    }
    List<String> family =
        Corruptions.known().all().stream()
            .filter(entry -> entry.family().label().equals(name))
            .map(CorruptionEntry::name)
            .toList();
    if (!family.isEmpty()) {
      return family;
    }
    List<String> names = new ArrayList<>(Corruptions.known().names());
    Arrays.stream(CorruptionFamily.values()).map(CorruptionFamily::label).forEach(names::add);
    names.add(ALL);
    if (!names.contains(name)) {
      throw PreprocessingException.wrongUsage(
          "unknown corruption '%s'%s Known are %s."
              .formatted(name, Nearest.hint(name, names), String.join(", ", names)));
    }
    return List.of(name);
  }

  /** The condition of a label; none if it is the label of no condition. */
  public static Optional<CorruptionCondition> ofLabel(String label) {
    int dash = label.lastIndexOf('-');
    if (dash < 0
        || !label.substring(dash + 1).matches("[1-5]")
        || !Corruptions.known().names().contains(label.substring(0, dash))) {
      return Optional.empty();
    }
    int severity = Integer.parseInt(label.substring(dash + 1));
    return Optional.of(new CorruptionCondition(label.substring(0, dash), severity));
  }

  /** Its name: {@code gaussian-noise-3}. */
  public String label() {
    return corruption + "-" + severity;
  }

  /** What its corruption has in common with others. */
  public CorruptionFamily family() {
    return Corruptions.known().entry(corruption).family();
  }

  /**
   * An image under this condition.
   *
   * @param draws of the image; every corruption draws from its own part of them
   */
  Image corrupt(Image image, Draws draws) {
    return Corruptions.known()
        .entry(corruption)
        .corruption()
        .corrupt(image, severity, draws.of(corruption));
  }
}
