package org.sparkmto.retraining;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.sparkmto.configuration.RetrainSection;
import org.sparkmto.configuration.RetrainSettings;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.naming.Nearest;
import org.sparkmto.options.ConfigurationException;

/** Decides between a new model and the old one. */
final class PromotionRule {
  private static final String REACHES = "retrain.promote-if.reaches";

  private final RetrainSection.Rule rule;
  private final boolean byTask;
  private final List<Required> required;

  private PromotionRule(RetrainSettings settings, List<Required> required) {
    rule = settings.rule();
    byTask = settings.byTask();
    this.required = required;
  }

  /**
   * A figure that must be reached.
   *
   * @param name as it is configured
   * @param figure of the tasks
   * @param value at least, or at most where lower is better
   */
  private record Required(
      String name, String figure, Direction direction, List<String> tasks, double value) {

    boolean isReached(double found) {
      return direction == Direction.HIGHER_IS_BETTER ? found >= value : found <= value;
    }

    /** The mean over the tasks; NaN if it is undefined for one. */
    double of(Map<String, Map<String, Double>> scores) {
      return tasks.stream()
          .mapToDouble(task -> scores.getOrDefault(task, Map.of()).getOrDefault(figure, Double.NaN))
          .average()
          .orElse(Double.NaN);
    }
  }

  /**
   * What a comparison came to.
   *
   * @param promote whether the new model takes the place of the old one
   * @param reasons a sentence for each part of the rule
   * @param delta Delta_m of the new model against the old; NaN if it is undefined
   */
  record Verdict(boolean promote, List<String> reasons, double delta) {}

  /**
   * The rule of a configuration.
   *
   * @param evaluation how the new model is judged
   * @throws ConfigurationException if a figure is named that there is not
   */
  static PromotionRule of(RetrainSettings settings, SplitEvaluation evaluation) {
    List<String> reaches = settings.rule().reaches();
    return new PromotionRule(
        settings, reaches.stream().map(text -> required(text, evaluation.figures())).toList());
  }

  private static Required required(String text, Map<String, List<Figure>> figures) {
    String[] words = text.strip().split("[\\s>=<]+", -1);
    double value;
    try {
      value = Double.parseDouble(words[words.length - 1]);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (words.length != 2 || !Double.isFinite(value)) {
      throw new ConfigurationException(
          REACHES + ": '" + text + "' is no figure and its value, such as smile/accuracy 0.9");
    }
    Map<String, List<String>> having = new TreeMap<>();
    Map<String, Figure> named = new LinkedHashMap<>();
    figures.forEach(
        (task, all) ->
            all.forEach(
                figure -> {
                  having.computeIfAbsent(figure.name(), name -> new ArrayList<>()).add(task);
                  having.put(task + "/" + figure.name(), List.of(task));
                  named.put(figure.name(), figure);
                  named.put(task + "/" + figure.name(), figure);
                }));
    Figure figure = named.get(words[0]);
    if (figure == null) {
      throw new ConfigurationException(
          "%s names '%s', which no task is judged by%s"
              .formatted(REACHES, words[0], Nearest.hint(words[0], having.keySet())));
    }
    return new Required(words[0], figure.name(), figure.direction(), having.get(words[0]), value);
  }

  /** The verdict where there is no model to compare with. */
  static Verdict first() {
    return new Verdict(
        true, List.of("it is the first model: there is none to compare with"), Double.NaN);
  }

  /**
   * Compares two models on the same split.
   *
   * @param fresh what the new one reached, by task and figure
   * @param old what the old one reached in the tasks that both have
   * @param counted figures of these that count
   */
  Verdict decide(
      Map<String, Map<String, Double>> fresh,
      Map<String, Map<String, Double>> old,
      CountedFigures counted) {
    List<String> reasons = new ArrayList<>();
    boolean promote = true;
    double delta = Double.NaN;
    if (counted.tasks().isEmpty()) {
      reasons.add("the models have no task in common: nothing compares them");
    } else {
      RelativePerformance relative =
          RelativePerformance.against(old, fresh, counted, RelativePerformance.Convention.DROP);
      delta = byTask ? relative.taskWeighted() : relative.metricWeighted();
      boolean better = isBetter(relative, delta, reasons); // both say their reasons
      promote = noTaskIsWorse(relative, reasons) && better;
    }
    for (Required one : required) {
      double found = one.of(fresh);
      boolean reached = one.isReached(found);
      promote &= reached;
      reasons.add(
          "%s is %s: %s %s"
              .formatted(
                  one.name(), Figure.text(found), reached ? "it reaches" : "it misses", one.value));
    }
    return new Verdict(promote, reasons, delta);
  }

  private boolean isBetter(RelativePerformance relative, double delta, List<String> reasons) {
    if (Double.isNaN(delta)) {
      reasons.add("Delta_m against the old model is " + relative.values());
      return false;
    }
    boolean better = delta <= 0.0 - rule.betterBy();
    reasons.add(
        String.format(
            Locale.ROOT,
            "Delta_m against the old model is %+.2f %% (lower is better), %s %s %%",
            delta,
            better ? "not above" : "above",
            number(0.0 - rule.betterBy())));
    return better;
  }

  private boolean noTaskIsWorse(RelativePerformance relative, List<String> reasons) {
    Map<String, List<RelativePerformance.Term>> tasks = new LinkedHashMap<>();
    relative.terms().stream()
        .filter(term -> !Double.isNaN(term.baseline()))
        .forEach(term -> tasks.computeIfAbsent(term.task(), task -> new ArrayList<>()).add(term));
    String worst = "";
    double most = Double.NEGATIVE_INFINITY;
    boolean holds = true;
    for (Map.Entry<String, List<RelativePerformance.Term>> task : tasks.entrySet()) {
      double drop = new RelativePerformance(task.getValue(), relative.convention()).taskWeighted();
      if (Double.isNaN(drop)) {
        reasons.add("task " + task.getKey() + " does not compare: the old model or the new has 0");
        holds = false;
      } else if (drop > most) {
        most = drop;
        worst = task.getKey();
      }
    }
    if (worst.isEmpty()) {
      return holds;
    }
    boolean bounded = most <= rule.noTaskWorseBy();
    reasons.add(
        String.format(
            Locale.ROOT,
            "task %s changes most to the worse, by %+.2f %%, %s %s %%",
            worst,
            most,
            bounded ? "at most" : "more than",
            number(rule.noTaskWorseBy())));
    return holds && bounded;
  }

  private static String number(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}
