package org.sparkmto.training;

import java.io.IOException;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.method.Slices;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.network.SafetensorsWriter;

/**
 * A vector of which each rank holds its slice. In files it is whole, so that whoever reads one may
 * be of another number of ranks.
 *
 * @param own where this rank's slice lies; borrowed
 * @param at its first element there
 */
record SlicedVector(FlatVector own, long at, Slices slices, RankGroup group) {
  private static final int PIECE = 1 << 16;

  /** Elements of all ranks in a round: enough that the call of one costs nothing beside. */
  private static final long ROUND = 1 << 22;

  /** How many elements {@link #gather} needs room for. */
  static long room(Slices slices) {
    return Math.min(slices.elements(), Math.max(1, ROUND / slices.ranks()) * slices.ranks());
  }

  /**
   * Puts the slices of all ranks together, in rounds of as much from each, so that what the group
   * keeps for it is small beside a large vector; every rank calls it.
   *
   * @param whole receives them; this rank's slice may lie in its place there
   * @param room is written over
   */
  void gather(Tensor whole, Tensor room) {
    int ranks = slices.ranks();
    long each = Math.max(1, ROUND / ranks);
    for (long done = 0; done * ranks < slices.elements(); done += each) {
      try (PointerScope scope = new PointerScope()) {
        // What is left of slices that were cut from a whole is cut from the rest in the same way.
        Slices round = new Slices(Math.min(each * ranks, slices.elements() - done * ranks), ranks);
        Tensor found = room.narrow(0, 0, round.elements());
        group.gatherSlices(
            own.tensor().narrow(0, at + done, round.length(group.rank())), found, round);
        for (int rank = 0; rank < ranks; rank++) {
          long length = round.length(rank);
          Tensor there = whole.narrow(0, slices.start(rank) + done, length);
          there.copy_(found.narrow(0, round.start(rank), length));
        }
      }
    }
  }

  /**
   * Writes the slices of all ranks; every rank calls it, one whose stream matters.
   *
   * @param whole receives them, as many floats as all have
   */
  void write(SafetensorsWriter writer, FlatVector whole) throws IOException {
    try (FlatVector room = own.zerosBeside(room(slices))) {
      gather(whole.tensor(), room.tensor());
    }
    whole.readAll(writer::floats);
  }

  /** Takes this rank's slice out of what was written. */
  void read(SafetensorsReader reader) throws IOException {
    long start = slices.start(group.rank());
    ParameterGroups.Range mine =
        new ParameterGroups.Range(start, start + slices.length(group.rank()));
    float[] piece = new float[PIECE];
    for (long from = 0; from < slices.elements(); from += PIECE) {
      int count = (int) Math.min(PIECE, slices.elements() - from);
      reader.floats(piece, 0, count);
      ParameterGroups.Range here = mine.within(from, from + count);
      if (here.length() > 0) {
        own.write(at + here.from() - start, piece, (int) (here.from() - from), (int) here.length());
      }
    }
  }
}
