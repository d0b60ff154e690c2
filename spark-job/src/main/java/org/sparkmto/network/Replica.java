package org.sparkmto.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.random.Draws;

/**
 * One rank's copy of the network: its parameters, their gradient and its buffers, each one flat
 * vector, and the passes over a batch. All copies that start from the same seed are equal. Not
 * thread-safe; one rank is one thread.
 */
public final class Replica implements AutoCloseable {
  private static final int PIECE = 1 << 16;

  private final NetworkPlan plan;
  private final Network network;
  private final ParameterLayout layout;
  private final List<ParameterLayout.Entry> bufferEntries;
  private final FlatVector parameters;
  private final FlatVector gradient;
  private final FlatVector buffers;
  private final List<Tensor> owned = new ArrayList<>();
  private final List<Tensor> shared = new ArrayList<>();
  private final List<List<Tensor>> heads = new ArrayList<>();
  private final Map<Tensor, Tensor> gradientViews = new HashMap<>();

  private Replica(NetworkPlan plan) {
    this.plan = plan;
    NetworkPlan.Declared declared = plan.declare();
    ParameterBook book = declared.book();
    network = declared.network();
    layout = ParameterLayout.of(book);
    bufferEntries = ParameterLayout.place(book.buffers());
    parameters = FlatVector.zeros(layout.total());
    gradient = FlatVector.zeros(layout.total());
    buffers =
        FlatVector.zeros(bufferEntries.stream().mapToLong(ParameterLayout.Entry::elements).sum());
    try (PointerScope scope = new PointerScope()) {
      long offset = bind(book.sharedParameters(), 0, shared);
      for (List<Parameter> head : book.headParameters()) {
        List<Tensor> tensors = new ArrayList<>();
        offset = bind(head, offset, tensors);
        heads.add(tensors);
      }
      offset = 0;
      for (Parameter buffer : book.buffers()) {
        buffer.bind(own(view(buffers, offset, buffer)));
        offset += buffer.elements();
      }
    }
  }

  /**
   * A network with its starting weights.
   *
   * @param draws the draws of the run's seed; each weight is a function of them, its parameter's
   *     name and its index, so every rank starts with the same
   */
  public static Replica of(NetworkPlan plan, Draws draws) {
    Replica replica = new Replica(plan);
    ParameterBook book = plan.declare().book();
    List<Parameter> all = new ArrayList<>(book.sharedParameters());
    book.headParameters().forEach(all::addAll);
    fill(replica.parameters, all, draws);
    fill(replica.buffers, book.buffers(), draws);
    return replica;
  }

  private static void fill(FlatVector vector, List<Parameter> parameters, Draws draws) {
    long offset = 0;
    float[] piece = new float[PIECE];
    for (Parameter parameter : parameters) {
      Draws own = draws.of("initial weights").of(parameter.name());
      for (long done = 0; done < parameter.elements(); done += PIECE) {
        int count = (int) Math.min(PIECE, parameter.elements() - done);
        for (int i = 0; i < count; i++) {
          piece[i] = (float) parameter.initialisation().value(own, done + i);
        }
        vector.write(offset + done, piece, 0, count);
      }
      offset += parameter.elements();
    }
  }

  private long bind(List<Parameter> declared, long offset, List<Tensor> into) {
    for (Parameter parameter : declared) {
      Tensor tensor = own(view(parameters, offset, parameter).requires_grad_(true));
      parameter.bind(tensor);
      into.add(tensor);
      gradientViews.put(tensor, own(view(gradient, offset, parameter)));
      offset += parameter.elements();
    }
    return offset;
  }

  private static Tensor view(FlatVector vector, long offset, Parameter parameter) {
    long[] shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
    return vector.tensor().narrow(0, offset, parameter.elements()).view(shape).detach();
  }

  private Tensor own(Tensor tensor) {
    tensor.retainReference();
    owned.add(tensor);
    return tensor;
  }

  /** What this is a copy of. */
  public NetworkPlan plan() {
    return plan;
  }

  /** Where each parameter lies in {@link #parameters} and {@link #gradient}. */
  public ParameterLayout layout() {
    return layout;
  }

  /** Where each buffer lies in {@link #buffers}. */
  public List<ParameterLayout.Entry> bufferEntries() {
    return bufferEntries;
  }

  /** All parameters; what is written here is what the network computes with. */
  public FlatVector parameters() {
    return parameters;
  }

  /** The gradient that the last backward pass left. */
  public FlatVector gradient() {
    return gradient;
  }

  /** Running statistics of batch normalisation; empty for a network without it. */
  public FlatVector buffers() {
    return buffers;
  }

  /** Runs a batch forward in training mode; the caller closes the pass. */
  public ForwardPass forward(Batch batch, Cut cut) {
    return new ForwardPass(this, batch, cut);
  }

  /**
   * Runs a batch forward in evaluation mode.
   *
   * @return for every task the outputs, samples by outputs, for tasks of pixels by height and
   *     width; row-major
   */
  public List<float[]> predict(Batch batch) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor z = network.encode(inputs(batch), false);
      List<float[]> outputs = new ArrayList<>();
      for (int task = 0; task < plan.tasks().size(); task++) {
        Tensor output = network.decode(task, z, false).contiguous();
        float[] values = new float[(int) output.numel()];
        output.data_ptr_float().capacity(values.length).get(values);
        outputs.add(values);
      }
      return outputs;
    }
  }

  /**
   * Writes parameters and buffers as a safetensors file, one tensor per parameter, with the names
   * that PyTorch would give them.
   */
  public void writeWeights(OutputStream out) throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter(
            out, weights(), Map.of("format", "pt", "architecture", plan.architecture()));
    float[] piece = new float[PIECE];
    for (Stored one : stored()) {
      for (long done = 0; done < one.entry().elements(); done += PIECE) {
        int count = (int) Math.min(PIECE, one.entry().elements() - done);
        one.vector().read(one.entry().offset() + done, piece, 0, count);
        writer.floats(piece, 0, count);
      }
    }
    writer.finish();
  }

  /**
   * Replaces parameters and buffers by those of a file that {@link #writeWeights} wrote.
   *
   * @param where name of the file, for messages
   * @throws SafetensorsException if the file is damaged or is not of this network and these tasks.
   *     Names, types and shapes are checked before anything is replaced; after a file that ends too
   *     early the replica holds a mixture and is to be closed.
   */
  public void readWeights(InputStream in, String where) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in, where);
    reader.require(weights());
    Map<String, Stored> byName = new HashMap<>();
    stored().forEach(one -> byName.put(one.entry().name(), one));
    float[] piece = new float[PIECE];
    for (Safetensors.Declared tensor : reader.tensors()) {
      Stored one = byName.get(tensor.name());
      for (long done = 0; done < tensor.elements(); done += PIECE) {
        int count = (int) Math.min(PIECE, tensor.elements() - done);
        reader.floats(piece, 0, count);
        one.vector().write(one.entry().offset() + done, piece, 0, count);
      }
    }
    reader.finish();
  }

  /**
   * Replaces the weights and running statistics of the backbone by those of a file.
   *
   * @param where name of the file, for messages
   * @throws SafetensorsException if the file is damaged or is not of this backbone; after a file
   *     that ends too early the replica holds a mixture and is to be closed
   */
  public void readPretrained(InputStream in, String where) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in, where);
    PretrainedWeights weights = PretrainedWeights.match(plan, reader.tensors(), where);
    Map<String, Stored> byName = new HashMap<>();
    stored().forEach(one -> byName.put(one.entry().name(), one));
    float[] piece = new float[PIECE];
    for (Safetensors.Declared tensor : reader.tensors()) {
      List<String> targets = weights.targets(tensor.name());
      if (tensor.elements() > 0 && targets.isEmpty()) {
        reader.skip();
        continue;
      }
      for (long done = 0; done < tensor.elements(); done += PIECE) {
        int count = (int) Math.min(PIECE, tensor.elements() - done);
        reader.floats(piece, 0, count);
        for (String target : targets) {
          Stored one = byName.get(target);
          one.vector().write(one.entry().offset() + done, piece, 0, count);
        }
      }
    }
    reader.finish();
  }

  private record Stored(FlatVector vector, ParameterLayout.Entry entry) {}

  private List<Stored> stored() {
    return Stream.concat(
            layout.entries().stream().map(entry -> new Stored(parameters, entry)),
            bufferEntries.stream().map(entry -> new Stored(buffers, entry)))
        .toList();
  }

  private List<Safetensors.Declared> weights() {
    return stored().stream()
        .map(one -> one.entry())
        .map(e -> new Safetensors.Declared(e.name(), Safetensors.Dtype.F32, e.shape()))
        .toList();
  }

  List<Tensor> inputs(Batch batch) {
    List<Tensor> inputs = new ArrayList<>();
    for (Column column : plan.inputs()) {
      inputs.add(
          HostTensors.input(batch, column, plan.statistics().get(column.name()), ScalarType.Float));
    }
    return inputs;
  }

  Network network() {
    return network;
  }

  List<Tensor> sharedTensors() {
    return shared;
  }

  List<Tensor> headTensors(int task) {
    return heads.get(task);
  }

  /** Writes the gradient of one parameter into the flat gradient. */
  void gradientOf(Tensor parameter, Tensor value) {
    gradientViews.get(parameter).copy_(value);
  }

  /** Multiplies the gradient of every head by its weight. */
  public void scaleHeadGradients(double[] weights) {
    try (PointerScope scope = new PointerScope()) {
      for (int task = 0; task < weights.length; task++) {
        if (weights[task] != 1) {
          gradient
              .tensor()
              .narrow(0, layout.headOffset(task), layout.heads().get(task))
              .mul_(new Scalar(weights[task]));
        }
      }
    }
  }

  static TensorVector vector(List<Tensor> tensors) {
    return new TensorVector(tensors.toArray(Tensor[]::new));
  }

  /** What is true of a batch, task by task. */
  List<Target> targets(Batch batch) {
    return plan.tasks().stream()
        .map(task -> Target.of(batch, plan.targets().get(task.target()), task))
        .toList();
  }

  /**
   * Threads that libtorch uses for one operation of this JVM's ranks. Products of matrices stay on
   * one thread: those here are small, and OpenBLAS lets its workers spin, which on a busy 2-core
   * machine made a Gram matrix of one second take 55.
   */
  public static void computeThreads(int threads) {
    try {
      torch.set_num_threads(threads);
      openblas_nolapack.blas_set_num_threads(1);
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "libtorch does not load on this machine; it needs Linux on x86_64 with glibc 2.35 or"
              + " newer",
          e);
    }
  }

  @Override
  public void close() {
    owned.forEach(Tensor::releaseReference);
    parameters.close();
    gradient.close();
    buffers.close();
  }
}
