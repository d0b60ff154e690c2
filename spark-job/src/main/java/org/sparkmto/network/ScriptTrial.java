package org.sparkmto.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Column;

/**
 * Runs two made-up samples through TorchScript files, forward and backward, before a run begins,
 * and refuses in one line what could not be trained: it would end a run after its first hour, or
 * train something else than was meant.
 */
final class ScriptTrial {
  private static final long SAMPLES = 2;

  /** How many numbers must come out alike: a few that are dropped at random do so by chance. */
  private static final long DRAWS = 64;

  private final NetworkShape shape;

  private ScriptTrial(NetworkShape shape) {
    this.shape = shape;
  }

  /**
   * Tries the files of a network.
   *
   * @throws IllegalArgumentException saying what of which file cannot be trained
   */
  static void of(NetworkShape shape) {
    ScriptTrial trial = new ScriptTrial(shape);
    try (PointerScope scope = new PointerScope()) {
      Tensor z = trial.encoder();
      Map<ScriptFile, Long> tried = new LinkedHashMap<>();
      for (NetworkShape.Head head : shape.heads()) {
        ScriptFile file = shape.scripts().ofHead(head.name());
        trial.head(file, head, z, tried.putIfAbsent(file, SAMPLES) == null);
      }
    }
  }

  /** z of the samples, as it is in evaluation. */
  private Tensor encoder() {
    try (ScriptModule module = ScriptModule.load(shape.scripts().ofEncoder())) {
      List<Tensor> inputs = shape.inputs().stream().map(ScriptTrial::input).toList();
      Tensor z = evaluated(module, inputs);
      if (z.dim() < 2 || z.size(0) != SAMPLES || z.scalar_type().intern() != ScalarType.Float) {
        throw new IllegalArgumentException(
            "%s gives %s of two samples; z must be 32-bit numbers, samples first, %d x ..."
                .formatted(module.file(), words(z), SAMPLES));
      }
      if (shape.dropout().drops() && z.dim() != 2) {
        throw new IllegalArgumentException(
            "network.dropout drops numbers of a vector, and %s gives %s; put a dropout into the heads"
                .formatted(module.file(), words(z)));
      }
      trained(module, inputs, List.of());
      return z;
    }
  }

  private void head(ScriptFile file, NetworkShape.Head head, Tensor z, boolean first) {
    try (ScriptModule module = ScriptModule.load(file)) {
      long version = z._version();
      Tensor outputs = evaluated(module, List.of(z));
      if (z._version() != version) {
        throw new IllegalArgumentException(
            file
                + " changes z in place, which other heads read; export it without inplace=True in"
                + " its first layer");
      }
      List<Long> needed = new ArrayList<>(List.of(SAMPLES, (long) head.outputs()));
      if (head.hasPixels()) {
        needed.addAll(List.of((long) head.height(), (long) head.width()));
      }
      if (!lengths(outputs).equals(needed) || outputs.scalar_type().intern() != ScalarType.Float) {
        throw new IllegalArgumentException(
            "the head of task '%s', %s, gives %s of two samples; its loss needs %s"
                .formatted(head.name(), file, words(outputs), by(needed)));
      }
      if (first) {
        Tensor leaf = z.detach().clone().requires_grad_(true);
        trained(module, List.of(leaf.mul(new Scalar(1))), List.of(leaf));
      }
    }
  }

  /** Runs it in evaluation, where nothing may be drawn or change. */
  private static Tensor evaluated(ScriptModule module, List<Tensor> inputs) {
    module
        .graph()
        .decisionOnData()
        .ifPresent(
            what -> {
              throw new IllegalArgumentException(
                  "%s decides by the numbers in a tensor what it computes (%s), so that parameters"
                          .formatted(module.file(), what)
                      + " may have no gradient; write it without, for example with torch.where");
            });
    try (NoGradGuard guard = new NoGradGuard()) {
      Map<String, Tensor> before = kept(module);
      Tensor first = module.forward(inputs, false);
      changed(before, kept(module))
          .ifPresent(
              name -> {
                throw new IllegalArgumentException(
                    "%s changes %s in evaluation, too, as torch.jit.trace in training mode makes it;"
                            .formatted(module.file(), name)
                        + " export it with torch.jit.script");
              });
      for (long alike = 0; alike < DRAWS; alike += Math.max(1, first.numel())) {
        if (!module.forward(inputs, false).equal(first)) {
          throw new IllegalArgumentException(
              "%s draws at random in evaluation, too, as torch.jit.trace in training mode makes it;"
                      .formatted(module.file())
                  + " export it with torch.jit.script");
        }
      }
      return first;
    }
  }

  /**
   * Runs it in training, forward and backward.
   *
   * @param read what else must have a gradient
   */
  private static void trained(ScriptModule module, List<Tensor> inputs, List<Tensor> read) {
    Map<String, Tensor> before = copies(module.constants());
    Tensor outputs = module.forward(inputs, true);
    changed(before, module.constants())
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "%s changes %s in training, and only running statistics of batch normalisation are"
                          .formatted(module.file(), name)
                      + " kept in checkpoints; make it a parameter, or leave it as it is");
            });
    List<String> names = new ArrayList<>();
    List<Tensor> by = new ArrayList<>();
    for (ScriptModule.Slot slot : module.learned()) {
      names.add("its parameter " + slot.name() + " has");
      by.add(module.value(slot));
    }
    for (Tensor tensor : read) {
      names.add("z has");
      by.add(tensor);
    }
    if (!outputs.requires_grad()) {
      throw new IllegalArgumentException(
          module.file()
              + " gives a tensor without gradient: it is computed with torch.no_grad or detach");
    }
    TensorVector found =
        torch.grad(
            new TensorVector(outputs.mul(wave(outputs.numel()).view_as(outputs)).sum()),
            HostTensors.vector(by),
            new TensorVector(),
            new BoolOptional(false),
            false,
            true);
    for (int i = 0; i < by.size(); i++) {
      if (!found.get(i).defined()) {
        throw new IllegalArgumentException(
            "%s: %s no part in what it gives; take it out before you export"
                .formatted(module.file(), names.get(i)));
      }
    }
  }

  private static Map<String, Tensor> kept(ScriptModule module) {
    Map<String, Tensor> all = new LinkedHashMap<>(module.constants());
    module.statistics().forEach(slot -> all.put(slot.name(), module.value(slot)));
    return copies(all);
  }

  private static Map<String, Tensor> copies(Map<String, Tensor> tensors) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> copies.put(name, tensor.detach().clone()));
    return copies;
  }

  private static Optional<String> changed(Map<String, Tensor> before, Map<String, Tensor> after) {
    return before.entrySet().stream()
        .filter(one -> !one.getValue().equal(after.get(one.getKey()).detach()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static Tensor input(Column column) {
    List<Long> lengths = new ArrayList<>(List.of(SAMPLES));
    column.shape().forEach(length -> lengths.add((long) length));
    long[] all = lengths.stream().mapToLong(Long::longValue).toArray();
    return wave(SAMPLES * column.elements()).view(all);
  }

  /** Numbers that are no two alike in a row, and always the same. */
  private static Tensor wave(long count) {
    return torch
        .arange(new Scalar(count), HostTensors.options(ScalarType.Float))
        .mul_(new Scalar(0.7))
        .sin_();
  }

  private static List<Long> lengths(Tensor tensor) {
    List<Long> lengths = new ArrayList<>();
    for (int axis = 0; axis < tensor.dim(); axis++) {
      lengths.add(tensor.size(axis));
    }
    return lengths;
  }

  private static String words(Tensor tensor) {
    return "%s of type %s".formatted(by(lengths(tensor)), tensor.scalar_type().intern());
  }

  private static String by(List<Long> lengths) {
    return lengths.isEmpty()
        ? "a single number"
        : String.join(" x ", lengths.stream().map(String::valueOf).toList());
  }
}
