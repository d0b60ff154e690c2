package org.sparkmto.runlog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tasks without a training label, and labels that no training sample has. */
final class AbsentLabels implements CautionRule {
  private final Optional<Caution> caution;

  AbsentLabels(RunHeader header) {
    List<String> tasks = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    for (String task : header.tasks()) {
      TargetCounts counts = header.data().labels().get(task);
      if (counts == null) {
        continue;
      }
      if (counts.all() == 0) {
        empty.add(task);
        tasks.add(task);
        continue;
      }
      List<String> never = never(counts);
      if (!never.isEmpty()) {
        absent.add(CautionRule.quoted(never) + " of " + task);
        tasks.add(task);
      }
    }
    List<String> said = new ArrayList<>();
    if (!empty.isEmpty()) {
      said.add(
          CautionRule.quoted(empty)
              + (empty.size() == 1 ? " has" : " have")
              + " no label in the training split and cannot be learnt.");
    }
    if (!absent.isEmpty()) {
      said.add(
          "No training sample has "
              + CautionRule.listed(absent)
              + ": what never occurs is never learnt.");
    }
    caution =
        said.isEmpty() ? Optional.empty() : Optional.of(new Caution(tasks, String.join(" ", said)));
  }

  private static List<String> never(TargetCounts counts) {
    List<String> never = new ArrayList<>();
    for (int label = 0; label < counts.names().size() && label < counts.counts().size(); label++) {
      if (counts.counts().get(label) == 0) {
        never.add(counts.names().get(label));
      }
    }
    return never;
  }

  @Override
  public Optional<Caution> hear(LogLine line) {
    return Optional.empty();
  }

  @Override
  public Optional<Caution> standing() {
    return caution;
  }
}
