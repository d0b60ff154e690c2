package org.sparkmto.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.method.Slices;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Safetensors.Declared;
import org.sparkmto.network.Safetensors.Dtype;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.network.SafetensorsWriter;

/**
 * What a method remembers for every task and shared parameter, each rank holding its slice, and
 * numbers per task that all ranks hold alike. In a checkpoint vectors are whole, so that a run may
 * go on with another number of ranks.
 */
final class RowState {
  private static final int PIECE = 1 << 16;

  private final List<String> names;
  private final FlatVector rows;
  private final Slices slices;
  private final RankGroup group;
  private final float[] perTask;

  /**
   * State that lies in the given vector, name after name, task after task.
   *
   * @param rows at least {@code names * tasks} slices; borrowed
   * @param perTask numbers per task; the array itself, empty for none
   */
  RowState(List<String> names, FlatVector rows, Slices slices, RankGroup group, float[] perTask) {
    this.names = List.copyOf(names);
    this.rows = rows;
    this.slices = slices;
    this.group = group;
    this.perTask = perTask;
  }

  private List<Declared> declared(int tasks) {
    List<Declared> all = new ArrayList<>();
    for (String name : names) {
      for (int task = 0; task < tasks; task++) {
        all.add(Declared.vector(name + "/" + task, Dtype.F32, slices.elements()));
      }
    }
    if (perTask.length > 0) {
      all.add(Declared.vector("updates", Dtype.F32, perTask.length));
    }
    return all;
  }

  /** Writes all slices of all ranks; every rank calls it, one whose stream matters. */
  void save(OutputStream out, int tasks) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(out, declared(tasks), Map.of());
    long length = slices.length(group.rank());
    try (FlatVector whole = rows.zerosBeside(slices.elements())) {
      for (int row = 0; row < names.size() * tasks; row++) {
        try (PointerScope scope = new PointerScope()) {
          group.gatherSlices(rows.tensor().narrow(0, row * length, length), whole.tensor(), slices);
        }
        whole.readAll(writer::floats);
      }
    }
    if (perTask.length > 0) {
      writer.floats(perTask, 0, perTask.length);
    }
    writer.finish();
  }

  /** Takes this rank's slices out of what {@link #save} wrote. */
  void restore(InputStream in, String where, int tasks) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in, where);
    reader.require(declared(tasks));
    long start = slices.start(group.rank());
    long length = slices.length(group.rank());
    float[] piece = new float[PIECE];
    for (int row = 0; row < names.size() * tasks; row++) {
      for (long at = 0; at < slices.elements(); at += PIECE) {
        int count = (int) Math.min(PIECE, slices.elements() - at);
        reader.floats(piece, 0, count);
        ParameterGroups.Range own =
            new ParameterGroups.Range(at, at + count).within(start, start + length);
        if (own.length() > 0) {
          rows.write(
              row * length + own.from() - start,
              piece,
              (int) (own.from() - at),
              (int) own.length());
        }
      }
    }
    if (perTask.length > 0) {
      reader.floats(perTask, 0, perTask.length);
    }
    reader.finish();
  }
}
