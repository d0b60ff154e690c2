package org.sparkmto.step;

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

  /**
   * Puts the slices of all ranks together; every rank calls it.
   *
   * @param whole receives them; this rank's slice may lie in its place there
   */
  void gather(Tensor whole) {
    try (PointerScope scope = new PointerScope()) {
      Tensor mine = own.tensor().narrow(0, at, slices.length(group.rank()));
      group.gatherSlices(mine, whole, slices);
    }
  }

  /**
   * Writes the slices of all ranks; every rank calls it, one whose stream matters.
   *
   * @param whole receives them, as many floats as all have
   */
  void write(SafetensorsWriter writer, FlatVector whole) throws IOException {
    gather(whole.tensor());
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
