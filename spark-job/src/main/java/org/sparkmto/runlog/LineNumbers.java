package org.sparkmto.runlog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.sparkmto.analysis.GradientAnalysis.Group;

/**
 * The numbers of a line of the log that are worth a curve, by names with slashes: {@code
 * loss/TASK}, {@code weight/TASK}, {@code gradient-norm/TASK} where they are known, {@code
 * learning-rate}, {@code samples-per-second} (the global batch by the time since the step before);
 * {@code look-error} (of a look at less than all gradients, where it was measured); {@code
 * gradients/PAIRING/MEASURE} (the mean over the pairs of an analysis, of the whole shared part);
 * {@code contribution/TASK}; {@code step-millis/PHASE} (the mean of ranks and of the steps since
 * the checkpoint before); {@code SPLIT/TASK/METRIC}, {@code SPLIT-loss/TASK}, {@code
 * SPLIT-delta/task-weighted} and {@code SPLIT-delta/metric-weighted}. A number that is not known is
 * left out.
 */
public final class LineNumbers {
  private final List<String> tasks;
  private final OptionalLong batch;

  /** Of the lines of a run. */
  public LineNumbers(RunHeader header) {
    tasks = header.tasks();
    batch = header.globalBatch();
  }

  /** Steps made when the line was written, which is what people count. */
  public static long stepsMade(LogLine line) {
    return line instanceof StepLine || line instanceof LookLine || line instanceof AnalysisLine
        ? line.step() + 1
        : line.step();
  }

  /** The numbers of a step, a look, of phases or an evaluation; none of anything else. */
  public Map<String, Double> of(LogLine line) {
    Map<String, Double> values = new LinkedHashMap<>();
    if (line instanceof StepLine step) {
      of(step, values);
    } else if (line instanceof LookLine look) {
      values.put("look-error", look.error());
    } else if (line instanceof AnalysisLine analysed) {
      of(analysed.analysis().network(), values);
    } else if (line instanceof EvaluationLine evaluated) {
      of(evaluated.evaluation(), values);
    } else if (line instanceof PhasesLine phases) {
      phases.meanMillis().forEach((phase, millis) -> values.put("step-millis/" + phase, millis));
    }
    values.values().removeIf(value -> value.isNaN());
    return values;
  }

  private void of(StepLine step, Map<String, Double> values) {
    for (int task = 0; task < tasks.size(); task++) {
      String name = tasks.get(task);
      values.put("loss/" + name, step.losses().get(task));
      values.put("weight/" + name, step.shared().ofTask(task));
      if (step.norms().isPresent()) {
        values.put("gradient-norm/" + name, step.norms().orElseThrow().get(task));
      }
    }
    values.put("learning-rate", step.rate());
    if (batch.isPresent() && step.millis() > 0) {
      values.put("samples-per-second", 1e3 * batch.getAsLong() / step.millis());
    }
  }

  private void of(Group network, Map<String, Double> values) {
    network
        .pairs()
        .forEach(
            (pairing, pairs) ->
                pairs
                    .measures()
                    .forEach(
                        (measure, moments) ->
                            values.put(
                                "gradients/" + pairing.label() + "/" + measure.label(),
                                moments.mean())));
    for (int task = 0; task < network.contributions().size(); task++) {
      values.put("contribution/" + tasks.get(task), network.contributions().get(task));
    }
  }

  private static void of(Evaluation evaluation, Map<String, Double> values) {
    String split = evaluation.split();
    evaluation
        .tasks()
        .forEach(
            (task, metrics) ->
                metrics.forEach(
                    (metric, value) -> values.put(split + "/" + task + "/" + metric, value)));
    evaluation.losses().forEach((task, loss) -> values.put(split + "-loss/" + task, loss));
    evaluation
        .delta()
        .ifPresent(
            delta -> {
              String name = split + "-delta/";
              values.put(name + Evaluation.TASK_WEIGHTED, delta.taskWeighted());
              values.put(name + Evaluation.METRIC_WEIGHTED, delta.metricWeighted());
            });
  }
}
