package org.sparkmto.step;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
public final class RowState {
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

  private SlicedVector row(int row) {
    return new SlicedVector(rows, row * slices.length(group.rank()), slices, group);
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
  public void save(OutputStream out, int tasks) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(out, declared(tasks), Map.of());
    try (FlatVector whole = rows.zerosBeside(slices.elements())) {
      for (int row = 0; row < names.size() * tasks; row++) {
        row(row).write(writer, whole);
      }
    }
    if (perTask.length > 0) {
      writer.floats(perTask, 0, perTask.length);
    }
    writer.finish();
  }

  /** Takes this rank's slices out of what {@link #save} wrote. */
  public void restore(InputStream in, String where, int tasks) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in, where);
    reader.require(declared(tasks));
    for (int row = 0; row < names.size() * tasks; row++) {
      row(row).read(reader);
    }
    if (perTask.length > 0) {
      reader.floats(perTask, 0, perTask.length);
    }
    reader.finish();
  }
}
