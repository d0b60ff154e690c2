package org.sparkmto.exchange;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;

/**
 * How one rank joins its group. Gloo wants a store in which every rank puts down its address. Here
 * each rank has a {@link LocalStore} of its own, and addresses travel from it to the driver and
 * from there into the stores of the others, so nobody listens but Gloo itself, on one address.
 *
 * <p>Gloo begins only when all ranks have met at the driver, because while it connects it can
 * neither be stopped nor be told of a peer that has gone: {@link Connecting}.
 */
final class Joining {
  /** While it connects, Gloo multiplies the time that it is given by this. */
  private static final int GLOO_WAITS_TIMES = 5;

  private static final Duration SHORTEST_GLOO_WAIT = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(5);

  private final DriverChannel driver;
  private final int rank;
  private final int size;
  private final String address;
  private final Duration whole;
  private final Transport gradients;
  private final Deadline deadline;

  Joining(Met met, String address, Transport gradients) {
    this.gradients = gradients;
    this.address = address;
    driver = met.driver();
    rank = met.rank();
    size = met.size();
    whole = met.whole();
    deadline = met.deadline();
  }

  GlooGroup join() throws InterruptedException {
    LocalStore store = new LocalStore();
    Connecting<GlooGroup> connecting =
        Connecting.start("join rank " + rank, () -> connect(store), GlooGroup::close);
    try {
      byte[] own = ownAddress(store, connecting);
      Map<Integer, byte[]> addresses = driver.awaitAddresses(rank, size, own, deadline);
      addresses.keySet().removeIf(other -> other == rank || other >= size);
      addresses.forEach(store::put);
      GlooGroup group = connected(connecting, own);
      store.removeFile();
      return group;
    } catch (RuntimeException | InterruptedException e) {
      connecting.giveUp(e);
      throw e;
    }
  }

  /** In its own thread: what Gloo does. */
  private GlooGroup connect(LocalStore store) {
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
      return new GlooGroup(rank, size, whole, gradients, store, group);
    } catch (RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }

  private static Milliseconds milliseconds(Duration duration) {
    return new Milliseconds(duration.toMillis());
  }

  /** The address at which Gloo listens for this rank, as soon as it does. */
  private byte[] ownAddress(LocalStore store, Connecting<GlooGroup> connecting)
      throws InterruptedException {
    while (true) {
      if (connecting.failed()) {
        // The store is gone with the attempt to listen; this throws the reason.
        connected(connecting, new byte[0]);
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

  private GlooGroup connected(Connecting<GlooGroup> connecting, byte[] own)
      throws InterruptedException {
    return connecting.await(
        deadline,
        // Refused, and so thrown from here, if a peer has failed and the attempt is over.
        () -> driver.addresses(rank, own),
        late ->
            new ExchangeException(
                "rank %d of %d waited %s for a connection with %s of attempt %s"
                    .formatted(rank, size, deadline, peers(), driver.attempt()),
                late),
        reason ->
            new ExchangeException(
                "rank %d of %d cannot join %s as %s: %s"
                    .formatted(rank, size, driver.attempt(), address, GlooGroup.firstLine(reason)),
                reason));
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
}
