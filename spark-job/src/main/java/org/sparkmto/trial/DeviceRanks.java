package org.sparkmto.trial;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.sparkmto.exchange.DriverChannel;
import org.sparkmto.exchange.DriverDesk;
import org.sparkmto.exchange.ExchangeException;
import org.sparkmto.exchange.NcclGroup;
import org.sparkmto.exchange.PeerLink;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.exchange.Transport;
import org.sparkmto.network.Device;
import org.sparkmto.training.Rendezvous;

/**
 * Ranks as threads of this process, each on a device, that have joined as the ranks of a run do;
 * without Spark, so that the exchange of a machine's GPUs can be tried on it.
 */
public final class DeviceRanks implements AutoCloseable {
  private static final String HERE = "127.0.0.1";

  private final List<Device> devices;
  private final DriverDesk desk;
  private final List<ExecutorService> threads = new ArrayList<>();

  /** Of each rank its own; before it has joined, and after it is lost, one with itself alone. */
  private final List<RankGroup> groups;

  /** What a rank does, in its own thread. */
  interface Body<T> {
    T run(RankGroup group, Device device) throws InterruptedException;
  }

  private interface Work<T> {
    T of(int rank) throws InterruptedException;
  }

  private DeviceRanks(List<Device> devices, DriverDesk desk) {
    this.devices = devices;
    this.desk = desk;
    groups = new CopyOnWriteArrayList<>(Collections.nCopies(devices.size(), new SoloGroup()));
    for (int rank = 0; rank < devices.size(); rank++) {
      String name = "rank " + rank;
      threads.add(
          Executors.newSingleThreadExecutor(
              work -> {
                Thread thread = new Thread(work, name);
                thread.setDaemon(true);
                return thread;
              }));
    }
  }

  /**
   * Joins ranks.
   *
   * @param devices of the ranks: GPUs, all different, or the CPU as often as there are ranks; one
   *     alone joins nobody, but a GPU does so as several do
   * @param deadline until they have joined, and later of every operation
   * @param gradients as what they travel
   * @throws ExchangeException if they cannot
   */
  public static DeviceRanks join(List<Device> devices, Duration deadline, Transport gradients) {
    String attempt = UUID.randomUUID().toString();
    DeviceRanks ranks =
        new DeviceRanks(List.copyOf(devices), DriverDesk.open(attempt, report -> null));
    try {
      ranks.all(
          rank ->
              ranks.groups.set(
                  rank,
                  joined(
                      rank,
                      devices.size(),
                      DriverChannel.here(attempt),
                      devices.get(rank),
                      deadline,
                      gradients)));
      return ranks;
    } catch (RuntimeException e) {
      ranks.close();
      throw e;
    }
  }

  /** The same of ranks that all compute on the CPU. */
  public static DeviceRanks onCpu(int ranks, Duration deadline, Transport gradients) {
    return join(Collections.nCopies(ranks, Device.CPU), deadline, gradients);
  }

  private static RankGroup joined(
      int rank,
      int ranks,
      DriverChannel driver,
      Device device,
      Duration deadline,
      Transport gradients)
      throws InterruptedException {
    if (ranks > 1) {
      return Rendezvous.join(HERE, rank, ranks, driver, device, deadline, gradients, PeerLink.AUTO);
    }
    RankGroup alone = new SoloGroup();
    return device.isCuda() ? NcclGroup.join(driver, alone, device, deadline, gradients) : alone;
  }

  /** How many there are. */
  public int size() {
    return devices.size();
  }

  /**
   * Lets every rank do something, all at once.
   *
   * @return what each comes to, in their order
   * @throws ExchangeException what the first rank has thrown, or another exception of a rank
   */
  <T> List<T> each(Body<T> body) {
    return all(rank -> body.run(groups.get(rank), devices.get(rank)));
  }

  private <T> List<T> all(Work<T> work) {
    List<Future<T>> running = new ArrayList<>();
    for (int rank = 0; rank < size(); rank++) {
      int own = rank;
      running.add(threads.get(rank).submit(() -> work.of(own)));
    }
    List<T> found = new ArrayList<>();
    for (Future<T> one : running) {
      try {
        found.add(one.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException reason) {
          throw reason;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ExchangeException("interrupted", e);
      }
    }
    return found;
  }

  /** Lets one rank go, as if it were lost; what it does from now on is with itself alone. */
  void lose(int rank) {
    RankGroup lost = groups.set(rank, new SoloGroup());
    threads.get(rank).execute(lost::close);
  }

  @Override
  public void close() {
    desk.close();
    for (int rank = 0; rank < size(); rank++) {
      int own = rank;
      // Looked up behind what the rank still does: it may join after another has failed to.
      threads.get(rank).execute(() -> groups.get(own).close());
    }
    threads.forEach(ExecutorService::shutdown);
    for (ExecutorService thread : threads) {
      try {
        thread.awaitTermination(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
