package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.json.Json;

/**
 * How often the training split has each target of a task.
 *
 * @param names of its labels in order; none for real numbers
 * @param counts of each label; of real numbers one count of all there are. Of several labels at
 *     once, how often each is a yes
 * @param missing samples, or elements of them, without a target
 */
public record TargetCounts(List<String> names, List<Long> counts, long missing) {
  /** Takes copies. */
  public TargetCounts {
    names = List.copyOf(names);
    counts = List.copyOf(counts);
  }

  /** How many targets there are. */
  public long all() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  ObjectNode toNode() {
    ObjectNode node = Json.object();
    if (!names.isEmpty()) {
      Json.putTexts(node, "names", names);
    }
    ArrayNode array = node.putArray("counts");
    counts.forEach(array::add);
    return node.put("missing", missing);
  }

  static TargetCounts of(JsonNode node) {
    List<Long> counts = new ArrayList<>();
    node.path("counts").forEach(count -> counts.add(count.asLong()));
    return new TargetCounts(Json.texts(node.path("names")), counts, node.path("missing").asLong());
  }
}
