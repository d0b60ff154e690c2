package org.sparkmto.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.sparkmto.json.Json;

/** Answers as an MLflow server of 3.17 was seen to, as far as a run asks; of one run. */
public final class FakeMlflow implements AutoCloseable {
  static final String RUN = "c20f7c01145d4404ba93b0ee9a21790d";

  final List<String> requests = new ArrayList<>();
  final List<String> authorizations = new ArrayList<>();
  final Map<String, List<Long>> metrics = new TreeMap<>();
  final Map<String, String> parameters = new TreeMap<>();
  final Map<String, byte[]> files = new TreeMap<>();
  String status = "";
  String artifacts = "mlflow-artifacts:/1/" + RUN + "/artifacts";

  /** What it answers instead, by the path of a request. */
  volatile Function<String, Optional<Integer>> instead = path -> Optional.empty();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private boolean experiment;

  /** One that knows nothing yet. */
  public FakeMlflow() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Where it answers. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How the run goes. */
  public synchronized String status() {
    return status;
  }

  /** How often a run was begun. */
  public synchronized long runs() {
    return requests.stream().filter(each -> each.endsWith("/runs/create")).count();
  }

  /** The steps of a metric, in the order in which they came. */
  public synchronized List<Long> steps(String metric) {
    return List.copyOf(metrics.getOrDefault(metric, List.of()));
  }

  /** A parameter. */
  public synchronized String parameter(String key) {
    return parameters.get(key);
  }

  /** The content of an artifact. */
  public synchronized byte[] file(String name) {
    return files.get("1/" + RUN + "/artifacts/" + name);
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    Optional<Integer> other = instead.apply(path);
    int code = 200;
    ObjectNode answer;
    synchronized (this) {
      requests.add(exchange.getRequestMethod() + " " + path);
      authorizations.add(
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse(""));
      if (other.isPresent()) {
        code = other.get();
        answer = code == 401 ? null : Json.object().put("message", "it was told to");
      } else if (path.startsWith("/api/2.0/mlflow-artifacts/artifacts/")) {
        files.put(path.substring("/api/2.0/mlflow-artifacts/artifacts/".length()), body);
        answer = null;
      } else {
        answer = answer(path, body.length == 0 ? Json.object() : Json.parse(body));
        if (answer.has("error_code")) {
          code = 404;
        }
      }
    }
    byte[] text = answer == null ? new byte[0] : answer.toString().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, text.length == 0 ? -1 : text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }

  private ObjectNode answer(String path, JsonNode body) {
    String what = path.substring("/api/2.0/mlflow/".length());
    ObjectNode answer = Json.object();
    switch (what) {
      case "experiments/get-by-name" -> {
        if (experiment) {
          answer.putObject("experiment").put("experiment_id", "1");
        } else {
          answer
              .put("error_code", "RESOURCE_DOES_NOT_EXIST")
              .put("message", "Could not find experiment with name 'spark-mto'");
        }
      }
      case "experiments/create" -> {
        experiment = true;
        answer.put("experiment_id", "1");
      }
      case "runs/create", "runs/get" -> putRun(answer);
      case "runs/log-batch" -> {
        for (JsonNode metric : body.path("metrics")) {
          metrics
              .computeIfAbsent(metric.path("key").asText(), key -> new ArrayList<>())
              .add(metric.path("step").asLong());
        }
        for (JsonNode each : body.path("params")) {
          parameters.put(each.path("key").asText(), each.path("value").asText());
        }
      }
      case "runs/update" -> status = body.path("status").asText();
      default -> throw new IllegalArgumentException(path);
    }
    return answer;
  }

  private void putRun(ObjectNode answer) {
    ObjectNode run = answer.putObject("run");
    run.putObject("info")
        .put("experiment_id", "1")
        .put("run_id", RUN)
        .put("artifact_uri", artifacts)
        .put("lifecycle_stage", "active");
    ObjectNode data = run.putObject("data");
    metrics.forEach(
        (key, steps) ->
            data.withArray("/metrics")
                .addObject()
                .put("key", key)
                .put("step", steps.get(steps.size() - 1)));
    parameters.forEach(
        (key, value) -> data.withArray("/params").addObject().put("key", key).put("value", value));
  }

  @Override
  public void close() throws Exception {
    server.stop(0);
    threads.shutdownNow();
    if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a request does not end");
    }
  }
}
