package org.sparkmto.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * The parameters of a network as the tensors that autograd differentiates by, and the place of each
 * in the flat gradient. All are views; none outlives the vectors they look into.
 */
final class LearnedTensors implements AutoCloseable {
  private final FlatVector gradient;
  private final FlatVector statistics;
  private final List<String> sharedNames;
  private final List<Tensor> shared = new ArrayList<>();
  private final List<List<Tensor>> heads = new ArrayList<>();
  private final Map<Tensor, Tensor> gradients = new HashMap<>();
  private final List<Tensor> owned = new ArrayList<>();
  private boolean adding;

  /** Binds the declared parameters and buffers to their values. */
  LearnedTensors(
      ParameterBook book, FlatVector parameters, FlatVector gradient, FlatVector buffers) {
    this.gradient = gradient;
    this.statistics = buffers;
    this.sharedNames = book.sharedParameters().stream().map(Parameter::name).toList();
    try (PointerScope scope = new PointerScope()) {
      long offset = bind(book.sharedParameters(), parameters, 0, shared);
      for (List<Parameter> head : book.headParameters()) {
        List<Tensor> tensors = new ArrayList<>();
        offset = bind(head, parameters, offset, tensors);
        heads.add(tensors);
      }
      offset = 0;
      for (Parameter buffer : book.buffers()) {
        buffer.bind(own(view(buffers, offset, buffer)));
        offset += buffer.elements();
      }
    }
  }

  private long bind(
      List<Parameter> declared, FlatVector parameters, long first, List<Tensor> into) {
    long offset = first;
    for (Parameter parameter : declared) {
      Tensor tensor = own(view(parameters, offset, parameter).requires_grad_(true));
      parameter.bind(tensor);
      into.add(tensor);
      gradients.put(tensor, own(view(gradient, offset, parameter)));
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

  /** Those that all tasks share. */
  List<Tensor> shared() {
    return shared;
  }

  /** Name of one of those. */
  String sharedName(int index) {
    return sharedNames.get(index);
  }

  /** Those of all heads, task after task. */
  List<Tensor> ofHeads() {
    return heads.stream().flatMap(List::stream).toList();
  }

  /** All, in the order of the flat vectors. */
  List<Tensor> all() {
    List<Tensor> all = new ArrayList<>(shared);
    all.addAll(ofHeads());
    return all;
  }

  /** The flat gradient of all of them. */
  FlatVector gradient() {
    return gradient;
  }

  /** Whether from now on the flat gradient keeps what it holds, and what is found is added. */
  void adding(boolean toWhatIsThere) {
    adding = toWhatIsThere;
  }

  /** The shared part of the flat gradient, for one combined gradient. */
  SharedGradients sharedGradient() {
    return new SharedGradients() {
      @Override
      public boolean adds() {
        return adding;
      }

      @Override
      public boolean wants(int task) {
        return true;
      }

      @Override
      public Tensor vector(int task) {
        return gradient.tensor();
      }

      @Override
      public void found(int task, long from, long to) {}
    };
  }

  /** Running statistics, which passes in training move. */
  FlatVector statistics() {
    return statistics;
  }

  /** Puts gradients by some of them, in that order, into the flat gradient. */
  void keep(List<Tensor> by, TensorVector found) {
    for (int i = 0; i < by.size(); i++) {
      Tensor own = gradients.get(by.get(i));
      if (adding) {
        own.add_(found.get(i));
      } else {
        own.copy_(found.get(i));
      }
    }
  }

  @Override
  public void close() {
    owned.forEach(Tensor::releaseReference);
  }
}
