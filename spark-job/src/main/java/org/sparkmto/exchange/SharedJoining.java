package org.sparkmto.exchange;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one rank comes to memory that it shares with all others, if they can. Rank 0 makes a file and
 * says over the driver where it is; every rank says whether it sees that file, and the processes of
 * the others; and all conclude the same. Names of hosts say nothing of it: there are containers.
 */
final class SharedJoining {
  private static final Logger LOG = LoggerFactory.getLogger(SharedJoining.class);
  private static final String SHARED = "";

  private final DriverChannel driver;
  private final int rank;
  private final int size;
  private final Duration whole;
  private final Deadline deadline;

  SharedJoining(Met met) {
    driver = met.driver();
    rank = met.rank();
    size = met.size();
    whole = met.whole();
    deadline = met.deadline();
  }

  /**
   * Joins.
   *
   * @param folder where rank 0 makes the file
   * @return nothing if not all can share it
   */
  Optional<SharedQueues> join(Path folder) throws InterruptedException {
    try (Own own = own(folder)) {
      List<Offer> offers =
          inOrder(driver.awaitMemory(rank, size, own.offer().bytes(), deadline)).stream()
              .map(Offer::of)
              .toList();
      Found found = found(offers);
      List<String> obstacles;
      try {
        obstacles =
            inOrder(driver.awaitSeen(rank, size, found.bytes(), deadline)).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
      } catch (RuntimeException | InterruptedException e) {
        found.close();
        throw e;
      }
      if (obstacles.stream().allMatch(SHARED::equals)) {
        List<PeerProcess> processes = offers.stream().map(Offer::process).toList();
        return found.memory().map(all -> new SharedQueues(rank, whole, processes, all));
      }
      found.close();
      if (rank == 0) {
        say(obstacles);
      }
      return Optional.empty();
    }
  }

  private List<byte[]> inOrder(Map<Integer, byte[]> ofRanks) {
    List<byte[]> all = new ArrayList<>();
    for (int each = 0; each < size; each++) {
      all.add(ofRanks.get(each));
    }
    return all;
  }

  private void say(List<String> obstacles) {
    String why = obstacles.stream().filter(each -> !each.equals(SHARED)).findFirst().orElse("");
    LOG.info("the {} ranks exchange over Gloo and not in shared memory: {}", size, why);
  }

  /** What a rank offers, with what it holds meanwhile. */
  private record Own(Offer offer, Optional<SharedFile> file) implements AutoCloseable {
    @Override
    public void close() {
      try {
        if (file.isPresent()) {
          file.get().close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close a file in memory", e);
      }
    }
  }

  private Own own(Path folder) {
    try {
      PeerProcess process = PeerProcess.own();
      if (rank > 0) {
        return new Own(new Offer(process, Optional.empty(), ""), Optional.empty());
      }
      if (size > SharedMemory.MOST_RANKS) {
        throw new IOException("%d ranks are more than %d".formatted(size, SharedMemory.MOST_RANKS));
      }
      SharedFile file = SharedFile.create(folder, SharedMemory.bytes(size));
      return new Own(new Offer(process, Optional.of(file.place()), ""), Optional.of(file));
    } catch (IOException | RuntimeException e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      return new Own(new Offer(PeerProcess.UNKNOWN, Optional.empty(), why), Optional.empty());
    }
  }

  /** What a rank has found of what all have offered: the memory, or why it cannot share it. */
  private record Found(Optional<SharedMemory> memory, String obstacle) implements AutoCloseable {
    byte[] bytes() {
      return obstacle.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      memory.ifPresent(SharedMemory::close);
    }
  }

  private Found found(List<Offer> offers) {
    for (int peer = 0; peer < size; peer++) {
      Offer offer = offers.get(peer);
      if (!offer.obstacle().isEmpty()) {
        return none("rank %d: %s".formatted(peer, offer.obstacle()));
      }
      if (!offer.process().lives()) {
        return none(unseen("the process of rank " + peer));
      }
    }
    Optional<SharedFile.Place> file = offers.get(0).file();
    if (file.isEmpty() || !file.get().isSeen()) {
      return none(unseen("the memory of rank 0"));
    }
    try {
      return new Found(Optional.of(SharedMemory.map(file.get(), size)), SHARED);
    } catch (RuntimeException e) {
      return none("rank %d cannot map it: %s".formatted(rank, GlooGroup.firstLine(e)));
    }
  }

  private String unseen(String what) {
    return "rank %d does not see %s, which is on another machine, in another container or of another user"
        .formatted(rank, what);
  }

  private static Found none(String obstacle) {
    return new Found(Optional.empty(), obstacle);
  }

  /**
   * What a rank says first.
   *
   * @param file of rank 0
   * @param obstacle why it can share nothing; empty if it can
   */
  record Offer(PeerProcess process, Optional<SharedFile.Place> file, String obstacle) {
    byte[] bytes() {
      return Message.of(
          Message.MEMORY,
          out -> {
            process.write(out);
            out.writeUTF(obstacle);
            out.writeBoolean(file.isPresent());
            if (file.isPresent()) {
              file.get().write(out);
            }
          });
    }

    static Offer of(byte[] bytes) {
      DataInputStream in = Message.reader(bytes);
      try {
        in.readByte();
        PeerProcess process = PeerProcess.read(in);
        String obstacle = in.readUTF();
        return new Offer(
            process,
            in.readBoolean() ? Optional.of(SharedFile.Place.read(in)) : Optional.empty(),
            obstacle);
      } catch (IOException e) {
        throw new UncheckedIOException("what a peer says of its memory is damaged", e);
      }
    }
  }
}
