package org.sparkmto.runlog;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The words of warning about a run, from what it writes down and nothing else: the console says
 * each when it is first true, and a report those that are true of the whole log. Fed with the lines
 * of a log in its order; of a run that goes on, with the earlier lines first.
 */
public final class Cautions {
  private final List<CautionRule> rules;

  /** Of a run whose header this is. */
  public Cautions(RunHeader header) {
    rules =
        List.of(
            new AbsentLabels(header),
            new RisingLoss(header),
            new UnlearnedTask(header),
            new DominantTask(header));
  }

  /** Hears the next line; gives what it is the first to show. */
  public List<Caution> hear(LogLine line) {
    return each(rule -> rule.hear(line));
  }

  /** What is true now; before the first line, what the header shows. */
  public List<Caution> standing() {
    return each(CautionRule::standing);
  }

  /** What a person is told once more when a run is done. */
  public List<Caution> atTheEnd() {
    return each(CautionRule::atTheEnd);
  }

  private List<Caution> each(Function<CautionRule, Optional<Caution>> found) {
    return rules.stream().flatMap(rule -> found.apply(rule).stream()).toList();
  }
}
