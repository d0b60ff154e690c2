package org.sparkmto.step;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Safetensors.Declared;
import org.sparkmto.network.Safetensors.Dtype;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.network.SafetensorsWriter;

/**
 * The running statistics of batch normalisation of every rank by itself, those of the network and
 * those of its average. They become one where a segment ends as planned; a checkpoint before that
 * keeps each, so that a run that goes on from there does not see that it was interrupted.
 */
public final class RankStatistics {
  private final List<FlatVector> vectors;
  private final RankGroup group;

  /**
   * Those of a rank.
   *
   * @param vectors borrowed; some may be empty
   */
  public RankStatistics(List<FlatVector> vectors, RankGroup group) {
    this.vectors = vectors.stream().filter(vector -> vector.length() > 0).toList();
    this.group = group;
  }

  /** Whether ranks have different ones. */
  public boolean differ() {
    return !vectors.isEmpty() && group.size() > 1;
  }

  /** Makes those of all ranks their mean. */
  public void average() {
    if (differ()) {
      for (FlatVector vector : vectors) {
        group.sum(vector.tensor());
        vector.scale(1.0 / group.size());
      }
    }
  }

  private List<Declared> declared() {
    List<Declared> all = new ArrayList<>();
    for (FlatVector vector : vectors) {
      all.add(
          new Declared(
              "statistics/" + all.size(),
              Dtype.F32,
              List.of((long) group.size(), vector.length())));
    }
    return all;
  }

  /** Those of all ranks, to be written; every rank calls it. */
  public List<float[]> gathered() {
    List<float[]> all = new ArrayList<>();
    for (FlatVector vector : vectors) {
      try (FlatVector whole = vector.zerosBeside(vector.length() * group.size());
          PointerScope scope = new PointerScope()) {
        whole
            .tensor()
            .narrow(0, group.rank() * vector.length(), vector.length())
            .copy_(vector.tensor());
        group.sum(whole.tensor());
        float[] values = new float[Math.toIntExact(whole.length())];
        whole.read(0, values, 0, values.length);
        all.add(values);
      }
    }
    return all;
  }

  /** Writes what {@link #gathered} gave. */
  public void save(List<float[]> gathered, OutputStream out) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(out, declared(), Map.of());
    for (float[] values : gathered) {
      writer.floats(values, 0, values.length);
    }
    writer.finish();
  }

  /**
   * Gives this rank its own again; with another number of ranks than then, each keeps what it has.
   */
  public void restore(InputStream in, String where) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in, where);
    if (!reader.tensors().equals(declared())) {
      return;
    }
    for (FlatVector vector : vectors) {
      float[] values = new float[Math.toIntExact(vector.length())];
      for (int rank = 0; rank < group.size(); rank++) {
        reader.floats(values, 0, values.length);
        if (rank == group.rank()) {
          vector.write(0, values, 0, values.length);
        }
      }
    }
    reader.finish();
  }
}
