package org.sparkmto.training;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sparkmto.method.Observation;
import org.sparkmto.method.Weighing;

/** Tells a person who watches how a run goes. */
final class ConsoleListener implements RunListener {
  private static final int NAMED = 5;

  private final Progress progress;
  private final List<String> tasks;
  private final Set<String> undefined = new HashSet<>();
  private boolean deltaExplained;
  private int ranks;

  ConsoleListener(Progress progress, List<String> tasks) {
    this.tasks = List.copyOf(tasks);
    this.progress = progress;
  }

  @Override
  public void segmentBegins(int number) {
    if (number != ranks) {
      progress.paceAnew();
    }
    ranks = number;
  }

  @Override
  public void stepWeighed(Observation seen, Weighing weighing) {
    progress.step(seen.step(), seen.epoch(), losses(seen.losses().toArray()));
  }

  /** Task by task, because losses of different kinds add up to nothing; of many the extremes. */
  private String losses(double[] losses) {
    List<Integer> labelled =
        IntStream.range(0, losses.length)
            .filter(task -> !Double.isNaN(losses[task]))
            .boxed()
            .sorted(Comparator.comparingDouble(task -> losses[task]))
            .toList();
    if (labelled.isEmpty()) {
      return "no label";
    }
    if (losses.length <= NAMED) {
      return "loss  "
          + labelled.stream()
              .sorted()
              .map(task -> loss(task, losses))
              .collect(Collectors.joining("  "));
    }
    int last = labelled.get(labelled.size() - 1);
    return "losses from " + loss(labelled.get(0), losses) + " to " + loss(last, losses);
  }

  private String loss(int task, double[] losses) {
    return String.format(Locale.ROOT, "%s %.4f", tasks.get(task), losses[task]);
  }

  @Override
  public void evaluated(ValidationScores validation) {
    if (!deltaExplained && validation.delta().isPresent()) {
      progress.say("Delta_m: " + validation.delta().orElseThrow().meaning());
      deltaExplained = true;
    }
    for (String sentence : validation.scores().undefined()) {
      if (undefined.add(sentence)) {
        progress.say("on " + validation.split() + " " + sentence);
      }
    }
    progress.say(
        "step %d  %s  %s  %s%s"
            .formatted(
                validation.step(),
                validation.split(),
                losses(tasks.stream().mapToDouble(validation.losses()::get).toArray()),
                validation.scores().summary(),
                validation.delta().map(delta -> "  Delta_m " + delta.values()).orElse("")));
  }

  @Override
  public void restarts(Restart restart) {
    // Or the steps that are lost, and the wait for executors, would count as slow steps.
    progress.paceAnew();
    progress.say(
        "restart "
            + restart.number()
            + " of "
            + restart.allowed()
            + " from step "
            + restart.from()
            + " because of: "
            + restart.reason());
  }

  @Override
  public void ends(long step, String reason) {
    progress.say("ends early, after step %d, %s".formatted(step, reason));
  }

  @Override
  public void note(String line) {
    progress.say(line);
  }
}
