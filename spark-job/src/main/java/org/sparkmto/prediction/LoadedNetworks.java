package org.sparkmto.prediction;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.sparkmto.network.Replica;

/**
 * Networks that this JVM has loaded: a task that is done leaves its own for the next task of the
 * same model, so that a model is read once for each task that runs at the same time. Those of the
 * models used last are kept.
 */
final class LoadedNetworks {
  private static final int MOST_MODELS = 2;
  private static final boolean BY_USE = true;

  private static final Map<String, Deque<Replica>> IDLE = new LinkedHashMap<>(4, 0.75f, BY_USE);

  private LoadedNetworks() {}

  /**
   * A network that nobody else uses, until it is given back.
   *
   * @param model the whole manifest, by which models are told apart
   * @param load makes one
   */
  static Replica borrow(String model, Supplier<Replica> load) {
    synchronized (IDLE) {
      Deque<Replica> idle = IDLE.get(model);
      if (idle != null && !idle.isEmpty()) {
        return idle.pop();
      }
    }
    return load.get();
  }

  /** Gives a network back. */
  static void giveBack(String model, Replica replica) {
    List<Replica> forgotten = new ArrayList<>();
    synchronized (IDLE) {
      IDLE.computeIfAbsent(model, unknown -> new ArrayDeque<>()).push(replica);
      for (Iterator<Deque<Replica>> oldest = IDLE.values().iterator();
          IDLE.size() > MOST_MODELS; ) {
        forgotten.addAll(oldest.next());
        oldest.remove();
      }
    }
    forgotten.forEach(Replica::close);
  }
}
