package org.sparkmto.preprocessing.samples;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sparkmto.options.OptionKind;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.random.Draws;

/**
 * How many training samples get which defect. Which ones is a function of the seed.
 *
 * @param counts samples of each defect
 */
public record Faults(Map<Fault, Integer> counts) implements Serializable {
  /** Sound samples only. */
  public static final Faults NONE = new Faults(Map.of());

  /** The kind of an option that is a number of samples for each of some defects. */
  static final OptionKind KIND =
      new OptionKind() {
        @Override
        public String words() {
          return Arrays.stream(Fault.values())
              .map(fault -> fault.label() + "=N")
              .collect(Collectors.joining(", ", "some of ", ""));
        }

        @Override
        public Faults read(Object given) {
          if (given instanceof Faults faults) {
            return faults;
          }
          throw new IllegalArgumentException(words());
        }
      };

  public Faults {
    Map<Fault, Integer> ordered = new EnumMap<>(Fault.class);
    ordered.putAll(counts);
    counts = Collections.unmodifiableMap(ordered);
    counts.forEach(
        (fault, count) -> {
          if (count < 0) {
            throw PreprocessingException.wrongUsage(
                count + " samples cannot have the fault " + fault.label());
          }
        });
  }

  /** Samples with a defect. */
  public int total() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The defects of {@code train} training samples, by sample. */
  public Chosen among(int train, long seed) {
    if (total() > train) {
      throw PreprocessingException.wrongUsage(
          total() + " faults do not fit into " + train + " training samples");
    }
    int[] order = Draws.of(seed).of("faults").permutation(train);
    Fault[] faults = new Fault[train];
    int next = 0;
    for (Map.Entry<Fault, Integer> entry : counts.entrySet()) {
      for (int i = 0; i < entry.getValue(); i++) {
        faults[order[next++]] = entry.getKey();
      }
    }
    return new Chosen(faults);
  }

  /** The defect of each training sample, if it has one. */
  public static final class Chosen implements Serializable {
    private static final long serialVersionUID = 1;
    private final Fault[] faults;

    private Chosen(Fault[] faults) {
      this.faults = faults;
    }

    /** The defect of a sample of any split; only training samples have some. */
    public Optional<Fault> of(String split, int index) {
      return split.equals("train") ? Optional.ofNullable(faults[index]) : Optional.empty();
    }
  }
}
