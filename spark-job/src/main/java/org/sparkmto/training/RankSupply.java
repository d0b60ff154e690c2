package org.sparkmto.training;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.sparkmto.configuration.ClusterSection;
import org.sparkmto.naming.Counted;

/**
 * How many ranks each attempt has: as many as at first, or, with {@code cluster.min-ranks}, as many
 * as the cluster has room for now, of those numbers that method and batch can be shared among.
 * Methods are exact under any number, so that nothing else has to know.
 */
final class RankSupply {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration FIRST_WORD = Duration.ofSeconds(10);
  private static final Duration NEXT_WORD = Duration.ofSeconds(30);

  private final RunPlan plan;
  private final ClusterSection settings;
  private final IntSupplier slots;
  private final Supplier<String> room;

  /**
   * What the last attempt has shown of the room that there is.
   *
   * @param waited how long it has waited in vain for the room that the cluster said there was
   * @param most how many ranks there is room for at most
   */
  record Shown(Duration waited, int most) {
    /** Nothing: it did not fail, or not for want of room. */
    static final Shown NOTHING = new Shown(Duration.ZERO, Integer.MAX_VALUE);

    /**
     * That there was no room for its ranks. A machine that is gone without a word, or frozen,
     * counts as room until Spark misses it.
     *
     * @param ranks of the attempt
     */
    static Shown by(NotStartedException failure, int ranks, Duration deadline) {
      return new Shown(deadline, failure.started() > 0 ? failure.started() : ranks - 1);
    }
  }

  /**
   * Of a run.
   *
   * @param slots ranks that can run at the same time now
   * @param room the same in words
   */
  RankSupply(RunPlan plan, IntSupplier slots, Supplier<String> room) {
    this.plan = plan;
    this.settings = plan.configuration().cluster();
    this.slots = slots;
    this.room = room;
  }

  /** Of a run on a cluster. */
  static RankSupply of(RunPlan plan, Cluster cluster, GpuTasks gpus) {
    return new RankSupply(plan, () -> cluster.slots(gpus), () -> cluster.room(gpus));
  }

  /** Whether the number may be another than at first. */
  boolean isElastic() {
    return settings.minRanks() > 0;
  }

  /**
   * How many a run has at first.
   *
   * @param found how many it could have
   * @throws org.sparkmto.options.ConfigurationException if they cannot share the batch
   */
  int first(int found) {
    OptionalInt possible = isElastic() ? possible(found) : OptionalInt.empty();
    plan.requireShareable(possible.orElse(found));
    return possible.orElse(found);
  }

  /**
   * How many the next attempt has. Where there is room for fewer than before it waits, for an
   * executor that was lost may be replaced.
   *
   * @param before how many the last attempt had
   * @param shown by the last attempt: what it has waited for in vain is not waited for again, nor
   *     taken for room
   * @param stopped whether to wait no longer
   * @param console hears what is waited for
   * @throws NotStartedException if there is no room in time for as many as there have to be
   */
  int next(int before, Shown shown, BooleanSupplier stopped, Consumer<String> console)
      throws InterruptedException {
    if (!isElastic()) {
      return before;
    }
    Duration deadline = Duration.ofSeconds(settings.deadlineSeconds());
    Duration nextWord = FIRST_WORD;
    long begin = System.nanoTime();
    while (true) {
      int found = slots.getAsInt();
      OptionalInt shownToBe = possible(Math.min(found, shown.most()));
      // Where fewer are not allowed, there is nothing but to try once more.
      OptionalInt possible = shownToBe.isPresent() ? shownToBe : possible(found);
      Duration waited = shown.waited().plusNanos(System.nanoTime() - begin);
      if (possible.isPresent() && possible.getAsInt() >= before) {
        return possible.getAsInt();
      }
      if (waited.compareTo(deadline) >= 0 || stopped.getAsBoolean()) {
        return possible.orElseThrow(
            () ->
                new NotStartedException(
                    "there was no room for %s (cluster.min-ranks) within %d s: %s"
                        .formatted(
                            Counted.of(settings.minRanks(), "rank"),
                            waited.toSeconds(),
                            room.get())));
      }
      if (waited.compareTo(nextWord) >= 0) {
        console.accept(
            "waiting for room for %s: %s; for %d s now, at most %d s"
                .formatted(
                    Counted.of(before, "rank"),
                    room.get(),
                    waited.toSeconds(),
                    deadline.toSeconds()));
        nextWord = nextWord.plus(NEXT_WORD);
      }
      Thread.sleep(LOOK.toMillis());
    }
  }

  private OptionalInt possible(int found) {
    int most = settings.ranks() > 0 ? Math.min(found, settings.ranks()) : found;
    return plan.shareable(settings.minRanks(), most);
  }

  /** Says that an attempt has another number of ranks than the last one, which has shown this. */
  String change(int before, int now, long step, Shown shown) {
    return now < before
        ? "goes on from step %d with %s instead of %d, because %s%s; it takes ranks back at a checkpoint"
            .formatted(
                step,
                Counted.of(now, "rank"),
                before,
                shown.most() < before ? "no more could be started, although " : "",
                room.get())
        : "takes ranks back: goes on from step %d with %s instead of %d"
            .formatted(step, Counted.of(now, "rank"), before);
  }
}
