package org.sparkmto.exchange;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which ranks of an attempt are there, as the driver knows them: those whose task runs, those that
 * are ready to join the group, the addresses at which they can be joined, the id under which their
 * GPUs join, what they have found where they run, and whether they share memory.
 */
final class Attendance {
  /** More than any cluster has; a larger number is a damaged message. */
  private static final int MOST_RANKS = 1 << 16;

  /** A host's name, a socket's address and eight bytes for every rank. */
  private static final int LONGEST_ADDRESS = 1024 + 8 * MOST_RANKS;

  private final TreeSet<Integer> started = new TreeSet<>();
  private final TreeSet<Integer> ready = new TreeSet<>();
  private final TreeMap<Integer, byte[]> addresses = new TreeMap<>();
  private final TreeMap<Integer, byte[]> ids = new TreeMap<>();
  private final TreeMap<Integer, byte[]> places = new TreeMap<>();
  private final TreeMap<Integer, byte[]> memory = new TreeMap<>();
  private final TreeMap<Integer, byte[]> seen = new TreeMap<>();

  /** Number of ranks whose task runs. */
  int started() {
    return started.size();
  }

  byte[] rankStarted(DataInputStream in) throws IOException {
    started.add(rank(in));
    return Message.of(Message.OK, out -> {});
  }

  /** Notes that a rank is ready; the answer holds all that are. */
  byte[] rankReady(DataInputStream in) throws IOException {
    ready.add(rank(in));
    return Message.of(
        Message.OK,
        out -> {
          out.writeInt(ready.size());
          for (int rank : ready) {
            out.writeInt(rank);
          }
        });
  }

  /** Notes the address of a rank; the answer holds all that are known. */
  byte[] rankListens(DataInputStream in) throws IOException {
    return noted(in, addresses, "address");
  }

  /** Notes the id that a rank has made, or that it has made none; the answer holds all known. */
  byte[] rankIdentified(DataInputStream in) throws IOException {
    return noted(in, ids, "id");
  }

  /** Notes what a rank has found where it runs; the answer holds what is known of all. */
  byte[] rankPlaced(DataInputStream in) throws IOException {
    return noted(in, places, "place");
  }

  /** Notes what memory a rank offers to share; the answer holds all that is known. */
  byte[] rankOffersMemory(DataInputStream in) throws IOException {
    return noted(in, memory, "memory");
  }

  /** Notes whether a rank sees what all have offered; the answer holds what is known of all. */
  byte[] rankSees(DataInputStream in) throws IOException {
    return noted(in, seen, "view of that memory");
  }

  /** What ranks have found where they run, so far. */
  Map<Integer, byte[]> places() {
    return new TreeMap<>(places);
  }

  private static byte[] noted(DataInputStream in, Map<Integer, byte[]> all, String what)
      throws IOException {
    int rank = rank(in);
    byte[] given = readAddress(in);
    byte[] before = all.putIfAbsent(rank, given);
    if (before != null && !Arrays.equals(before, given)) {
      return Message.refused("rank " + rank + " has given another " + what + " before");
    }
    return Message.of(
        Message.OK,
        out -> {
          out.writeInt(all.size());
          for (var known : all.entrySet()) {
            out.writeInt(known.getKey());
            out.writeInt(known.getValue().length);
            out.write(known.getValue());
          }
        });
  }

  /** The ranks in an answer of {@link #rankReady}. */
  static List<Integer> ranks(DataInputStream in) throws IOException {
    List<Integer> ranks = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      ranks.add(in.readInt());
    }
    return ranks;
  }

  /** What is in an answer about addresses, ids or places, by rank. */
  static Map<Integer, byte[]> addresses(DataInputStream in) throws IOException {
    TreeMap<Integer, byte[]> addresses = new TreeMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      addresses.put(in.readInt(), readAddress(in));
    }
    return addresses;
  }

  private static int rank(DataInputStream in) throws IOException {
    int rank = in.readInt();
    if (rank < 0 || rank >= MOST_RANKS) {
      throw new IOException("there is no rank " + rank);
    }
    return rank;
  }

  private static byte[] readAddress(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > LONGEST_ADDRESS || length > in.available()) {
      throw new IOException("an address of " + length + " bytes is not in this message");
    }
    return in.readNBytes(length);
  }
}
