package org.sparkmto.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.runlog.PhasesLine;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.SharedWeights;
import org.sparkmto.runlog.StepLine;
import org.sparkmto.runlog.TrackedRun;

/** Against a server that answers as the real one does, and otherwise. */
class RunTrackingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String HEADER =
      """
      {"format":2,"run":"r","tasks":["a"],"globalBatch":24,"method":"ew",
       "configuration":"run.seed = 7, tracking.uri = \\"http://h\\", a.password = x"}
      """;

  @TempDir Path folder;
  private final List<TrackedRun> begun = new ArrayList<>();
  private Map<String, String> environment = Map.of();
  private Optional<TrackedRun> known = Optional.empty();

  @BeforeEach
  void writeTheRun() throws IOException {
    Files.writeString(folder.resolve("run.json"), HEADER);
    Files.writeString(folder.resolve("metrics.jsonl"), "{\"type\":\"log\",\"format\":2}\n");
  }

  private RunTracking open(String address) {
    RunFolder files =
        new RunFolder() {
          @Override
          public List<String> names() throws IOException {
            try (Stream<Path> all = Files.list(folder)) {
              return all.map(file -> file.getFileName().toString()).toList();
            }
          }

          @Override
          public InputStream open(String name) throws IOException {
            return Files.newInputStream(folder.resolve(name));
          }
        };
    return RunTracking.open(
        new TrackingTarget(address, "spark-mto", "", 10, true, PATIENCE),
        RunHeader.parse(HEADER, "run.json"),
        files,
        known,
        begun::add,
        environment);
  }

  static StepLine step(long step) {
    return new StepLine(
        step,
        0,
        List.of((double) step),
        SharedWeights.of(SharedWeights.Blocks.ONE, new double[] {1}, 1),
        List.of(1.0),
        Optional.empty(),
        Optional.empty(),
        0.5,
        Double.NaN,
        Optional.empty(),
        Optional.empty());
  }

  /** As a run does it: each line into the log, and to whoever listens. */
  private void steps(RunTracking tracking, int from, int to) throws IOException {
    StringBuilder lines = new StringBuilder(Files.readString(folder.resolve("metrics.jsonl")));
    for (int number = from; number < to; number++) {
      lines.append(step(number).toJson()).append('\n');
    }
    Files.writeString(folder.resolve("metrics.jsonl"), lines);
    for (int number = from; number < to; number++) {
      tracking.hear(step(number));
    }
  }

  private static List<Long> every10(int from, int to) {
    return LongStream.rangeClosed(from / 10 + 1, to / 10).map(n -> 10 * n).boxed().toList();
  }

  @Test
  void theServerGetsConfigurationNumbersReportAndFiles() throws Exception {
    try (FakeMlflow server = new FakeMlflow();
        RunTracking tracking = open(server.address() + "/")) {
      steps(tracking, 0, 40);
      tracking.hear(
          new PhasesLine(40, 0, List.of(new PhasesLine.Rank("node", Map.of("data", 0.4)))));
      tracking.finish(
          RunTracking.End.FINISHED,
          List.of(TrackedFile.of("model/manifest.json", "{}"), TrackedFile.of("empty", "")),
          PATIENCE);
      assertThat(server.metrics)
          .containsEntry("loss/a", every10(0, 40))
          .containsEntry("epoch", every10(0, 40))
          .containsEntry("step-millis/data", List.of(40L));
      assertThat(server.parameters).containsEntry("run.seed", "7").doesNotContainKey("a.password");
      String root = "1/" + FakeMlflow.RUN + "/artifacts/";
      assertThat(server.files).containsKeys(root + "results.csv", root + "results.json");
      assertThat(new String(server.files.get(root + "report.html"), StandardCharsets.UTF_8))
          .contains("Training loss");
      assertThat(server.files.get(root + "model/manifest.json")).asString().isEqualTo("{}");
      assertThat(server.files.get(root + "empty")).isEmpty();
      assertThat(server.status).isEqualTo("FINISHED");
      assertThat(server.authorizations).containsOnly("");
      assertThat(begun).containsExactly(new TrackedRun(server.address(), "1", FakeMlflow.RUN));
      assertThat(tracking.words())
          .containsExactly(
              "MLflow has this run at "
                  + server.address()
                  + "/#/experiments/1/runs/"
                  + FakeMlflow.RUN);
    }
  }

  @Test
  void aRunThatGoesOnSendsWhatIsMissingAndNothingTwice() throws Exception {
    try (FakeMlflow server = new FakeMlflow()) {
      try (RunTracking first = open(server.address())) {
        steps(first, 0, 20);
        first.finish(RunTracking.End.KILLED, List.of(), PATIENCE);
      }
      assertThat(server.status).isEqualTo("KILLED");
      server.parameters.put("run.seed", "6"); // what it has it never changes
      known = Optional.of(begun.get(0));
      // These were made while nobody told the server.
      StringBuilder lines = new StringBuilder(Files.readString(folder.resolve("metrics.jsonl")));
      for (int number = 20; number < 40; number++) {
        lines.append(step(number).toJson()).append('\n');
      }
      Files.writeString(folder.resolve("metrics.jsonl"), lines);
      try (RunTracking second = open(server.address())) {
        steps(second, 30, 60); // from a checkpoint before the newest line
        second.finish(RunTracking.End.FINISHED, List.of(), PATIENCE);
      }
      assertThat(server.metrics.get("loss/a")).isEqualTo(every10(0, 60));
      assertThat(server.parameters).containsEntry("run.seed", "6");
      assertThat(server.requests).filteredOn(each -> each.endsWith("runs/create")).hasSize(1);
      assertThat(server.status).isEqualTo("FINISHED");
    }
  }

  @Test
  void aServerThatIsDownDelaysNothingAndIsSpokenOfOnce() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    try (RunTracking tracking = open("http://127.0.0.1:" + closed)) {
      long began = System.nanoTime();
      steps(tracking, 0, 2_000);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
      tracking.finish(RunTracking.End.FINISHED, List.of(), PATIENCE);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
      assertThat(tracking.words())
          .hasSize(2)
          .satisfies(
              words -> {
                assertThat(words.get(0))
                    .startsWith(
                        "MLflow at http://127.0.0.1:" + closed + " does not take this run: ")
                    .endsWith("; training goes on without it");
                assertThat(words.get(1))
                    .contains(" knows nothing of this run: cannot connect")
                    .endsWith("the same command with --resume sends what is missing");
              });
    }
    assertThat(begun).isEmpty();
  }

  @Test
  void aServerThatComesBackGetsEverything() throws Exception {
    try (FakeMlflow server = new FakeMlflow()) {
      AtomicInteger asked = new AtomicInteger();
      server.instead = path -> asked.incrementAndGet() <= 2 ? Optional.of(500) : Optional.empty();
      try (RunTracking tracking = open(server.address())) {
        steps(tracking, 0, 30);
        tracking.finish(RunTracking.End.FINISHED, List.of(), PATIENCE);
        assertThat(server.metrics.get("loss/a")).isEqualTo(every10(0, 30));
        assertThat(server.status).isEqualTo("FINISHED");
        assertThat(tracking.words())
            .hasSize(2)
            .first()
            .asString()
            .contains("it answers 500: it was told to");
      }
    }
  }

  @Test
  void whoMayNotIsToldWithoutASecretAndAsksNoMore() throws Exception {
    environment =
        Map.of("MLFLOW_TRACKING_USERNAME", "ann", "MLFLOW_TRACKING_PASSWORD", "open-sesame");
    try (FakeMlflow server = new FakeMlflow()) {
      server.instead = path -> Optional.of(401);
      try (RunTracking tracking = open(server.address())) {
        steps(tracking, 0, 30);
        tracking.finish(RunTracking.End.FINISHED, List.of(), PATIENCE);
        assertThat(server.requests).hasSize(1);
        assertThat(server.authorizations).containsExactly("Basic YW5uOm9wZW4tc2VzYW1l");
        assertThat(tracking.words())
            .hasSize(2)
            .allSatisfy(
                words -> assertThat(words).contains("401").doesNotContain("sesame", "YW5u", "ann"));
      }
    }
  }

  @Test
  void aSlowServerIsWaitedForNoLongerThanIsSaid() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    try (FakeMlflow server = new FakeMlflow()) {
      server.instead =
          path -> {
            try {
              assertThat(late.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return Optional.of(500);
          };
      try (RunTracking tracking = open(server.address())) {
        steps(tracking, 0, 30);
        long began = System.nanoTime();
        tracking.finish(RunTracking.End.FINISHED, List.of(), Duration.ofSeconds(1));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        assertThat(tracking.words()).last().asString().contains(" knows nothing of this run: ");
      } finally {
        late.countDown();
      }
    }
  }

  @Test
  void whatTheServerRefusesIsCountedAndTheRestArrives() throws Exception {
    try (FakeMlflow server = new FakeMlflow()) {
      server.artifacts = "file:/mlruns/1/artifacts";
      server.instead = path -> path.endsWith("log-batch") ? Optional.of(400) : Optional.empty();
      try (RunTracking tracking = open(server.address())) {
        steps(tracking, 0, 10);
        tracking.finish(RunTracking.End.FINISHED, List.of(), PATIENCE);
        assertThat(server.status).isEqualTo("FINISHED");
        assertThat(tracking.words())
            .last()
            .asString()
            .contains(" misses 4 numbers, 4 files of this run: the server keeps files at file:/");
      }
    }
  }

  @Test
  void namesAreThoseThatMlflowTakes() {
    assertThat(MlflowRun.key("val/Große Nase (µm)/auc")).isEqualTo("val/Große Nase _µm_/auc");
    assertThat(MlflowRun.key("loss/../x//y")).isEqualTo("loss/_/x/y");
    assertThat(MlflowRun.key("/a")).isEqualTo("_/a");
  }

  @Test
  void parametersHaveNoSecrets() {
    assertThat(
            TrackedParameters.of(
                ConfigFactory.parseString(
                    """
                    a { api-token = x, "s3.secret.key" = y, list = [1, two] }
                    data.directory = "s3a://key:word@bucket/data"
                    """)))
        .containsOnly(
            Map.entry("a.list", "[1,\"two\"]"),
            Map.entry("data.directory", "s3a://***@bucket/data"));
  }

  @Test
  void credentialsAreThoseOfMlflowsOwnClientsAndShowThemselvesToNobody() {
    Map<String, String> token = Map.of("MLFLOW_TRACKING_TOKEN", "t0ken");
    assertThat(Credentials.of(token).header()).contains("Bearer t0ken");
    assertThat(Credentials.of(token)).asString().doesNotContain("t0ken");
    assertThat(Credentials.of(Map.of("MLFLOW_TRACKING_USERNAME", "ann")).header()).isEmpty();
  }

  @Test
  void anAddressIsOneOfAServerWithoutAUser() {
    assertThat(TrackingTarget.refused("https://mlflow.example.org/team")).isEmpty();
    assertThat(TrackingTarget.refused("http://ann:x@mlflow:5000").orElseThrow())
        .contains("MLFLOW_TRACKING_USERNAME");
    for (String none : List.of("mlruns", "file:/tmp/mlruns", "databricks", "http:// x")) {
      assertThat(TrackingTarget.refused(none)).as(none).isPresent();
    }
  }
}
