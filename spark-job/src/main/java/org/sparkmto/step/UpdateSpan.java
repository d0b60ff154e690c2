package org.sparkmto.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sparkmto.configuration.UpdateSection;
import org.sparkmto.network.ParameterLayout;

/**
 * Consecutive parameters that take the optimiser's step in the same way.
 *
 * @param from index of the first
 * @param to index after the last
 * @param rateFactor their learning rate over the schedule's
 * @param decays whether weight decay is for them
 * @param firstStep the first step that moves them
 */
record UpdateSpan(long from, long to, double rateFactor, boolean decays, long firstStep) {

  /** {@link #firstStep} of what never moves. */
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * Those of a network, in order and without gaps.
   *
   * @param frozenHeads numbers of tasks whose heads never move
   */
  static List<UpdateSpan> of(
      UpdateSection section, ParameterLayout layout, Set<Integer> frozenHeads) {
    List<UpdateSpan> spans = new ArrayList<>();
    for (ParameterLayout.Entry entry : layout.entries()) {
      boolean shared = entry.offset() < layout.shared();
      UpdateSpan next =
          new UpdateSpan(
              entry.offset(),
              entry.offset() + entry.elements(),
              shared ? section.encoderRate() : section.headRate(),
              section.decay() == UpdateSection.Decay.ALL || entry.isMatrix(),
              shared
                  ? section.firstEncoderStep()
                  : frozenHeads.contains(head(entry, layout)) ? NEVER : 0);
      int last = spans.size() - 1;
      if (last >= 0 && spans.get(last).continues(next)) {
        spans.set(last, spans.get(last).until(next.to));
      } else {
        spans.add(next);
      }
    }
    return List.copyOf(spans);
  }

  private static int head(ParameterLayout.Entry entry, ParameterLayout layout) {
    int head = 0;
    while (entry.offset() >= layout.headOffset(head + 1)) {
      head++;
    }
    return head;
  }

  /** All of some parameters in the usual way. */
  static List<UpdateSpan> usual(long elements) {
    return List.of(new UpdateSpan(0, elements, 1, true, 0));
  }

  private boolean continues(UpdateSpan next) {
    return until(next.to).equals(next.since(from));
  }

  private UpdateSpan until(long end) {
    return new UpdateSpan(from, end, rateFactor, decays, firstStep);
  }

  private UpdateSpan since(long start) {
    return new UpdateSpan(start, to, rateFactor, decays, firstStep);
  }

  /** Whether a step moves them. */
  boolean moves(long step) {
    return step >= firstStep;
  }
}
