package org.sparkmto.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.random.Draws;

/**
 * What a network keeps from one step to the next, parameters and buffers, by name: their starting
 * values, and their way into a safetensors file and back. Values are moved piece by piece, so that
 * no second copy of a network is needed on the heap.
 */
public final class Weights {
  private static final int PIECE = 1 << 16;

  private final NetworkPlan plan;
  private final Map<String, Place> places = new LinkedHashMap<>();

  /** Where a tensor lies. */
  private record Place(FlatVector vector, ParameterLayout.Entry entry) {}

  Weights(
      NetworkPlan plan,
      List<ParameterLayout.Entry> parameterEntries,
      FlatVector parameters,
      List<ParameterLayout.Entry> bufferEntries,
      FlatVector buffers) {
    this.plan = plan;
    parameterEntries.forEach(entry -> places.put(entry.name(), new Place(parameters, entry)));
    bufferEntries.forEach(entry -> places.put(entry.name(), new Place(buffers, entry)));
  }

  /** The tensors of a file with the weights of a network. */
  static List<Safetensors.Declared> declared(Collection<ParameterLayout.Entry> entries) {
    return entries.stream()
        .map(e -> new Safetensors.Declared(e.name(), Safetensors.Dtype.F32, e.shape()))
        .toList();
  }

  /** Moves some values between a vector and a file. */
  @FunctionalInterface
  private interface Move<E extends Exception> {
    void run(long done, float[] piece, int count) throws E;
  }

  private static <E extends Exception> void byPieces(long elements, Move<E> move) throws E {
    float[] piece = new float[(int) Math.min(PIECE, elements)];
    for (long done = 0; done < elements; done += PIECE) {
      move.run(done, piece, (int) Math.min(PIECE, elements - done));
    }
  }

  /** Gives each of some parameters or buffers of this network its starting values. */
  void start(List<Parameter> declared, Draws draws) {
    for (Parameter parameter : declared) {
      Place place = places.get(parameter.name());
      Draws own = draws.of("initial weights").of(parameter.name());
      byPieces(
          parameter.elements(),
          (done, piece, count) -> {
            for (int i = 0; i < count; i++) {
              piece[i] = (float) parameter.initialisation().value(own, done + i);
            }
            place.vector().write(place.entry().offset() + done, piece, 0, count);
          });
    }
  }

  /** Gives a parameter these values. */
  void set(Parameter parameter, List<Double> values) {
    Place place = places.get(parameter.name());
    float[] all = new float[values.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = values.get(i).floatValue();
    }
    place.vector().write(place.entry().offset(), all, 0, all.length);
  }

  /**
   * Writes parameters and buffers as a safetensors file, one tensor per parameter, with the names
   * that PyTorch would give them.
   */
  public void write(OutputStream out) throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter(
            out, declared(), Map.of("format", "pt", "architecture", plan.architecture()));
    for (Place place : places.values()) {
      byPieces(
          place.entry().elements(),
          (done, piece, count) -> {
            place.vector().read(place.entry().offset() + done, piece, 0, count);
            writer.floats(piece, 0, count);
          });
    }
    writer.finish();
  }

  /**
   * Replaces parameters and buffers by those of a file that {@link #write} wrote.
   *
   * @param where name of the file, for messages
   * @throws SafetensorsException if the file is damaged or is not of this network and these tasks.
   *     Names, types and shapes are checked before anything is replaced; after a file that ends too
   *     early the network holds a mixture and is to be closed.
   */
  public void read(InputStream in, String where) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in, where);
    reader.require(declared());
    Map<String, List<String>> same = new HashMap<>();
    places.keySet().forEach(name -> same.put(name, List.of(name)));
    fill(reader, same);
  }

  /**
   * Replaces the weights and running statistics of the backbone by those of a file.
   *
   * @param where name of the file, for messages
   * @throws SafetensorsException if the file is damaged, is not of this backbone, or holds a value
   *     that is not finite; after a file that ends too early, and after such a value, the network
   *     holds a mixture and is to be closed
   */
  public void readPretrained(InputStream in, String where) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in, where);
    fill(
        reader,
        PretrainedWeights.match(plan, reader.tensors(), where).targets(),
        (tensor, done, piece, count) ->
            PretrainedWeights.requireFinite(tensor, done, piece, count, where));
  }

  /**
   * Replaces what can be taken of an earlier model, and nothing else.
   *
   * @param encoderAlone whether heads stay as they are
   * @param where name of the file, for messages
   * @throws SafetensorsException if the file is damaged or its shared part another; after a file
   *     that ends too early the network holds a mixture and is to be closed
   */
  public void readWarm(InputStream in, String where, boolean encoderAlone) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in, where);
    Map<String, List<String>> same = new HashMap<>();
    WarmTensors.match(plan, reader.tensors(), encoderAlone, where)
        .taken()
        .forEach(name -> same.put(name, List.of(name)));
    fill(reader, same);
  }

  /** Looks at values before they are taken. */
  @FunctionalInterface
  private interface Look {
    void at(Safetensors.Declared tensor, long done, float[] piece, int count) throws IOException;
  }

  private void fill(SafetensorsReader reader, Map<String, List<String>> targets)
      throws IOException {
    fill(reader, targets, (tensor, done, piece, count) -> {});
  }

  /** Reads every tensor of a file into all that start from it, or past it if nothing does. */
  private void fill(SafetensorsReader reader, Map<String, List<String>> targets, Look look)
      throws IOException {
    for (Safetensors.Declared tensor : reader.tensors()) {
      List<Place> into = new ArrayList<>();
      targets.getOrDefault(tensor.name(), List.of()).forEach(name -> into.add(places.get(name)));
      if (into.isEmpty() && tensor.elements() > 0) {
        reader.skip();
        continue;
      }
      byPieces(
          tensor.elements(),
          (done, piece, count) -> {
            reader.rounded(piece, 0, count);
            look.at(tensor, done, piece, count);
            for (Place place : into) {
              write(place, tensor, done, piece, count);
            }
          });
    }
    reader.finish();
  }

  /**
   * Writes values of a tensor into a place. One that is larger has further channels as inputs,
   * behind those of the tensor, and gets zeros there.
   *
   * @param done how many of the tensor's values came before
   */
  private static void write(
      Place place, Safetensors.Declared tensor, long done, float[] piece, int count) {
    long from = place.entry().offset();
    long elements = place.entry().elements();
    if (tensor.elements() == elements) {
      place.vector().write(from + done, piece, 0, count);
      return;
    }
    if (done == 0) {
      float[] zeros = new float[(int) Math.min(PIECE, elements)];
      byPieces(elements, (at, unused, some) -> place.vector().write(from + at, zeros, 0, some));
    }
    long outputs = tensor.shape().get(0);
    long row = tensor.elements() / outputs;
    long wide = elements / outputs;
    int next;
    for (int at = 0; at < count; at = next) {
      long value = done + at;
      next = (int) Math.min(count, at + row - value % row);
      place.vector().write(from + value / row * wide + value % row, piece, at, next - at);
    }
  }

  private List<Safetensors.Declared> declared() {
    return declared(places.values().stream().map(Place::entry).toList());
  }
}
