package org.sparkmto.tracking;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.sparkmto.runlog.LogLine;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.TrackedRun;

/**
 * Sends what a run writes down to an MLflow server, from a thread of its own: the run never waits
 * for the server, whatever that does, until it has ended, and then no longer than it has been told.
 * What the server does not get is said.
 *
 * <p>A number is sent once for each step. A run that goes on, or whose server was away for a while,
 * reads in its own log what the server has missed.
 */
public final class RunTracking implements AutoCloseable {
  /** How a run ends. */
  public enum End {
    /** It made all its steps, or as many as it was to. */
    FINISHED,
    /** It was stopped, and can go on. */
    KILLED,
    /** It failed. */
    FAILED
  }

  private static final Duration GATHERING = Duration.ofSeconds(1);
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** How often a run that has ended asks a server that does not answer. */
  private static final int LAST_TRIES = 3;

  private final TrackedNumbers numbers;
  private final NumberQueue queue = new NumberQueue();
  private final Misses misses;
  private final RunSender sender;
  private final Thread thread = new Thread(this::work, "spark-mto-tracking");
  private Optional<End> end = Optional.empty();
  private List<TrackedFile> files = List.of();
  private long deadline;
  private boolean done;

  private RunTracking(
      TrackingTarget target,
      RunHeader header,
      RunFolder folder,
      Optional<TrackedRun> known,
      Consumer<TrackedRun> begun,
      Map<String, String> environment) {
    numbers = new TrackedNumbers(header, target.every());
    MlflowServer server = new MlflowServer(target.server(), Credentials.of(environment));
    misses = new Misses(server.address());
    sender =
        new RunSender(target, header, folder, known, begun, server, queue, misses, this::timeLeft);
  }

  /**
   * Begins to track a run; returns at once.
   *
   * @param known what the run is called on a server since it was begun, if it goes on
   * @param begun hears, on another thread, what the server calls the run
   * @param environment where credentials are
   */
  public static RunTracking open(
      TrackingTarget target,
      RunHeader header,
      RunFolder folder,
      Optional<TrackedRun> known,
      Consumer<TrackedRun> begun,
      Map<String, String> environment) {
    RunTracking tracking = new RunTracking(target, header, folder, known, begun, environment);
    tracking.thread.setDaemon(true);
    tracking.thread.start();
    return tracking;
  }

  /** Hears the next line of the log. */
  public void hear(LogLine line) {
    numbers.of(line).forEach(queue::add);
  }

  /** What a person should hear of, once. */
  public List<String> words() {
    return misses.words();
  }

  /**
   * Ends the run on the server, with its report and files, and waits until it has them.
   *
   * @param more files besides the report
   * @param patience how long it waits at most
   */
  public void finish(End how, List<TrackedFile> more, Duration patience)
      throws InterruptedException {
    synchronized (this) {
      if (end.isPresent()) {
        return;
      }
      end = Optional.of(how);
      files = List.copyOf(more);
      deadline = System.nanoTime() + patience.toNanos();
      notifyAll();
    }
    thread.join(patience.toMillis());
    thread.interrupt();
    sender.page().ifPresent(misses::there);
    synchronized (this) {
      misses.end(sender.page().isPresent(), done, queue.size(), queue.hasGap());
    }
  }

  /** Ends a run that was not finished as one that failed. */
  @Override
  public void close() {
    try {
      finish(End.FAILED, List.of(), SOON);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    int failures = 0;
    while (failures < LAST_TRIES || !isEnding()) {
      try {
        Optional<End> last = await(failures);
        sender.sendNumbers();
        failures = 0;
        if (last.isPresent()) {
          sendEnd(last.get());
          return;
        }
      } catch (InterruptedException e) {
        return;
      } catch (IOException | RuntimeException e) {
        failures++;
        misses.trouble(e.getMessage() == null ? e.toString() : e.getMessage());
        if (e instanceof MlflowException refused && refused.isLasting()) {
          queue.leaveGap();
          return;
        }
      }
    }
  }

  private void sendEnd(End how) throws IOException, InterruptedException {
    List<TrackedFile> all;
    synchronized (this) {
      all = files;
    }
    sender.sendEnd(how, all);
    synchronized (this) {
      done = true;
    }
  }

  private synchronized boolean isEnding() {
    return end.isPresent();
  }

  /** Waits until it is worth while to send; how the run ends, if it does. */
  private synchronized Optional<End> await(int failures) throws InterruptedException {
    Duration longer = GATHERING.multipliedBy(1L << Math.min(failures, 5));
    Duration pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    long began = System.nanoTime();
    long least = failures > 0 ? GATHERING.toNanos() : 0;
    while (true) {
      long left = (end.isPresent() ? least : pause.toNanos()) - (System.nanoTime() - began);
      if (left <= 0) {
        return end;
      }
      wait(1 + left / 1_000_000);
    }
  }

  /** Once the run has ended, every request is over when its patience is. */
  private synchronized Duration timeLeft(Duration most) throws IOException {
    if (end.isEmpty()) {
      return most;
    }
    Duration left = Duration.ofNanos(deadline - System.nanoTime());
    if (left.toMillis() < 1) {
      throw new IOException("there was no time left");
    }
    return left.compareTo(most) < 0 ? left : most;
  }
}
