package org.sparkmto.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.sparkmto.json.Json;

/** The manifest's JSON form, field by field, so that the format is what this file says. */
final class ManifestJson {

  private ManifestJson() {}

  static String write(DatasetManifest manifest) {
    ObjectNode root = Json.object();
    root.put("format", DatasetManifest.FORMAT);
    root.put("dataset", manifest.dataset());
    root.put("writer", manifest.writer());
    root.put("seed", manifest.seed());
    ArrayNode columns = root.putArray("columns");
    for (Column column : manifest.columns()) {
      ObjectNode node = columns.addObject();
      node.put("name", column.name());
      node.put("role", column.role().name().toLowerCase(Locale.ROOT));
      node.put("type", column.type().label());
      ArrayNode shape = node.putArray("shape");
      column.shape().forEach(length -> shape.add(length.intValue()));
      if (column.scale() != 1 || column.offset() != 0 || !column.unit().isEmpty()) {
        node.put("scale", column.scale());
        node.put("offset", column.offset());
        node.put("unit", column.unit());
      }
    }
    ArrayNode tasks = root.putArray("tasks");
    for (Task task : manifest.tasks()) {
      ObjectNode node = tasks.addObject();
      node.put("name", task.name());
      node.put("kind", task.kind().label());
      ArrayNode inputs = node.putArray("inputs");
      task.inputs().forEach(inputs::add);
      node.put("target", task.target());
      if (task.element() != Task.WHOLE) {
        node.put("element", task.element());
      }
      node.put("classes", task.classes());
      node.put("missing", task.missing());
      if (!task.loss().isEmpty()) {
        node.put("loss", task.loss());
      }
      if (!task.classNames().isEmpty()) {
        ArrayNode names = node.putArray("classNames");
        task.classNames().forEach(names::add);
      }
    }
    ObjectNode splits = root.putObject("splits");
    manifest.splits().forEach((name, split) -> writeSplit(splits.putObject(name), split));
    ObjectNode statistics = root.putObject("statistics");
    manifest
        .statistics()
        .forEach(
            (name, channels) -> {
              ObjectNode node = statistics.putObject(name);
              ArrayNode mean = node.putArray("mean");
              channels.mean().forEach(mean::add);
              ArrayNode deviation = node.putArray("deviation");
              channels.deviation().forEach(deviation::add);
            });
    ObjectNode histograms = root.putObject("histograms");
    manifest
        .histograms()
        .forEach(
            (name, histogram) -> {
              ObjectNode node = histograms.putObject(name);
              ArrayNode counts = node.putArray("counts");
              histogram.counts().forEach(counts::add);
              node.put("missing", histogram.missing());
            });
    if (!manifest.ranges().isEmpty()) {
      ObjectNode ranges = root.putObject("ranges");
      manifest.ranges().forEach((name, range) -> writeRange(ranges.putArray(name), range));
    }
    ObjectNode sources = root.putObject("sources");
    sources.put("listed", manifest.sources().listed());
    sources.put("kept", manifest.sources().kept());
    ObjectNode quarantined = sources.putObject("quarantined");
    manifest.sources().quarantined().forEach(quarantined::put);
    ObjectNode settings = root.putObject("settings");
    manifest.settings().forEach(settings::put);
    return Json.pretty(root);
  }

  private static void writeRange(ArrayNode channels, TargetRange range) {
    for (TargetRange.Channel channel : range.channels()) {
      ObjectNode node = channels.addObject();
      node.put("valid", channel.valid());
      node.put("missing", channel.missing());
      if (channel.valid() > 0) {
        node.put("least", channel.least());
        node.put("greatest", channel.greatest());
        node.put("mean", channel.mean());
      }
    }
  }

  private static void writeSplit(ObjectNode node, Split split) {
    node.put("rows", split.rows());
    node.put("digest", split.digest());
    ArrayNode files = node.putArray("files");
    for (ShardFile file : split.files()) {
      ObjectNode entry = files.addObject();
      entry.put("path", file.path());
      entry.put("rows", file.rows());
      entry.put("bytes", file.bytes());
      entry.put("sha256", file.sha256());
      ArrayNode groups = entry.putArray("rowGroups");
      file.rowGroups().forEach(rows -> groups.add(rows.intValue()));
    }
  }

  static DatasetManifest read(String json, String source) {
    try {
      JsonNode root = Json.parse(json);
      int format = integer(root, "format");
      if (format != DatasetManifest.FORMAT) {
        throw new DataContractException(
            "format " + format + "; this version reads format " + DatasetManifest.FORMAT);
      }
      List<Column> columns = list(array(root, "columns"), ManifestJson::column);
      List<Task> tasks = list(array(root, "tasks"), ManifestJson::task);
      JsonNode sources = object(root, "sources");
      return new DatasetManifest(
          text(root, "dataset"),
          text(root, "writer"),
          longInteger(root, "seed"),
          columns,
          tasks,
          map(object(root, "splits"), ManifestJson::split),
          map(object(root, "statistics"), (name, node) -> channels(node)),
          map(object(root, "histograms"), (name, node) -> histogram(node)),
          root.has("ranges")
              ? map(object(root, "ranges"), (name, node) -> range(root, name))
              : Map.of(),
          new SourceCounts(
              longInteger(sources, "listed"),
              longInteger(sources, "kept"),
              map(object(sources, "quarantined"), (name, node) -> longValue(node, name))),
          map(object(root, "settings"), (name, node) -> node.asText()));
    } catch (JsonProcessingException e) {
      throw new DataContractException(
          source + " is not JSON: " + e.getOriginalMessage() + "; preprocess the data set again",
          e);
    } catch (DataContractException e) {
      throw new DataContractException(source + ": " + e.getMessage(), e);
    }
  }

  private static Column column(JsonNode node) {
    return new Column(
        text(node, "name"),
        role(text(node, "role")),
        ElementType.ofLabel(text(node, "type")),
        list(array(node, "shape"), length -> intValue(length, "shape")),
        node.has("scale") ? number(node, "scale") : 1,
        node.has("offset") ? number(node, "offset") : 0,
        node.has("unit") ? text(node, "unit") : "");
  }

  private static Task task(JsonNode node) {
    return new Task(
        text(node, "name"),
        TaskKind.ofLabel(text(node, "kind")),
        list(array(node, "inputs"), JsonNode::asText),
        text(node, "target"),
        node.has("element") ? integer(node, "element") : Task.WHOLE,
        integer(node, "classes"),
        integer(node, "missing"),
        node.has("loss") ? text(node, "loss") : "",
        node.has("classNames") ? list(array(node, "classNames"), JsonNode::asText) : List.of());
  }

  private static Column.Role role(String label) {
    return switch (label) {
      case "input" -> Column.Role.INPUT;
      case "target" -> Column.Role.TARGET;
      case "group" -> Column.Role.GROUP;
      default ->
          throw new DataContractException(
              "column role '" + label + "' is neither input nor target nor group");
    };
  }

  private static double number(JsonNode node, String name) {
    JsonNode value = field(node, name);
    if (!value.isNumber()) {
      throw new DataContractException("field '" + name + "' is not a number");
    }
    return value.asDouble();
  }

  private static Split split(String name, JsonNode node) {
    List<ShardFile> files = list(array(node, "files"), ManifestJson::file);
    Split split = new Split(name, files, text(node, "digest"));
    if (split.rows() != longInteger(node, "rows")) {
      throw new DataContractException(
          "split '" + name + "' claims " + node.get("rows") + " rows, its files " + split.rows());
    }
    return split;
  }

  private static ShardFile file(JsonNode node) {
    return new ShardFile(
        text(node, "path"),
        longInteger(node, "bytes"),
        text(node, "sha256"),
        list(array(node, "rowGroups"), rows -> intValue(rows, "rowGroups")));
  }

  private static ChannelStatistics channels(JsonNode node) {
    return new ChannelStatistics(
        list(array(node, "mean"), JsonNode::asDouble),
        list(array(node, "deviation"), JsonNode::asDouble));
  }

  private static LabelHistogram histogram(JsonNode node) {
    return new LabelHistogram(
        list(array(node, "counts"), count -> longValue(count, "counts")),
        longInteger(node, "missing"));
  }

  private static TargetRange range(JsonNode root, String task) {
    return new TargetRange(
        list(
            array(object(root, "ranges"), task),
            node -> {
              boolean known = longInteger(node, "valid") > 0;
              return new TargetRange.Channel(
                  longInteger(node, "valid"),
                  longInteger(node, "missing"),
                  known ? number(node, "least") : Double.NaN,
                  known ? number(node, "greatest") : Double.NaN,
                  known ? number(node, "mean") : Double.NaN);
            }));
  }

  private static JsonNode field(JsonNode node, String name) {
    JsonNode value = node.get(name);
    if (value == null) {
      throw new DataContractException("field '" + name + "' is missing");
    }
    return value;
  }

  private static JsonNode object(JsonNode node, String name) {
    JsonNode value = field(node, name);
    if (!value.isObject()) {
      throw new DataContractException("field '" + name + "' is not an object");
    }
    return value;
  }

  private static JsonNode array(JsonNode node, String name) {
    JsonNode value = field(node, name);
    if (!value.isArray()) {
      throw new DataContractException("field '" + name + "' is not a list");
    }
    return value;
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = field(node, name);
    if (!value.isTextual()) {
      throw new DataContractException("field '" + name + "' is not text");
    }
    return value.asText();
  }

  private static int integer(JsonNode node, String name) {
    return intValue(field(node, name), name);
  }

  private static int intValue(JsonNode node, String name) {
    long value = longValue(node, name);
    if (value != (int) value) {
      throw new DataContractException("field '" + name + "' is too large");
    }
    return (int) value;
  }

  private static long longInteger(JsonNode node, String name) {
    return longValue(field(node, name), name);
  }

  private static long longValue(JsonNode value, String name) {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new DataContractException("field '" + name + "' is not an integer");
    }
    return value.asLong();
  }

  private static <V> List<V> list(JsonNode array, Function<JsonNode, V> element) {
    List<V> values = new ArrayList<>();
    array.forEach(node -> values.add(element.apply(node)));
    return values;
  }

  private interface Entry<V> {
    V read(String name, JsonNode node);
  }

  private static <V> Map<String, V> map(JsonNode object, Entry<V> entry) {
    Map<String, V> values = new LinkedHashMap<>();
    object
        .properties()
        .forEach(field -> values.put(field.getKey(), entry.read(field.getKey(), field.getValue())));
    return values;
  }
}
