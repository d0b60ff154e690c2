package org.sparkmto.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.sparkmto.configuration.Preference;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.naming.Counted;

/** What a run would take, in words: sizes, steps and memory. */
final class DryRun {
  private static final long MIB = 1 << 20;

  private final RunPlan plan;

  DryRun(RunPlan plan) {
    this.plan = plan;
  }

  List<String> lines() {
    TrainingConfiguration configuration = plan.configuration();
    MethodEntry.Made made = configuration.method();
    int ranks = Math.max(1, configuration.ranks());
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s on %s of %s: %s"
            .formatted(
                made.entry().title(),
                Counted.of(plan.tasks().size(), "task"),
                plan.dataset().manifest().dataset(),
                String.join(", ", plan.taskNames())));
    lines.add(
        "%s: %,d shared and %,d head parameters"
            .formatted(
                plan.network().architecture(),
                plan.layout().shared(),
                plan.layout().total() - plan.layout().shared()));
    Preference.words(plan.network()).ifPresent(lines::add);
    lines.add(
        "%s of %s in batches of %d: %s an epoch, %s altogether, a checkpoint"
                .formatted(
                    Counted.of(
                        plan.dataset().manifest().split(configuration.trainSplit()).rows(),
                        "sample"),
                    configuration.trainSplit(),
                    configuration.batch(),
                    Counted.of(plan.stepsPerEpoch(), "step"),
                    Counted.of(plan.steps(), "step"))
            + " every %,d".formatted(plan.segmentEnd(0)));
    if (configuration.training().hours() > 0) {
      lines.add(
          "it ends after %s hours at the latest, with a model; --resume goes on"
              .formatted(configuration.training().hours()));
    }
    lines.add(
        "a rank of %s holds %,d MiB outside the heap, and activations on top, and up to %,d MiB of the heap for what it reads ahead"
            .formatted(
                configuration.ranks() == 0 ? "one (cluster.ranks = 0)" : String.valueOf(ranks),
                mib(plan.nativeBytesPerRank(ranks)),
                mib(plan.heapBytesPerRank(ranks))));
    fewer(configuration).ifPresent(lines::add);
    long numbers =
        plan.aggregator((seen, weighing) -> {}).save().values().stream()
            .mapToLong(values -> values.length)
            .sum();
    lines.add(
        "the driver holds %s of the method, and no weights"
            .formatted(Counted.of(numbers, "number")));
    return lines;
  }

  /** Where it may have fewer ranks: which numbers, and what a rank then holds. */
  private Optional<String> fewer(TrainingConfiguration configuration) {
    int least = configuration.cluster().minRanks();
    if (least == 0) {
      return Optional.empty();
    }
    int most = configuration.ranks();
    if (most == 0) {
      return Optional.of(
          "it has as many ranks as there is room for at each checkpoint, at least %d (cluster.min-ranks)"
              .formatted(least));
    }
    List<String> numbers = new ArrayList<>();
    OptionalInt next = plan.shareable(least, most);
    int fewest = most;
    while (next.isPresent()) {
      fewest = next.getAsInt();
      numbers.add(String.valueOf(fewest));
      next = plan.shareable(least, fewest - 1);
    }
    return Optional.of(
        "with less room it goes on with fewer ranks (cluster.min-ranks = %d): of %s; a rank of %d holds %,d MiB"
            .formatted(
                least, String.join(", ", numbers), fewest, mib(plan.nativeBytesPerRank(fewest))));
  }

  /** Rounded up. */
  private static long mib(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}
