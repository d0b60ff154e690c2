package org.sparkmto.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.sparkmto.runlog.RunHeader;

/** What a reader wants to see first of a run, by name, in order; only what is known. */
final class Facts {
  private Facts() {}

  static Map<String, String> of(RunHeader header) {
    Map<String, String> facts = new LinkedHashMap<>();
    text(facts, "Data set", header.dataset());
    facts.put("Tasks", NumberText.count(header.tasks().size()));
    text(facts, "Network", header.network());
    count(facts, "Shared parameters", header.sharedParameters());
    count(facts, "Head parameters", header.headParameters());
    text(facts, "Method sees", header.sight());
    text(facts, "Gradients at", header.level());
    count(facts, "Ranks", header.ranks());
    count(facts, "Global batch", header.globalBatch());
    count(facts, "Steps", header.steps());
    // A name more than a number: no separators.
    header.seed().ifPresent(seed -> facts.put("Seed", Long.toString(seed)));
    text(facts, "Started", header.started());
    return facts;
  }

  static void draw(Markup page, Map<String, String> facts) {
    page.open("dl", "class", "facts");
    facts.forEach(
        (name, value) -> page.open("div").element("dt", name).element("dd", value).close());
    page.close();
  }

  private static void text(Map<String, String> facts, String name, String value) {
    if (!value.isEmpty()) {
      facts.put(name, value);
    }
  }

  private static void count(Map<String, String> facts, String name, OptionalLong value) {
    value.ifPresent(number -> facts.put(name, NumberText.count(number)));
  }
}
