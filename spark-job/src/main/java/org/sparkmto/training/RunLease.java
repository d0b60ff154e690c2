package org.sparkmto.training;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.options.ConfigurationException;

/**
 * The right to write into the directory of a run: one process has it at a time. It stands in a file
 * of the directory, which the owner renews every few seconds as long as it lives.
 *
 * <p>What this guarantees: on a local disk, on NFS and on HDFS a free lease is taken by exactly one
 * of those who want it at the same time. Where files cannot be created exclusively, as in object
 * stores, and where a stale lease is broken, each writes its own, waits and looks whose is there;
 * the last writer wins, and one that was held up between its look and its write for longer than the
 * wait can believe itself the owner until it looks again. Every owner looks again with each
 * heartbeat and before each checkpoint is committed, so two overlap no longer than that.
 *
 * <p>A lease is stale if its owner is known to be gone (the same machine has no such process), or
 * if it was not renewed while it was watched for long enough. Clocks of machines are not compared
 * to decide that.
 */
public final class RunLease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLease.class);

  /**
   * How long things take.
   *
   * @param heartbeat between renewals
   * @param stale without a renewal, and the owner counts as gone
   * @param settle between a write and a look at who wrote last
   */
  record Times(Duration heartbeat, Duration stale, Duration settle) {
    static final Times USUAL =
        new Times(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(2));
  }

  private final RunDirectory directory;
  private final LeaseFile file;
  private final LeaseFile.Content own;
  private final ScheduledExecutorService heart;
  private volatile String lost;

  private RunLease(RunDirectory directory, LeaseFile file, LeaseFile.Content own, Times times) {
    this.directory = directory;
    this.file = file;
    this.own = own;
    heart =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "lease of " + directory.name());
              thread.setDaemon(true);
              return thread;
            });
    long millis = times.heartbeat().toMillis();
    ScheduledFuture<?> unused =
        heart.scheduleWithFixedDelay(this::renew, millis, millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Takes the lease of a directory, which is made if it is not there.
   *
   * @param breakIt whether to take it from an owner that may live
   * @throws ConfigurationException if another process has it; the message names that
   */
  public static RunLease take(RunDirectory directory, boolean breakIt) throws InterruptedException {
    return take(directory, breakIt, Times.USUAL);
  }

  /**
   * The same, with other times.
   *
   * @param breakIt whether to take it from an owner that may live
   * @throws ConfigurationException if another process has it; the message names that
   */
  static RunLease take(RunDirectory directory, boolean breakIt, Times times)
      throws InterruptedException {
    LeaseFile file = new LeaseFile(directory);
    Instant now = Instant.now();
    LeaseFile.Content own =
        new LeaseFile.Content(UUID.randomUUID().toString(), OwnerProcess.current(), now, now);
    try {
      Optional<LeaseFile.Content> holder = file.read(directory);
      boolean free = holder.isEmpty();
      if (!free && !breakIt) {
        awaitStale(directory, file, holder.get(), times);
      }
      if (free) {
        if (!file.create(own)) {
          throw inUse(directory, file.read(directory).orElse(own));
        }
      } else {
        file.replace(own);
      }
      if (!free || !file.isExclusive()) {
        Thread.sleep(times.settle().toMillis());
        LeaseFile.Content last = file.read(directory).orElse(own);
        if (!last.owner().equals(own.owner())) {
          throw inUse(directory, last);
        }
      }
    } catch (IOException e) {
      throw RunDirectory.failed("take", directory.path(LeaseFile.NAME), e);
    }
    return new RunLease(directory, file, own, times);
  }

  /** Returns when an owner is gone, and throws if it is seen to live. */
  private static void awaitStale(
      RunDirectory directory, LeaseFile file, LeaseFile.Content seen, Times times)
      throws InterruptedException {
    Duration silent = Duration.between(seen.heartbeat(), Instant.now());
    boolean old = silent.compareTo(times.stale()) > 0;
    if (seen.process().isHere()) {
      if (seen.process().isKnownToBeGone()) {
        return;
      }
      if (!old) {
        throw inUse(directory, seen);
      }
    }
    // Another machine's clock may be wrong, and this one's may just have been set, as where it was
    // suspended: seen to be renewed, it lives.
    Duration watch = old ? times.heartbeat().multipliedBy(2) : times.stale();
    long end = System.nanoTime() + watch.toNanos();
    long look = Math.max(10, times.heartbeat().toMillis() / 10);
    while (System.nanoTime() < end) {
      Thread.sleep(look);
      Optional<LeaseFile.Content> now = file.read(directory);
      if (now.isEmpty()) {
        return;
      }
      if (!now.get().owner().isEmpty() && !now.get().equals(seen)) {
        throw inUse(directory, now.get());
      }
    }
  }

  private static ConfigurationException inUse(RunDirectory directory, LeaseFile.Content holder) {
    return new ConfigurationException(
        directory.name()
            + " is in use by process "
            + holder.process().pid()
            + " of "
            + holder.process().host()
            + " since "
            + holder.since().truncatedTo(ChronoUnit.SECONDS)
            + ", which was last heard of at "
            + holder.heartbeat().truncatedTo(ChronoUnit.SECONDS)
            + "; wait until it ends, or give --break-lease if it is gone for good");
  }

  private void renew() {
    try {
      if (look()) {
        file.replace(own.renewed(Instant.now()));
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("the lease of {} could not be renewed now", directory.name(), e);
    }
  }

  /** Looks whether the lease is still this one's. */
  private boolean look() {
    Optional<LeaseFile.Content> there = file.read(directory);
    if (there.isEmpty()) {
      lost = "its lease was removed";
    } else if (!there.get().owner().equals(own.owner()) && !there.get().owner().isEmpty()) {
      OwnerProcess other = there.get().process();
      lost = "process " + other.pid() + " of " + other.host() + " has taken it over";
    }
    return lost == null;
  }

  /**
   * Makes sure that this process may still write.
   *
   * @throws TrainingFailedException if another has taken the directory over
   */
  public void requireHeld() {
    if (lost != null || !look()) {
      throw new TrainingFailedException(
          directory.name()
              + " is no longer this run's: "
              + lost
              + "; nothing more is written there, and the steps since the last checkpoint are lost",
          null);
    }
  }

  /** Gives the lease back. */
  @Override
  public void close() {
    heart.shutdown();
    try {
      heart.awaitTermination(1, TimeUnit.MINUTES);
      if (look()) {
        file.delete();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      LOG.warn("the lease of {} could not be given back", directory.name(), e);
    }
  }
}
