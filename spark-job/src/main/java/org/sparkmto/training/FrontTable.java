package org.sparkmto.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sparkmto.configuration.Preference;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Figure;
import org.sparkmto.naming.Counted;
import org.sparkmto.runlog.EvaluatedFront;

/** A front as lines for people: a row for each preference, losses and figures of every task. */
final class FrontTable {
  private FrontTable() {}

  static List<String> lines(String run, EvaluatedFront front) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s on %s, asked for %s"
            .formatted(run, front.split(), Counted.of(front.answers().size(), "preference")));
    List<String> head = new ArrayList<>(List.of("preference"));
    front
        .counted()
        .forEach(
            (task, figures) -> {
              head.add(task + " " + EvaluatedFront.Answer.LOSS);
              figures.forEach(figure -> head.add(task + " " + figure));
            });
    List<List<String>> rows = new ArrayList<>(List.of(head));
    for (EvaluatedFront.Answer answer : front.answers()) {
      List<String> row = new ArrayList<>();
      row.add(new Preference(answer.preference()).toString());
      for (Map.Entry<String, List<String>> task : front.counted().entrySet()) {
        row.add(Figure.text(answer.of(task.getKey(), EvaluatedFront.Answer.LOSS)));
        task.getValue().forEach(figure -> row.add(Figure.text(answer.of(task.getKey(), figure))));
      }
      rows.add(row);
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int place = column;
        int width = rows.stream().mapToInt(one -> one.get(place).length()).max().orElse(0);
        line.append(("  %" + (column == 0 ? "-" : "") + width + "s").formatted(row.get(column)));
      }
      lines.add(line.toString().stripTrailing());
    }
    lines.add(
        "  hypervolume %s, obeyed %s (%s)"
            .formatted(
                Figure.text(front.hypervolume()),
                Figure.text(front.obeyed()),
                CountedFigures.text(front.counted())));
    return lines;
  }
}
