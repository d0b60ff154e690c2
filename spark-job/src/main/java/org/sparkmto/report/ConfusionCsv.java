package org.sparkmto.report;

import java.util.List;
import java.util.Map;
import org.sparkmto.runlog.EvaluationDetails;

/** How often each class was taken for each, a line a pair. */
final class ConfusionCsv {
  private ConfusionCsv() {}

  static String of(List<Run> runs) {
    StringBuilder csv = new StringBuilder("run,method,split,step,task,label,said,count\r\n");
    for (Run run : runs) {
      for (EvaluationDetails details : run.details().values()) {
        for (Map.Entry<String, EvaluationDetails.Of> task : details.tasks().entrySet()) {
          lines(csv, run, details, task.getKey(), task.getValue());
        }
      }
    }
    return csv.toString();
  }

  private static void lines(
      StringBuilder csv,
      Run run,
      EvaluationDetails details,
      String task,
      EvaluationDetails.Of found) {
    for (int label = 0; label < found.confusion().size(); label++) {
      for (int said = 0; said < found.confusion().get(label).size(); said++) {
        csv.append(
                String.join(
                    ",",
                    Csv.quoted(run.header().run()),
                    Csv.quoted(run.header().method()),
                    Csv.quoted(details.split()),
                    Long.toString(details.step()),
                    Csv.quoted(task),
                    Csv.quoted(found.labels().get(label)),
                    Csv.quoted(found.labels().get(said)),
                    Long.toString(found.confusion().get(label).get(said))))
            .append("\r\n");
      }
    }
  }
}
