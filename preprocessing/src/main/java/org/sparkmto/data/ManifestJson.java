package org.sparkmto.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    writeTasks(root, manifest.columns(), manifest.tasks());
    ObjectNode splits = root.putObject("splits");
    manifest.splits().forEach((name, split) -> writeSplit(splits.putObject(name), split));
    ObjectNode statistics = root.putObject("statistics");
    manifest.statistics().forEach((name, channels) -> channels.put(statistics.putObject(name)));
    writeTargets(root, manifest.histograms(), manifest.ranges());
    ObjectNode sources = root.putObject("sources");
    sources.put("listed", manifest.sources().listed());
    sources.put("kept", manifest.sources().kept());
    ObjectNode quarantined = sources.putObject("quarantined");
    manifest.sources().quarantined().forEach(quarantined::put);
    ObjectNode settings = root.putObject("settings");
    manifest.settings().forEach(settings::put);
    if (!manifest.remarks().isEmpty()) {
      ArrayNode remarks = root.putArray("remarks");
      manifest.remarks().forEach(remarks::add);
    }
    return SealedJson.write(root);
  }

  /** The tasks and the columns they are about, as two fields. */
  static void writeTasks(ObjectNode root, List<Column> written, List<Task> asked) {
    ArrayNode columns = root.putArray("columns");
    for (Column column : written) {
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
    for (Task task : asked) {
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
      if (task.isSoft()) {
        node.put("soft", task.soft());
      }
    }
  }

  /** What values targets have, as two fields; ranges only where there are any. */
  static void writeTargets(
      ObjectNode root, Map<String, LabelHistogram> labels, Map<String, TargetRange> numbers) {
    ObjectNode histograms = root.putObject("histograms");
    labels.forEach(
        (name, histogram) -> {
          ObjectNode node = histograms.putObject(name);
          ArrayNode counts = node.putArray("counts");
          histogram.counts().forEach(counts::add);
          node.put("missing", histogram.missing());
        });
    if (!numbers.isEmpty()) {
      ObjectNode ranges = root.putObject("ranges");
      numbers.forEach((name, range) -> writeRange(ranges.putArray(name), range));
    }
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
        if (!Double.isNaN(channel.deviation())) {
          node.put("deviation", channel.deviation());
        }
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
      ObjectNode root = SealedJson.read(json, DatasetManifest.UNSEALED_FORMAT);
      JsonFields fields = JsonFields.of(root, "");
      int format = fields.integer("format");
      if (format < DatasetManifest.UNSEALED_FORMAT || format > DatasetManifest.FORMAT) {
        throw new DataContractException(
            "is of format "
                + format
                + "; this version reads formats "
                + DatasetManifest.UNSEALED_FORMAT
                + " to "
                + DatasetManifest.FORMAT);
      }
      DatasetManifest manifest =
          new DatasetManifest(
              fields.text("dataset"),
              fields.text("writer"),
              fields.longInteger("seed"),
              columns(fields),
              tasks(fields),
              fields.map("splits", (name, node) -> split(name, JsonFields.of(node, name))),
              fields.map(
                  "statistics", (name, node) -> ChannelStatistics.of(JsonFields.of(node, name))),
              histograms(fields),
              ranges(fields),
              sources(fields.fields("sources")),
              fields.textsByName("settings"),
              fields.has("remarks") ? fields.texts("remarks") : List.of());
      fields.end();
      return manifest;
    } catch (DataContractException e) {
      throw new DataContractException(
          SealedJson.complaint(source, e) + "; preprocess the data set again, or copy it again", e);
    }
  }

  static List<Column> columns(JsonFields fields) {
    return fields.list("columns", node -> column(JsonFields.of(node, "columns")));
  }

  static List<Task> tasks(JsonFields fields) {
    return fields.list("tasks", node -> task(JsonFields.of(node, "tasks")));
  }

  static Map<String, LabelHistogram> histograms(JsonFields fields) {
    return fields.map("histograms", (name, node) -> histogram(JsonFields.of(node, name)));
  }

  static Map<String, TargetRange> ranges(JsonFields fields) {
    return fields.has("ranges") ? fields.map("ranges", ManifestJson::range) : Map.of();
  }

  private static Column column(JsonFields fields) {
    Column column =
        new Column(
            fields.text("name"),
            role(fields.text("role")),
            ElementType.ofLabel(fields.text("type")),
            fields.list("shape", length -> JsonFields.integer(length, "shape")),
            fields.has("scale") ? fields.number("scale") : 1,
            fields.has("offset") ? fields.number("offset") : 0,
            fields.has("unit") ? fields.text("unit") : "");
    fields.end();
    return column;
  }

  private static Task task(JsonFields fields) {
    Task task =
        new Task(
            fields.text("name"),
            TaskKind.ofLabel(fields.text("kind")),
            fields.texts("inputs"),
            fields.text("target"),
            fields.has("element") ? fields.integer("element") : Task.WHOLE,
            fields.integer("classes"),
            fields.integer("missing"),
            fields.has("loss") ? fields.text("loss") : "",
            fields.has("classNames") ? fields.texts("classNames") : List.of(),
            fields.has("soft") ? fields.text("soft") : "");
    fields.end();
    return task;
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

  private static Split split(String name, JsonFields fields) {
    List<ShardFile> files = fields.list("files", node -> file(JsonFields.of(node, "files")));
    Split split = new Split(name, files, fields.text("digest"));
    long rows = fields.longInteger("rows");
    if (split.rows() != rows) {
      throw new DataContractException(
          "split '" + name + "' claims " + rows + " rows, its files " + split.rows());
    }
    fields.end();
    return split;
  }

  private static ShardFile file(JsonFields fields) {
    ShardFile file =
        new ShardFile(
            fields.text("path"),
            fields.longInteger("bytes"),
            fields.text("sha256"),
            fields.list("rowGroups", rows -> JsonFields.integer(rows, "rowGroups")));
    long rows = fields.longInteger("rows");
    if (file.rows() != rows) {
      throw new DataContractException(
          "shard '" + file.path() + "' claims " + rows + " rows, its row groups " + file.rows());
    }
    fields.end();
    return file;
  }

  private static LabelHistogram histogram(JsonFields fields) {
    LabelHistogram histogram =
        new LabelHistogram(
            fields.list("counts", count -> JsonFields.longInteger(count, "counts")),
            fields.longInteger("missing"));
    fields.end();
    return histogram;
  }

  private static TargetRange range(String task, JsonNode channels) {
    return new TargetRange(
        JsonFields.list(channels, task, node -> channel(JsonFields.of(node, task))));
  }

  private static TargetRange.Channel channel(JsonFields fields) {
    long valid = fields.longInteger("valid");
    boolean known = valid > 0;
    TargetRange.Channel channel =
        new TargetRange.Channel(
            valid,
            fields.longInteger("missing"),
            known ? fields.number("least") : Double.NaN,
            known ? fields.number("greatest") : Double.NaN,
            known ? fields.number("mean") : Double.NaN,
            fields.has("deviation") ? fields.number("deviation") : Double.NaN);
    fields.end();
    return channel;
  }

  private static SourceCounts sources(JsonFields fields) {
    SourceCounts sources =
        new SourceCounts(
            fields.longInteger("listed"),
            fields.longInteger("kept"),
            fields.map("quarantined", (name, node) -> JsonFields.longInteger(node, name)));
    fields.end();
    return sources;
  }
}
