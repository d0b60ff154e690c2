package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.options.ConfigurationException;

class RunLeaseTest {
  private static final RunLease.Times QUICK =
      new RunLease.Times(Duration.ofMillis(40), Duration.ofMillis(400), Duration.ofMillis(60));

  @TempDir Path folder;
  private RunDirectory run;
  private Path file;

  @BeforeEach
  void open() {
    run = RunDirectory.of(folder.resolve("run").toString(), new Configuration());
    file = folder.resolve("run/lease.json");
  }

  private RunLease take() throws InterruptedException {
    return RunLease.take(run, false, QUICK);
  }

  @Test
  void itIsThereWhileItIsHeldAndGoneAfterwards() throws InterruptedException {
    try (RunLease lease = take()) {
      assertThat(file).content().contains("\"pid\" : " + ProcessHandle.current().pid());
      lease.requireHeld();
    }
    assertThat(file).doesNotExist();
    take().close();
  }

  @Test
  void aSecondOwnerIsRefusedAndToldOfTheFirst() throws InterruptedException {
    try (RunLease lease = take()) {
      assertThatThrownBy(this::take)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("is in use by process " + ProcessHandle.current().pid() + " of ")
          .hasMessageContaining(" since 2")
          .hasMessageContaining("last heard of at 2")
          .hasMessageContaining("--break-lease");
      lease.requireHeld();
    }
  }

  @Test
  void itIsRenewed() throws Exception {
    try (RunLease lease = take()) {
      String before = Files.readString(file);
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (Files.readString(file).equals(before)) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(5);
      }
      lease.requireHeld();
    }
  }

  @Test
  void ofManyWhoWantItAtTheSameTimeOneGetsIt() throws Exception {
    assertThat(winners(run)).hasSize(1);
  }

  /** As in an object store: whoever writes last, has it. */
  @Test
  void whereFilesCannotBeCreatedExclusivelyOneGetsItToo() throws Exception {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.plain.impl", Plain.class, Plain.class);
    RunDirectory plain = RunDirectory.of("plain://" + folder.resolve("plain"), hadoop);
    assertThat(winners(plain)).hasSizeLessThanOrEqualTo(1);
    try (RunLease lease = RunLease.take(plain, false, QUICK)) {
      lease.requireHeld();
    }
  }

  /** A file system that is no local disk by its name. */
  public static final class Plain extends RawLocalFileSystem {
    @Override
    public java.net.URI getUri() {
      return java.net.URI.create("plain:///");
    }
  }

  private static List<RunLease> winners(RunDirectory directory) throws Exception {
    // Long enough for a machine that is busy with other things.
    RunLease.Times patient =
        new RunLease.Times(QUICK.heartbeat(), QUICK.stale(), Duration.ofSeconds(2));
    ExecutorService threads = Executors.newFixedThreadPool(6);
    List<Callable<RunLease>> wanting = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      wanting.add(() -> RunLease.take(directory, false, patient));
    }
    List<RunLease> winners = new ArrayList<>();
    for (Future<RunLease> one : threads.invokeAll(wanting)) {
      try {
        winners.add(one.get());
      } catch (ExecutionException e) {
        assertThat(e.getCause())
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("is in use");
      }
    }
    winners.forEach(RunLease::close);
    threads.shutdown();
    return winners;
  }

  private void foreign(Instant heartbeat) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        { "format" : 1, "owner" : "other", "host" : "node-7", "pid" : 4711, "machine" : "its own",
          "started" : "", "since" : "2026-01-01T00:00:00Z", "heartbeat" : "%s" }
        """
            .formatted(heartbeat));
  }

  @Test
  void thatOfAProcessWhichIsGoneIsTakenAtOnce() throws Exception {
    take().close();
    OwnerProcess own = OwnerProcess.current();
    OwnerProcess gone = new OwnerProcess(own.host(), own.pid(), own.machine(), "ticks 1");
    assertThat(gone.isKnownToBeGone()).isTrue();
    assertThat(own.isKnownToBeGone()).isFalse();
    Files.createDirectories(file.getParent());
    new LeaseFile(run).replace(new LeaseFile.Content("gone", gone, Instant.now(), Instant.now()));
    try (RunLease lease = RunLease.take(run, false, RunLease.Times.USUAL)) {
      lease.requireHeld();
    }
  }

  /** What the clock says of the start of a process changes when the clock is set. */
  @Test
  void aProcessIsTheSameWhateverTheClockSays() {
    OwnerProcess own = OwnerProcess.current();
    assertThat(own.started()).matches("ticks [0-9]+");
    Instant clock = ProcessHandle.current().info().startInstant().orElseThrow();
    OwnerProcess earlierVersion =
        new OwnerProcess(own.host(), own.pid(), own.machine(), clock.plusSeconds(1).toString());
    assertThat(earlierVersion.isKnownToBeGone()).isFalse();
  }

  /** The clock was set after the last renewal, as where the machine had been suspended. */
  @Test
  void thatOfALivingProcessIsNotTakenWhereTheClockHasJumped() throws Exception {
    try (RunLease lease = take()) {
      LeaseFile written = new LeaseFile(run);
      LeaseFile.Content own = written.read(run).orElseThrow();
      written.replace(own.renewed(Instant.now().minusSeconds(7200)));
      assertThatThrownBy(this::take)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("is in use by process " + ProcessHandle.current().pid());
      lease.requireHeld();
    }
  }

  @Test
  void thatOfAnotherMachineWhichIsNotRenewedIsTakenWhateverItsClockSays() throws Exception {
    for (Instant heartbeat :
        List.of(Instant.EPOCH, Instant.now(), Instant.now().plusSeconds(86_400))) {
      foreign(heartbeat);
      try (RunLease lease = take()) {
        lease.requireHeld();
      }
    }
  }

  @Test
  void thatOfAnotherMachineWhichIsRenewedIsNotTaken() throws Exception {
    foreign(Instant.EPOCH);
    Thread other =
        new Thread(
            () -> {
              try {
                Thread.sleep(30);
                foreign(Instant.EPOCH.plusSeconds(1));
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    other.start();
    assertThatThrownBy(this::take)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("process 4711 of node-7 since 2026-01-01T00:00:00Z")
        .hasMessageContaining("last heard of at 1970-01-01T00:00:01Z");
    other.join();
  }

  @Test
  void aDamagedOneIsTakenAfterItWasWatched() throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{");
    try (RunLease lease = take()) {
      lease.requireHeld();
    }
  }

  @Test
  void whoLosesItIsToldAndDoesNotTakeItBack() throws Exception {
    RunLease first = take();
    try (RunLease second = RunLease.take(run, true, QUICK)) {
      assertThatThrownBy(first::requireHeld)
          .isInstanceOf(TrainingFailedException.class)
          .hasMessageContaining("no longer this run's: process")
          .hasMessageContaining("has taken it over");
      first.close();
      second.requireHeld();
      Thread.sleep(100);
      second.requireHeld();
    }
  }

  @Test
  void oneThatWasRemovedIsLost() throws Exception {
    RunLease lease = take();
    Files.delete(file);
    assertThatThrownBy(lease::requireHeld)
        .isInstanceOf(TrainingFailedException.class)
        .hasMessageContaining("its lease was removed");
    lease.close();
  }
}
