package org.sparkmto.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkmto.analysis.GradientAnalysis.Group;
import org.sparkmto.analysis.Moments;
import org.sparkmto.analysis.PairMeasure;
import org.sparkmto.analysis.Pairing;
import org.sparkmto.runlog.AnalysisLine;
import org.sparkmto.runlog.RunHeader;

/**
 * One measure per line: {@code
 * run,scope,step,epoch,kind,group,parameters,comparison,measure,task,count,mean,deviation}. The
 * scope is step, epoch or run; step and epoch are empty where they are several. A measure of pairs
 * has a comparison, magnitudes and contributions have a task. The count is that of the values of
 * which there are mean and standard deviation; a measure without a value has no line.
 */
final class AnalysisCsv {
  private final StringBuilder csv =
      new StringBuilder(
          "run,scope,step,epoch,kind,group,parameters,comparison,measure,task,count,mean,deviation\r\n");
  private final RunHeader header;

  private AnalysisCsv(RunHeader header) {
    this.header = header;
  }

  static String of(RunHeader header, List<AnalysisLine> lines) {
    AnalysisCsv all = new AnalysisCsv(header);
    TreeMap<Long, Map<String, GroupTotals>> epochs = new TreeMap<>();
    Map<String, GroupTotals> run = new LinkedHashMap<>();
    for (AnalysisLine line : lines) {
      Map<String, GroupTotals> step = new LinkedHashMap<>();
      add(line, step);
      add(line, epochs.computeIfAbsent(line.epoch(), epoch -> new LinkedHashMap<>()));
      add(line, run);
      all.lines("step," + line.step() + "," + line.epoch(), step);
    }
    epochs.forEach((epoch, groups) -> all.lines("epoch,," + epoch, groups));
    all.lines("run,,", run);
    return all.csv.toString();
  }

  private static void add(AnalysisLine line, Map<String, GroupTotals> to) {
    for (Group group : line.analysis().groups()) {
      to.computeIfAbsent(GroupTotals.key(group), key -> new GroupTotals(group)).add(group);
    }
  }

  private void lines(String scope, Map<String, GroupTotals> groups) {
    for (GroupTotals totals : groups.values()) {
      Group group = totals.group();
      String start =
          String.join(
              ",",
              Csv.quoted(header.run()),
              scope,
              group.kind().label(),
              Csv.quoted(group.name()),
              Long.toString(group.parameters()));
      for (Pairing pairing : Pairing.values()) {
        for (PairMeasure measure : PairMeasure.values()) {
          Moments moments = totals.pairs(pairing).of(measure);
          line(start, pairing.label() + "," + measure.label() + ",", moments);
        }
      }
      for (int task = 0; task < header.tasks().size(); task++) {
        String name = Csv.quoted(header.tasks().get(task));
        line(start, ",magnitude," + name, totals.magnitude(task));
        line(start, ",contribution," + name, totals.contribution(task));
      }
    }
  }

  private void line(String start, String what, Moments moments) {
    if (moments.count() > 0) {
      csv.append(start).append(',').append(what).append(',').append(moments.count());
      csv.append(',').append(NumberText.exact(moments.mean())).append(',');
      if (moments.count() > 1) {
        csv.append(NumberText.exact(moments.deviation()));
      }
      csv.append("\r\n");
    }
  }
}
