package org.sparkmto.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.json.Json;
import org.sparkmto.runlog.TrackedRun;

/** A run on the server. What a request needs too long for, or is refused, is an exception. */
final class MlflowRun {
  /** What MLflow takes in one request. */
  static final int METRICS = 1000;

  private static final int PARAMETERS = 100;
  private static final int LONGEST_VALUE = 6000;
  private static final int LONGEST_KEY = 250;
  private static final String SERVED = "mlflow-artifacts:/";

  private final MlflowServer server;
  private final TrackedRun id;
  private final String artifacts;
  private final Map<String, String> parameters = new HashMap<>();
  private final Map<String, Long> latest = new HashMap<>();

  private MlflowRun(MlflowServer server, JsonNode run) throws MlflowException {
    this.server = server;
    JsonNode info = run.path("info");
    if (info.path("run_id").asText().isEmpty()) {
      throw new MlflowException(200, "", "what answers there is no MLflow server");
    }
    id =
        new TrackedRun(
            server.address(), info.path("experiment_id").asText(), info.path("run_id").asText());
    artifacts = info.path("artifact_uri").asText();
    for (JsonNode each : run.path("data").path("params")) {
      parameters.put(each.path("key").asText(), each.path("value").asText());
    }
    for (JsonNode each : run.path("data").path("metrics")) {
      latest.put(each.path("key").asText(), each.path("step").asLong());
    }
  }

  /** Makes a run, in an experiment that is made if there is none of its name. */
  static MlflowRun begin(
      MlflowServer server,
      String experiment,
      String name,
      Map<String, String> tags,
      Duration deadline)
      throws IOException, InterruptedException {
    ObjectNode asked =
        Json.object()
            .put("experiment_id", experiment(server, experiment, deadline))
            .put("run_name", name)
            .put("start_time", System.currentTimeMillis());
    put(asked.putArray("tags"), tags);
    return new MlflowRun(server, server.post("runs/create", asked, deadline).path("run"));
  }

  private static String experiment(MlflowServer server, String name, Duration deadline)
      throws IOException, InterruptedException {
    try {
      return named(server, name, deadline);
    } catch (MlflowException e) {
      if (!e.is("RESOURCE_DOES_NOT_EXIST")) {
        throw e;
      }
    }
    try {
      return server
          .post("experiments/create", Json.object().put("name", name), deadline)
          .path("experiment_id")
          .asText();
    } catch (MlflowException e) {
      if (e.is("RESOURCE_ALREADY_EXISTS")) {
        return named(server, name, deadline); // another run has made it meanwhile
      }
      throw e;
    }
  }

  private static String named(MlflowServer server, String name, Duration deadline)
      throws IOException, InterruptedException {
    return server
        .get("experiments/get-by-name?experiment_name=" + MlflowServer.encoded(name), deadline)
        .path("experiment")
        .path("experiment_id")
        .asText();
  }

  /** Goes on with a run; empty if the server does not have it any more. */
  static Optional<MlflowRun> resume(MlflowServer server, TrackedRun known, Duration deadline)
      throws IOException, InterruptedException {
    try {
      JsonNode run =
          server.get("runs/get?run_id=" + MlflowServer.encoded(known.run()), deadline).path("run");
      if (run.path("info").path("lifecycle_stage").asText().equals("deleted")) {
        return Optional.empty();
      }
      MlflowRun resumed = new MlflowRun(server, run);
      resumed.status("RUNNING", Optional.empty(), deadline);
      return Optional.of(resumed);
    } catch (MlflowException e) {
      if (e.is("RESOURCE_DOES_NOT_EXIST")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** What the server calls it. */
  TrackedRun id() {
    return id;
  }

  /** Where a person sees it. */
  String page() {
    return server.address() + "/#/experiments/" + id.experiment() + "/runs/" + id.run();
  }

  /** The newest step of every metric that the server had when the run began or was resumed. */
  Map<String, Long> latest() {
    return latest;
  }

  /** Adds parameters; the server never changes one that it has. */
  void parameters(Map<String, String> values, Duration deadline)
      throws IOException, InterruptedException {
    Map<String, String> fresh = new HashMap<>();
    values.forEach((key, value) -> fresh.put(cut(key(key), LONGEST_KEY), value));
    fresh.keySet().removeAll(parameters.keySet());
    List<Map.Entry<String, String>> all = new ArrayList<>(fresh.entrySet());
    for (int from = 0; from < all.size(); from += PARAMETERS) {
      ObjectNode batch = batch();
      ArrayNode array = batch.putArray("params");
      for (Map.Entry<String, String> each :
          all.subList(from, Math.min(all.size(), from + PARAMETERS))) {
        array
            .addObject()
            .put("key", each.getKey())
            .put("value", cut(each.getValue(), LONGEST_VALUE));
        parameters.put(each.getKey(), each.getValue());
      }
      server.post("runs/log-batch", batch, deadline);
    }
  }

  /** Adds numbers, at most {@link #METRICS} of them. */
  void metrics(List<TrackedNumber> numbers, Duration deadline)
      throws IOException, InterruptedException {
    ObjectNode batch = batch();
    ArrayNode array = batch.putArray("metrics");
    for (TrackedNumber number : numbers) {
      array
          .addObject()
          .put("key", number.key())
          .put("value", number.value())
          .put("timestamp", number.millis())
          .put("step", number.step());
    }
    server.post("runs/log-batch", batch, deadline);
  }

  private ObjectNode batch() {
    return Json.object().put("run_id", id.run());
  }

  /** Why the server takes no files over its own address; empty if it does. */
  Optional<String> withoutFiles() {
    return artifacts.startsWith(SERVED) && !artifacts.startsWith(SERVED + "/")
        ? Optional.empty()
        : Optional.of(
            "the server keeps files at "
                + artifacts
                + ", not behind its own address (mlflow-artifacts:/)");
  }

  /** Leaves a file, or replaces it. */
  void file(TrackedFile file, Duration deadline) throws IOException, InterruptedException {
    server.put(artifacts.substring(SERVED.length()) + "/" + file.name(), file, deadline);
  }

  /** Says how the run goes: RUNNING, FINISHED, FAILED or KILLED. */
  void status(String status, Optional<Long> ended, Duration deadline)
      throws IOException, InterruptedException {
    ObjectNode update = batch().put("status", status);
    ended.ifPresent(millis -> update.put("end_time", millis));
    server.post("runs/update", update, deadline);
  }

  private static void put(ArrayNode into, Map<String, String> values) {
    values.forEach((key, value) -> into.addObject().put("key", key).put("value", value));
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest);
  }

  /** A name as MLflow takes it: letters, digits and a few signs, between single slashes. */
  static String key(String name) {
    return name.replaceAll("[^\\p{L}\\p{N}_\\-. /]", "_")
        .replaceAll("/+", "/")
        .replaceAll("(^|/)\\.*(?=/|$)", "$1_");
  }
}
