package org.sparkmto.exchange;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;

/**
 * How one rank joins its group. Gloo wants a store in which every rank puts down its address. Here
 * each rank has a {@link LocalStore} of its own, and addresses travel from it to the driver and
 * from there into the stores of the others, so nobody listens but Gloo itself, on one address.
 *
 * <p>First all ranks meet at the driver, and only then does Gloo begin, because while it connects
 * it can neither be stopped nor be told of a peer that has gone. It runs in a thread of its own,
 * which this rank leaves behind when the deadline passes or the driver says that the attempt is
 * over.
 */
final class Joining {
  /** While it connects, Gloo multiplies the time that it is given by this. */
  private static final int GLOO_WAITS_TIMES = 5;

  private static final Duration SHORTEST_GLOO_WAIT = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(5);
  private static final Duration ASK_DRIVER = Duration.ofMillis(200);

  private final DriverChannel driver;
  private final int rank;
  private final int size;
  private final String address;
  private final Duration whole;
  private final Deadline deadline;
  private final CompletableFuture<GlooGroup> joined = new CompletableFuture<>();

  Joining(DriverChannel driver, int rank, int size, String address, Duration whole) {
    this.driver = driver;
    this.rank = rank;
    this.size = size;
    this.address = address;
    this.whole = whole;
    this.deadline = Deadline.in(whole);
  }

  GlooGroup join() throws InterruptedException {
    driver.awaitReady(rank, size, deadline);
    LocalStore store = new LocalStore();
    Thread connecting = new Thread(() -> connect(store), "join rank " + rank);
    connecting.setDaemon(true);
    connecting.start();
    try {
      byte[] own = ownAddress(store);
      Map<Integer, byte[]> addresses = driver.awaitAddresses(rank, size, own, deadline);
      addresses.keySet().removeIf(other -> other == rank || other >= size);
      addresses.forEach(store::put);
      GlooGroup group = connected(own);
      store.removeFile();
      return group;
    } catch (RuntimeException | InterruptedException e) {
      giveUp(e);
      throw e;
    }
  }

  /** In its own thread: what Gloo does, and what is left of it if nobody waits any more. */
  private void connect(LocalStore store) {
    CppOutput.silence();
    try (PointerScope opening = new PointerScope()) {
      Duration left = deadline.left().dividedBy(GLOO_WAITS_TIMES);
      Duration wait = left.compareTo(SHORTEST_GLOO_WAIT) < 0 ? SHORTEST_GLOO_WAIT : left;
      ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(milliseconds(wait));
      options.devices(new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(address)));
      options.threads(2);
      ProcessGroupGloo group = new ProcessGroupGloo(store.store(), rank, size, options);
      group.setTimeout(milliseconds(whole));
      group.retainReference();
      GlooGroup ready = new GlooGroup(rank, size, whole, store, group);
      if (!joined.complete(ready)) {
        ready.close();
      }
    } catch (RuntimeException | Error e) {
      store.close();
      joined.completeExceptionally(e);
    }
  }

  private static Milliseconds milliseconds(Duration duration) {
    return new Milliseconds(duration.toMillis());
  }

  /** The address at which Gloo listens for this rank, as soon as it does. */
  private byte[] ownAddress(LocalStore store) throws InterruptedException {
    while (true) {
      if (joined.isCompletedExceptionally()) {
        // The store is gone with the attempt to listen; this throws the reason.
        connected(new byte[0]);
      }
      Optional<byte[]> own = store.address(rank);
      if (own.isPresent()) {
        return own.get();
      }
      if (deadline.passed()) {
        throw new ExchangeException(
            "rank %d of %d waited %s to listen on %s".formatted(rank, size, deadline, address));
      }
      Thread.sleep(LOOK.toMillis());
    }
  }

  private GlooGroup connected(byte[] own) throws InterruptedException {
    while (true) {
      try {
        Duration wait = deadline.left().compareTo(ASK_DRIVER) < 0 ? deadline.left() : ASK_DRIVER;
        return joined.get(wait.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (deadline.passed()) {
          throw new ExchangeException(
              "rank %d of %d waited %s for a connection with %s of attempt %s"
                  .formatted(rank, size, deadline, peers(), driver.attempt()),
              e);
        }
        // Refused, and so thrown from here, if a peer has failed and the attempt is over.
        driver.addresses(rank, own);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException reason) {
          throw new ExchangeException(
              "rank %d of %d cannot join %s as %s: %s"
                  .formatted(rank, size, driver.attempt(), address, GlooGroup.firstLine(reason)),
              reason);
        }
        throw new IllegalStateException("libtorch cannot make a group", e.getCause());
      }
    }
  }

  private String peers() {
    Set<Integer> peers = new TreeSet<>();
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank) {
        peers.add(peer);
      }
    }
    return DriverChannel.named(peers);
  }

  /** If Gloo joins all the same, its thread closes the group. */
  private void giveUp(Exception reason) {
    if (!joined.completeExceptionally(reason) && !joined.isCompletedExceptionally()) {
      joined.join().close();
    }
  }
}
