package org.sparkmto.network;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The encoder or one head of a network of TorchScript files, with its parameters of the network.
 */
final class ScriptPart {
  /** Generators of libtorch are the process's own, and ranks may be threads of one process. */
  private static final Object DRAWING = new Object();

  /** Parameters start as the files have them. */
  private static final Initialisation FROM_FILE = new Initialisation.Constant(0);

  private final ScriptFile file;
  private final List<Bound> bound;
  private ScriptModule module;
  private boolean random;

  /** What the module keeps, and what that is in the network. */
  record Bound(ScriptModule.Slot slot, Parameter parameter) {}

  private ScriptPart(ScriptFile file, List<Bound> bound) {
    this.file = file;
    this.bound = List.copyOf(bound);
  }

  /**
   * Declares the parameters of a file.
   *
   * @param prefix of their names
   */
  static ScriptPart of(ScriptFile file, ParameterBook.Section section, String prefix) {
    List<Bound> bound = new ArrayList<>();
    for (ScriptModule.Slot slot : file.slots().learned()) {
      bound.add(new Bound(slot, section.parameter(prefix + slot.name(), FROM_FILE, lengths(slot))));
    }
    for (ScriptModule.Slot slot : file.slots().statistics()) {
      bound.add(new Bound(slot, section.buffer(prefix + slot.name(), FROM_FILE, lengths(slot))));
    }
    return new ScriptPart(file, bound);
  }

  private static long[] lengths(ScriptModule.Slot slot) {
    return slot.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** Loads the file, and gives the network's parameters the values that it has there. */
  void start() {
    module = ScriptModule.load(file);
    random = module.graph().isRandom();
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      for (Bound one : bound) {
        one.parameter().tensor().copy_(module.value(one.slot()));
        module.bind(one.slot(), one.parameter().tensor());
      }
    }
  }

  /**
   * Runs a batch.
   *
   * @param seed of what it draws in training
   */
  Tensor forward(List<Tensor> inputs, boolean training, long seed) {
    if (!random || !training) {
      return module.forward(inputs, training);
    }
    synchronized (DRAWING) {
      torch.manual_seed(seed);
      return module.forward(inputs, true);
    }
  }

  /** Writes the module with copies of its weights: a view would bring the whole vector along. */
  void save(Path path) {
    try (PointerScope scope = new PointerScope()) {
      for (Bound one : bound) {
        Tensor view = one.parameter().tensor();
        module.bind(one.slot(), view.detach().clone().requires_grad_(view.requires_grad()));
      }
      module.save(path);
      bound.forEach(one -> module.bind(one.slot(), one.parameter().tensor()));
    }
  }

  void close() {
    if (module != null) {
      module.close();
    }
  }
}
