package org.sparkmto.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkmto.random.Draws;

/**
 * Which executor is to be killed, and when: one after the other at drawn moments. Executors ask;
 * one that has not asked for a while is not there. Safe for use by several threads.
 */
final class Kills {
  /** An executor asks much more often. */
  private static final Duration GONE = Duration.ofSeconds(2);

  private final Draws draws;
  private final Duration every;
  private final Map<String, Long> asked = new TreeMap<>();
  private final Map<String, Integer> within = new TreeMap<>();
  private int count;
  private long next;
  private String victim = "";

  /**
   * From now on.
   *
   * @param seed of moments and choices
   * @param every between two kills, on average: each pause is drawn between half of that and one
   *     and a half
   * @param now on the clock of {@link System#nanoTime}
   */
  Kills(long seed, Duration every, long now) {
    this.draws = Draws.of(seed).of("kills");
    this.every = every;
    this.next = now + pause();
  }

  private long pause() {
    return (long) (every.toNanos() * (0.5 + draws.of("moment").uniform(count)));
  }

  /**
   * Whether the executor that asks is to end itself now.
   *
   * @param executor its name in this application
   * @param now on the clock of {@link System#nanoTime}
   */
  synchronized boolean due(String executor, long now) {
    asked.put(executor, now);
    asked.values().removeIf(last -> now - last > GONE.toNanos());
    if (victim.isEmpty() && now - next >= 0) {
      List<String> alive = new ArrayList<>(asked.keySet());
      victim = alive.get(draws.of("executor").below(alive.size(), count));
    }
    if (!asked.containsKey(victim)) {
      victim = ""; // it has ended otherwise before its turn: another one, the next time
    }
    return executor.equals(victim);
  }

  /**
   * Notes that the executor that is due is about to do it.
   *
   * @param where what its rank is doing
   */
  synchronized void done(String executor, String where, long now) {
    within.merge(where, 1, Integer::sum);
    asked.remove(executor);
    victim = "";
    count++;
    next = now + pause();
  }

  /** How many have been killed. */
  synchronized int count() {
    return count;
  }

  /** What the ranks of those that were killed were doing, and how many did. */
  synchronized Map<String, Integer> within() {
    return new TreeMap<>(within);
  }
}
