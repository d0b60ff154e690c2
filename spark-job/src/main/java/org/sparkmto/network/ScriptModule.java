package org.sparkmto.network;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GraphOptimizerEnabledGuard;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.named_buffer_iterator;
import org.bytedeco.pytorch.named_buffer_list;
import org.bytedeco.pytorch.named_parameter_iterator;
import org.bytedeco.pytorch.named_parameter_list;

/**
 * A module of TorchScript in the memory of this JVM: what it learns and the running statistics of
 * its batch normalisation can be bound to tensors of somebody else's; all else that it holds stays
 * as its file has it. Its operations run one by one, as they do in a network that is made here: the
 * optimiser of graphs would compute other bits at the third step than at the first.
 */
final class ScriptModule implements AutoCloseable {
  private static final List<String> STATISTICS = List.of("running_mean", "running_var");
  private static final String COUNT = "num_batches_tracked";

  private final ScriptFile file;
  private final JitModule module;
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final List<Tensor> owned = new ArrayList<>();
  private final List<Slot> learned = new ArrayList<>();
  private final List<Slot> statistics = new ArrayList<>();
  private boolean training;

  /**
   * Something that a module keeps.
   *
   * @param name in the module, as PyTorch calls it
   * @param shape lengths of the axes
   * @param places all names that it has in the module; several where layers share it
   */
  record Slot(String name, List<Long> shape, List<String> places) {
    Slot {
      shape = List.copyOf(shape);
      places = List.copyOf(places);
    }

    private Slot also(String place) {
      List<String> all = new ArrayList<>(places);
      all.add(place);
      return new Slot(name, shape, all);
    }
  }

  private ScriptModule(ScriptFile file, JitModule module) {
    this.file = file;
    this.module = module;
  }

  /**
   * Loads a file.
   *
   * @throws IllegalArgumentException if it is no TorchScript that this libtorch can run, or there
   *     is nothing to train in it; one line that names the file
   */
  static ScriptModule load(ScriptFile file) {
    NativeLibraries.failure()
        .ifPresent(
            e -> {
              throw new IllegalArgumentException(
                  "the driver looks into TorchScript files with libtorch; "
                      + NativeLibraries.words(e),
                  e);
            });
    try (PointerScope scope = new PointerScope()) {
      JitModule loaded;
      try {
        loaded = torch.load(file.local().toString());
      } catch (RuntimeException e) {
        throw new IllegalArgumentException(
            "%s cannot be loaded as TorchScript: %s".formatted(file, ScriptError.reason(e)), e);
      }
      loaded.retainReference();
      ScriptModule module = new ScriptModule(file, loaded);
      boolean ready = false;
      try {
        module.look();
        ready = true;
        return module;
      } finally {
        if (!ready) {
          module.close();
        }
      }
    }
  }

  private void look() {
    module.train(false);
    named_parameter_list all = module.named_parameters(true);
    named_parameter_iterator parameter = all.begin();
    for (long i = 0; i < all.size(); i++, parameter.increment()) {
      parameters.put(
          parameter.access().name().getString(), own(new Tensor(parameter.access().value())));
    }
    named_buffer_list others = module.named_buffers(true);
    named_buffer_iterator buffer = others.begin();
    for (long i = 0; i < others.size(); i++, buffer.increment()) {
      buffers.put(buffer.access().name().getString(), own(new Tensor(buffer.access().value())));
    }
    Map<Long, Integer> known = new HashMap<>();
    parameters.forEach(
        (name, tensor) -> {
          if (tensor.requires_grad()) {
            requireFloat(name, tensor);
            Integer same = known.putIfAbsent(tensor.data_ptr().address(), learned.size());
            if (same == null) {
              learned.add(new Slot(name, shape(tensor), List.of(name)));
            } else {
              learned.set(same, learned.get(same).also(name));
            }
          }
        });
    if (learned.isEmpty()) {
      throw new IllegalArgumentException(
          file
              + (parameters.isEmpty()
                  ? " has no parameters to train; export it without torch.jit.freeze and"
                      + " torch.jit.optimize_for_inference"
                  : " has no parameter to train: all have requires_grad = False"));
    }
    buffers.forEach(
        (name, tensor) -> {
          if (STATISTICS.contains(last(name))) {
            requireFloat(name, tensor);
            statistics.add(new Slot(name, shape(tensor), List.of(name)));
          }
        });
  }

  private void requireFloat(String name, Tensor tensor) {
    if (tensor.scalar_type().intern() != ScalarType.Float) {
      throw new IllegalArgumentException(
          "%s: %s is of type %s, and networks are trained in 32 bits; export it after .float()"
              .formatted(file, name, tensor.scalar_type().intern()));
    }
  }

  private Tensor own(Tensor tensor) {
    tensor.retainReference();
    owned.add(tensor);
    return tensor;
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static List<Long> shape(Tensor tensor) {
    List<Long> shape = new ArrayList<>();
    for (int axis = 0; axis < tensor.dim(); axis++) {
      shape.add(tensor.size(axis));
    }
    return shape;
  }

  /** What it was loaded from. */
  ScriptFile file() {
    return file;
  }

  /** What is learned by gradient: its parameters, but those with {@code requires_grad = False}. */
  List<Slot> learned() {
    return List.copyOf(learned);
  }

  /** Running statistics of batch normalisation. */
  List<Slot> statistics() {
    return List.copyOf(statistics);
  }

  /** What neither learns nor counts, and must stay as it is, by name. */
  Map<String, Tensor> constants() {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    parameters.forEach(
        (name, tensor) -> {
          if (!tensor.requires_grad()) {
            constants.put(name, tensor);
          }
        });
    buffers.forEach(
        (name, tensor) -> {
          if (!STATISTICS.contains(last(name)) && !last(name).equals(COUNT)) {
            constants.put(name, tensor);
          }
        });
    return constants;
  }

  /** The values of something that it keeps, as its file has them, until it is bound. */
  Tensor value(Slot slot) {
    Tensor parameter = parameters.get(slot.name());
    return parameter == null ? buffers.get(slot.name()) : parameter;
  }

  /** Computes with a tensor from now on, which is somebody else's. */
  void bind(Slot slot, Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      for (String place : slot.places()) {
        JitModule holder = module;
        String[] path = place.split("\\.", -1);
        for (int i = 0; i < path.length - 1; i++) {
          holder = new JitModule(holder.attr(path[i]).toObject());
        }
        holder.setattr(path[path.length - 1], new IValue(tensor));
        forget(place);
      }
    }
  }

  /** What a place held before, whose memory nobody needs any more. */
  private void forget(String place) {
    Tensor held = parameters.remove(place);
    held = held == null ? buffers.remove(place) : held;
    if (held != null) {
      owned.remove(held);
      held.releaseReference();
    }
  }

  /**
   * Runs a batch.
   *
   * @param train whether layers that differ in training do as in training
   * @return what it gives, in the scope of the caller
   * @throws IllegalArgumentException if it gives no tensor, or fails; one line that names the file
   */
  Tensor forward(List<Tensor> inputs, boolean train) {
    mode(train);
    IValueVector all = new IValueVector(inputs.stream().map(IValue::new).toArray(IValue[]::new));
    IValue given;
    try (GraphOptimizerEnabledGuard plain = new GraphOptimizerEnabledGuard(false)) {
      given = module.forward(all);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(file + " fails: " + ScriptError.reason(e), e);
    }
    if (!given.isTensor()) {
      throw new IllegalArgumentException(
          "%s gives a %s, and must give one tensor"
              .formatted(file, given.tagKind().getString().replaceAll("List$", " list")));
    }
    return given.toTensor();
  }

  private void mode(boolean train) {
    if (train != training) {
      module.train(train);
      training = train;
    }
  }

  /** What its operations are, without calls of other functions. */
  ScriptGraph graph() {
    return ScriptGraph.of(module);
  }

  /** Writes it with what it is bound to, in evaluation mode. */
  void save(Path path) {
    module.train(false);
    training = false;
    module.save(path.toString());
  }

  @Override
  public void close() {
    owned.forEach(Tensor::releaseReference);
    module.releaseReference();
  }
}
