package org.sparkmto.report;

import java.util.List;
import java.util.Map;
import org.sparkmto.runlog.Evaluation;

/**
 * One number per line: {@code run,method,split,step,scope,task,metric,value}. The scope is task,
 * mean or delta; the task is empty but for scope task; an undefined value is empty. Quoting after
 * RFC 4180.
 */
final class CsvResults {
  private CsvResults() {}

  static String of(List<Run> runs) {
    StringBuilder csv = new StringBuilder("run,method,split,step,scope,task,metric,value\r\n");
    for (Run run : runs) {
      for (Evaluation result : run.results().values()) {
        for (Map.Entry<String, Map<String, Double>> task : result.tasks().entrySet()) {
          task.getValue()
              .forEach(
                  (metric, value) -> line(csv, run, result, "task", task.getKey(), metric, value));
        }
        result.mean().forEach((metric, value) -> line(csv, run, result, "mean", "", metric, value));
        result
            .delta()
            .ifPresent(
                delta -> {
                  line(csv, run, result, "delta", "", "task-weighted", delta.taskWeighted());
                  line(csv, run, result, "delta", "", "metric-weighted", delta.metricWeighted());
                });
      }
    }
    return csv.toString();
  }

  private static void line(
      StringBuilder csv,
      Run run,
      Evaluation result,
      String scope,
      String task,
      String metric,
      double value) {
    csv.append(
        String.join(
            ",",
            quoted(run.header().run()),
            quoted(run.header().method()),
            quoted(result.split()),
            Long.toString(result.step()),
            scope,
            quoted(task),
            quoted(metric),
            Double.isFinite(value) ? NumberText.exact(value) : ""));
    csv.append("\r\n");
  }

  private static String quoted(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
