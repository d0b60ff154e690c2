package org.sparkmto.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.json.Json;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.TrackedRun;

/**
 * Against a real MLflow server on this machine. Skipped without one: {@code pip install mlflow},
 * and {@code -Dspark-mto.mlflow=DIR/bin/mlflow} where it is not on the path of {@code python3}.
 */
class RealMlflowTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HEADER =
      "{\"format\":2,\"run\":\"r\",\"tasks\":[\"a\"],\"configuration\":\"run.seed = 7\"}";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static List<String> mlflow() throws Exception {
    String named = System.getProperty("spark-mto.mlflow", "");
    if (!named.isEmpty()) {
      return List.of(named);
    }
    try {
      Process python =
          new ProcessBuilder(
                  "python3", "-c", "import importlib.util as i; exit(not i.find_spec('mlflow'))")
              .redirectErrorStream(true)
              .start();
      assumeTrue(
          python.waitFor(30, TimeUnit.SECONDS) && python.exitValue() == 0,
          "there is no MLflow: pip install mlflow, or name its program with -Dspark-mto.mlflow");
    } catch (IOException e) {
      assumeTrue(false, "no python3 on this machine");
    }
    return List.of("python3", "-m", "mlflow");
  }

  @Test
  void aRunIsTrackedAndGoesOn(@TempDir Path folder) throws Exception {
    List<String> line = new ArrayList<>(mlflow());
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    line.addAll(
        List.of(
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--workers",
            "1",
            "--backend-store-uri",
            "sqlite:///" + folder.resolve("mlflow.db"),
            "--artifacts-destination",
            folder.resolve("artifacts").toString()));
    Process server =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("server.log").toFile())
            .start();
    try {
      String address = "http://127.0.0.1:" + port;
      awaitHealthy(address, server, folder);
      track(folder, address);
    } finally {
      List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
      all.add(server.toHandle());
      all.forEach(ProcessHandle::destroy);
      if (!server.waitFor(20, TimeUnit.SECONDS)) {
        all.forEach(ProcessHandle::destroyForcibly);
      }
    }
  }

  private void awaitHealthy(String address, Process server, Path folder) throws Exception {
    for (int second = 0; second < 120; second++) {
      try {
        if (get(address + "/health").equals("OK")) {
          return;
        }
      } catch (IOException e) {
        assertThat(server.isAlive()).as(() -> read(folder.resolve("server.log"))).isTrue();
      }
      Thread.sleep(1000);
    }
    throw new AssertionError(read(folder.resolve("server.log")));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private String get(String address) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(10)).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  private void track(Path folder, String address) throws Exception {
    List<TrackedRun> begun = new ArrayList<>();
    RunFolder run =
        new RunFolder() {
          @Override
          public List<String> names() {
            return List.of("run.json", "metrics.jsonl");
          }

          @Override
          public InputStream open(String name) throws IOException {
            return Files.newInputStream(folder.resolve(name));
          }
        };
    Files.writeString(folder.resolve("run.json"), HEADER);
    StringBuilder log = new StringBuilder("{\"type\":\"log\",\"format\":2}\n");
    TrackingTarget target = new TrackingTarget(address, "faces & co", "one", 1, true, PATIENCE);
    for (int part = 0; part < 2; part++) {
      for (int step = 1500 * part; step < 1500 * (part + 1); step++) {
        log.append(RunTrackingTest.step(step).toJson()).append('\n');
      }
      Files.writeString(folder.resolve("metrics.jsonl"), log);
      try (RunTracking tracking =
          RunTracking.open(
              target,
              RunHeader.parse(HEADER, "run.json"),
              run,
              begun.stream().findFirst(),
              begun::add,
              Map.of())) {
        tracking.finish(
            part == 0 ? RunTracking.End.KILLED : RunTracking.End.FINISHED,
            List.of(TrackedFile.of("model/a b.txt", "x".repeat(100_000))),
            PATIENCE);
        assertThat(tracking.words()).last().asString().startsWith("MLflow has this run");
      }
    }
    assertThat(begun).hasSize(2);
    assertThat(begun.get(1)).isEqualTo(begun.get(0));
    String api = address + "/api/2.0/mlflow/";
    String id = begun.get(0).run();
    JsonNode there = Json.parse(get(api + "runs/get?run_id=" + id)).path("run");
    assertThat(there.at("/info/status").asText()).isEqualTo("FINISHED");
    assertThat(there.at("/info/run_name").asText()).isEqualTo("one");
    assertThat(there.at("/data/params/0/value").asText()).isEqualTo("7");
    JsonNode losses =
        Json.parse(get(api + "metrics/get-history?max_results=5000&metric_key=loss/a&run_id=" + id))
            .path("metrics");
    assertThat(losses).hasSize(3000);
    assertThat(losses.get(2999).path("value").asDouble()).isEqualTo(2999);
    assertThat(get(api + "artifacts/list?path=model&run_id=" + id)).contains("a b.txt", "100000");
  }
}
