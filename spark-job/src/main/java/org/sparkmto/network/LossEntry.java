package org.sparkmto.network;

import java.util.List;
import java.util.function.DoubleFunction;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;

/**
 * What the registry knows of a loss.
 *
 * @param name how a configuration names it
 * @param summary one line for people
 * @param kinds the kinds of tasks that can be trained with it
 * @param weighted whether the weight of a yes stands behind its name, {@code balanced-bce:0.95}
 * @param factory makes it; it gets the weight, which means nothing to a loss without one
 */
public record LossEntry(
    String name,
    String summary,
    List<TaskKind> kinds,
    boolean weighted,
    DoubleFunction<TaskLoss> factory)
    implements Documented {

  private static final Option WEIGHT =
      Option.orAbsent(
          "weight",
          Option.within(0, 1),
          "stands behind the name and a colon: a yes weighs so much and a no 1 less this; if"
              + " absent, it is the share of no among the training labels");

  public LossEntry {
    kinds = List.copyOf(kinds);
  }

  /** The entry of a loss without a weight. */
  static LossEntry of(String name, String summary, TaskLoss loss, TaskKind... kinds) {
    return new LossEntry(name, summary, List.of(kinds), false, unused -> loss);
  }

  @Override
  public List<Option> options() {
    return weighted ? List.of(WEIGHT) : List.of();
  }
}
