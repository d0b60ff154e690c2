package org.sparkmto.runlog;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One task holds nearly all the weight for long: more than nine tenths of the sum of the absolute
 * weights of the shared part, while the others have less than {@value #LITTLE} on average, in nine
 * of ten steps of a window, which is a tenth of the planned steps and at least {@value
 * #LEAST_WINDOW}. A weight that is large beside others of 1, as PCGrad gives to a gradient of
 * nearly nothing, takes nothing from them. Weights that never change are a person's own choice.
 */
final class DominantTask implements CautionRule {
  static final int LEAST_WINDOW = 40;
  private static final double NEARLY_ALL = 0.9;
  private static final double NEARLY_ALWAYS = 0.9;

  /** Equal weights are 1, or their sum is. */
  private static final double LITTLE = 0.2;

  private static final int NOBODY = -1;

  private final List<String> tasks;
  private final int[] window;
  private final int[] held;
  private final double[] firstLosses;
  private final double[] lastLosses;
  private double[] firstWeights = {};
  private boolean constant = true;
  private long steps;
  private int dominant = NOBODY;
  private long from;
  private long until;
  private double share;

  DominantTask(RunHeader header) {
    tasks = header.tasks();
    window = new int[(int) Math.max(LEAST_WINDOW, header.steps().orElse(0) / 10)];
    held = new int[tasks.size()];
    firstLosses = new double[tasks.size()];
    lastLosses = new double[tasks.size()];
    Arrays.fill(firstLosses, Double.NaN);
    Arrays.fill(lastLosses, Double.NaN);
  }

  @Override
  public Optional<Caution> hear(LogLine line) {
    return line instanceof StepLine step && tasks.size() > 1 ? step(step) : Optional.empty();
  }

  private Optional<Caution> step(StepLine line) {
    double[] weights = new double[tasks.size()];
    for (int task = 0; task < weights.length; task++) {
      weights[task] = Math.abs(line.shared().ofTask(task));
      double loss = line.losses().get(task);
      if (Double.isFinite(loss)) {
        firstLosses[task] = Double.isNaN(firstLosses[task]) ? loss : firstLosses[task];
        lastLosses[task] = loss;
      }
    }
    firstWeights = firstWeights.length == 0 ? weights : firstWeights;
    constant &= Arrays.equals(weights, firstWeights);
    int now = dominant(weights);
    int place = (int) (steps++ % window.length);
    if (steps > window.length && window[place] != NOBODY) {
      held[window[place]]--;
    }
    window[place] = now;
    if (now == NOBODY) {
      return Optional.empty();
    }
    held[now]++;
    if (now == dominant) {
      until = line.step();
      share = weights[now] / Arrays.stream(weights).sum();
      return Optional.empty();
    }
    if (constant || held[now] < NEARLY_ALWAYS * window.length) {
      return Optional.empty();
    }
    boolean first = dominant == NOBODY;
    dominant = now;
    from = Math.max(0, line.step() - window.length + 1);
    until = line.step();
    share = weights[now] / Arrays.stream(weights).sum();
    return first ? standing() : Optional.empty();
  }

  private static int dominant(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    for (int task = 0; task < weights.length; task++) {
      double others = (sum - weights[task]) / (weights.length - 1);
      if (weights[task] > NEARLY_ALL * sum && others < LITTLE) {
        return task;
      }
    }
    return NOBODY;
  }

  @Override
  public Optional<Caution> standing() {
    if (dominant == NOBODY) {
      return Optional.empty();
    }
    String task = tasks.get(dominant);
    double left = lastLosses[dominant] / firstLosses[dominant];
    String solved =
        left < 0.1
            ? String.format(
                Locale.ROOT,
                " Its own loss is down to %s of what it was: a method that evens out gradients"
                    + " gives a task that is nearly solved ever more weight. If it has classes,"
                    + " labels or yes and no, loss.%s.smoothing=0.1 keeps its gradient from"
                    + " vanishing.",
                left < 0.01 ? "less than 1 %" : Math.round(100 * left) + " %",
                task)
            : "";
    return Optional.of(
        new Caution(
            List.of(task),
            String.format(
                Locale.ROOT,
                "'%s' holds nearly all the weight: more than 90 %% in nearly every step from %d to"
                    + " %d, %.0f %% in the last of them, so little is left for the other tasks.%s"
                    + " Try another method, or train without this task.",
                task,
                from,
                until,
                Math.floor(100 * share),
                solved)));
  }
}
