package org.sparkmto.prediction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.data.Column;
import org.sparkmto.data.TaskKind;
import org.sparkmto.json.Json;
import org.sparkmto.preprocessing.inspection.MapFile;
import org.sparkmto.preprocessing.shard.Shards;
import org.sparkmto.training.TrainedModel;
import org.sparkmto.version.BuildVersion;

/** The file that is written last: what a prediction holds, and how it came to be. */
final class PredictionSeal {
  /** Its name in the directory of the prediction. */
  static final String FILE_NAME = "_predictions.json";

  private static final int FORMAT = 2;

  /** The first one, whose answers to whole samples had other forms. */
  private static final int OLDEST = 1;

  private static final String ROLE = "prediction";

  private PredictionSeal() {}

  /**
   * The content.
   *
   * @param source what was predicted: settings by name
   * @param maps the files of maps, if they were written
   * @param rejected how many samples could not be decoded, by reason
   */
  static String json(
      TrainedModel model,
      Map<String, String> source,
      List<TaskColumn> columns,
      Optional<MapFiles> maps,
      long predicted,
      Map<String, Long> rejected) {
    ObjectNode root = Json.object();
    root.put("format", FORMAT);
    root.put("writer", "spark-mto " + BuildVersion.current().application());
    ObjectNode modelNode = root.putObject("model");
    modelNode.put("run", model.run()).put("step", model.step()).put("sha256", model.digest());
    ObjectNode data = root.putObject("data");
    source.forEach(data::put);
    ObjectNode counts = root.putObject("samples");
    counts.put("listed", predicted + rejected.values().stream().mapToLong(n -> n).sum());
    counts.put("predicted", predicted);
    ObjectNode reasons = counts.putObject("rejected");
    rejected.forEach(reasons::put);
    root.put("key", Shards.SAMPLE_ID);
    ArrayNode nodes = root.putArray("columns");
    for (TaskColumn column : columns) {
      ObjectNode node = nodes.addObject();
      write(node, column);
      Optional.ofNullable(model.yesFromProbability().get(column.task().name()))
          .ifPresent(probabilities -> Json.put(node, "yesFromProbability", probabilities));
      maps.flatMap(files -> files.of(column)).ifPresent(file -> write(node, column, file));
    }
    return Json.pretty(root);
  }

  /** As columns stand in the manifest of a data set, and the task with its classes. */
  private static void write(ObjectNode node, TaskColumn column) {
    Optional<Column> map = column.map();
    node.put("name", column.name()).put("role", ROLE);
    node.put("type", map.map(known -> known.type().label()).orElse("sql"));
    ArrayNode shape = node.putArray("shape");
    map.ifPresent(known -> known.shape().forEach(shape::add));
    node.put("scale", map.map(Column::scale).orElse(1.0)).put("offset", 0.0);
    node.put("unit", column.unit());
    node.put("sql", column.field().dataType().sql());
    node.put("task", column.task().name()).put("kind", column.task().kind().label());
    node.put("classes", column.task().classes());
    if (!column.task().classNames().isEmpty()) {
      ArrayNode names = node.putArray("classNames");
      column.task().classNames().forEach(names::add);
    }
  }

  private static void write(ObjectNode node, TaskColumn column, MapFile file) {
    ObjectNode files = node.putObject("files");
    files.put("directory", MapFiles.DIRECTORY + "/" + column.name());
    if (column.task().kind() == TaskKind.DEPTH) {
      files.put("step", file.step());
    }
  }

  /** Whether a text is the content of such a file. */
  static boolean isSeal(String text) {
    try {
      JsonNode root = Json.parse(text);
      int format = root.path("format").asInt();
      return format >= OLDEST
          && format <= FORMAT
          && root.path("writer").asText().startsWith("spark-mto ")
          && root.path("model").has("sha256")
          && root.path("columns").isArray();
    } catch (JsonProcessingException e) {
      return false;
    }
  }
}
