package org.sparkmto.tracking;

import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.sparkmto.report.Report;
import org.sparkmto.runlog.LogReader;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.TrackedRun;

/** What a run tells the server, request by request; for one thread, which may wait. */
final class RunSender {
  private static final Duration REQUEST = Duration.ofSeconds(30);

  private final TrackingTarget target;
  private final RunHeader header;
  private final RunFolder folder;
  private final Optional<TrackedRun> known;
  private final Consumer<TrackedRun> begun;
  private final MlflowServer server;
  private final TrackedNumbers numbers;
  private final NumberQueue queue;
  private final Misses misses;
  private final TimeLeft time;
  private final Map<String, Long> sent = new HashMap<>();
  private volatile MlflowRun run;

  /** How long a request may take. */
  interface TimeLeft {
    /**
     * No longer than {@code most}.
     *
     * @throws IOException if there is no time left
     */
    Duration atMost(Duration most) throws IOException;
  }

  RunSender(
      TrackingTarget target,
      RunHeader header,
      RunFolder folder,
      Optional<TrackedRun> known,
      Consumer<TrackedRun> begun,
      MlflowServer server,
      NumberQueue queue,
      Misses misses,
      TimeLeft time) {
    this.target = target;
    this.header = header;
    this.folder = folder;
    this.known = known;
    this.begun = begun;
    this.server = server;
    this.queue = queue;
    this.misses = misses;
    this.time = time;
    numbers = new TrackedNumbers(header, target.every());
  }

  /** Where a person sees the run, once the server knows it. */
  Optional<String> page() {
    return Optional.ofNullable(run).map(MlflowRun::page);
  }

  /** Sends the numbers that wait, and before them those that the log alone has. */
  void sendNumbers() throws IOException, InterruptedException {
    connect();
    if (queue.takeGap()) {
      boolean filled = false;
      try {
        replay();
        filled = true;
      } finally {
        if (!filled) {
          queue.leaveGap();
        }
      }
    }
    for (List<TrackedNumber> some = queue.first(MlflowRun.METRICS);
        !some.isEmpty();
        some = queue.first(MlflowRun.METRICS)) {
      send(some);
      queue.taken(some.size());
    }
  }

  private void connect() throws IOException, InterruptedException {
    if (run != null) {
      return;
    }
    Optional<MlflowRun> before =
        known.isPresent() && known.get().server().equals(server.address())
            ? MlflowRun.resume(server, known.get(), time.atMost(REQUEST))
            : Optional.empty();
    MlflowRun there =
        before.isPresent()
            ? before.get()
            : MlflowRun.begin(
                server,
                target.experiment(),
                target.name().isEmpty() ? header.run() : target.name(),
                tags(),
                time.atMost(REQUEST));
    sent.putAll(there.latest());
    run = there;
    begun.accept(there.id());
    try {
      there.parameters(
          TrackedParameters.of(ConfigFactory.parseString(header.configuration())),
          time.atMost(REQUEST));
    } catch (MlflowException e) {
      if (!e.isLasting()) {
        throw e;
      }
      misses.trouble("parameters are refused, " + e.getMessage());
    }
  }

  private Map<String, String> tags() {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("mlflow.source.name", "spark-mto");
    tags.put("mlflow.source.type", "JOB");
    tags.put("mlflow.user", System.getProperty("user.name", ""));
    tags.put("method", header.method());
    tags.put("network", header.network());
    tags.put("dataset", header.dataset());
    header.ranks().ifPresent(ranks -> tags.put("ranks", Long.toString(ranks)));
    header.versions().forEach((name, version) -> tags.put("version." + name, version));
    tags.values().removeIf(String::isEmpty);
    return tags;
  }

  /** Reads in the log what the server does not have. */
  private void replay() throws IOException, InterruptedException {
    if (!folder.names().contains(MetricsLog.FILE)) {
      return;
    }
    List<TrackedNumber> missing = new ArrayList<>();
    try (InputStream in = folder.open(MetricsLog.FILE)) {
      LogReader.read(
          in,
          header,
          line -> {
            missing.addAll(numbers.of(line));
            if (missing.size() >= MlflowRun.METRICS) {
              sendWhileReading(missing);
              missing.clear();
            }
          });
    } catch (Stopped e) {
      throw e.unwrapped();
    }
    send(missing);
  }

  /** What goes wrong within a reader that knows no such exceptions. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped(Exception cause) {
      super(cause);
    }

    IOException unwrapped() throws InterruptedException {
      if (getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      return (IOException) getCause();
    }
  }

  private void sendWhileReading(List<TrackedNumber> some) {
    try {
      send(some);
    } catch (IOException | InterruptedException e) {
      throw new Stopped(e);
    }
  }

  /** Sends what is of later steps than the server has. */
  private void send(List<TrackedNumber> some) throws IOException, InterruptedException {
    Map<String, Long> after = new HashMap<>(sent);
    List<TrackedNumber> fresh = new ArrayList<>();
    for (TrackedNumber number : some) {
      Long before = after.get(number.key());
      if (before == null || number.step() > before) {
        fresh.add(number);
        after.put(number.key(), number.step());
      }
    }
    for (int from = 0; from < fresh.size(); from += MlflowRun.METRICS) {
      List<TrackedNumber> batch =
          fresh.subList(from, Math.min(fresh.size(), from + MlflowRun.METRICS));
      try {
        run.metrics(batch, time.atMost(REQUEST));
      } catch (MlflowException e) {
        if (e.status() != 400) {
          throw e;
        }
        misses.numbers(batch.size(), e.getMessage());
      }
      batch.forEach(number -> sent.put(number.key(), number.step()));
    }
  }

  /** Sends report, tables and files, and how the run ended. */
  void sendEnd(RunTracking.End end, List<TrackedFile> files)
      throws IOException, InterruptedException {
    List<TrackedFile> all = new ArrayList<>(files);
    if (end != RunTracking.End.FAILED) {
      all.addAll(0, report());
    }
    Optional<String> without = run.withoutFiles();
    if (without.isPresent() && !all.isEmpty()) {
      misses.files(all.size(), without.get());
      all.clear();
    }
    for (TrackedFile file : all) {
      try {
        run.file(file, time.atMost(target.patience()));
      } catch (MlflowException e) {
        if (!e.isLasting()) {
          throw e;
        }
        misses.files(1, file.name() + " is refused, " + e.getMessage());
      }
    }
    run.status(end.name(), Optional.of(System.currentTimeMillis()), time.atMost(REQUEST));
  }

  private List<TrackedFile> report() {
    Map<String, ByteArrayOutputStream> contents = new LinkedHashMap<>();
    try {
      Report.write(
          List.of(folder.forReport(header.run())),
          name -> contents.computeIfAbsent(name, any -> new ByteArrayOutputStream()));
    } catch (IOException | RuntimeException e) {
      misses.files(1, "the report cannot be made: " + e.getMessage());
    }
    return contents.entrySet().stream()
        .map(file -> TrackedFile.of(file.getKey(), file.getValue().toByteArray()))
        .toList();
  }
}
