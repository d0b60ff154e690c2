package org.sparkmto.retraining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.json.Json;

/** The line of models of a directory of retrainings, for people and for programs. */
public final class HistoryTable {
  private static final List<String> HEAD =
      List.of("", "run", "decided", "decision", "steps", "Delta_m", "model", "data and metrics");

  private final RetrainingDirectory directory;
  private final List<RetrainingEvent> events;
  private final int promotion;

  /** The history of a directory as it is now. */
  public HistoryTable(RetrainingDirectory directory) {
    this.directory = directory;
    events = directory.events();
    promotion = directory.promotion().map(RetrainingEvent::number).orElse(0);
  }

  /** Lines of a table, an event in each; the one whose model is promoted has a star. */
  public List<String> lines() {
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    events.forEach(event -> rows.add(row(event)));
    directory
        .underWay()
        .forEach(
            run ->
                rows.add(
                    List.of("", run, "", "not decided", "", "", "", "under way or interrupted")));
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        line.append(row.get(column))
            .append(" ".repeat(widths[column] - row.get(column).length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private List<String> row(RetrainingEvent event) {
    Optional<RetrainingEvent.Judged> model = event.model();
    return List.of(
        event.number() == promotion ? "*" : "",
        event.run(),
        event.time(),
        event.outcome().word(),
        model.map(judged -> Long.toString(judged.steps())).orElse(""),
        Double.isFinite(event.delta()) ? String.format(Locale.ROOT, "%+.2f %%", event.delta()) : "",
        model.isEmpty() ? "" : directory.run(event.run()).hasModel() ? "there" : "deleted",
        about(event));
  }

  private static String about(RetrainingEvent event) {
    List<String> parts = new ArrayList<>();
    Map<String, String> data = event.data();
    if (!data.isEmpty()) {
      String place = data.getOrDefault("directory", "");
      String digest = data.getOrDefault("digest", "");
      parts.add(
          place.substring(place.lastIndexOf('/') + 1)
              + " "
              + digest.substring(0, Math.min(8, digest.length())));
    }
    event
        .model()
        .map(RetrainingEvent.Judged::tasks)
        .filter(tasks -> !tasks.isEmpty() && event.isDecision())
        .ifPresent(tasks -> parts.add(new Scores(tasks).summary()));
    if (!event.isDecision()) {
      parts.addAll(event.reasons());
    }
    return String.join("  ", parts);
  }

  /** All events as JSON, each as its file has it, and which is promoted. */
  public String toJson() {
    ObjectNode root = Json.object();
    root.put("format", 1).put("directory", directory.name());
    directory.promotion().ifPresent(event -> root.put("promoted", event.run()));
    ArrayNode all = root.putArray("events");
    try {
      for (RetrainingEvent event : events) {
        all.add(Json.parse(event.toJson()));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was just written is JSON", e);
    }
    Json.putTexts(root, "under-way", directory.underWay());
    return Json.pretty(root);
  }
}
