package org.sparkmto.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch.ScalarType;

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
  private final Map<Tensor, Hook> hooks = new HashMap<>();
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

  /** How many elements those have. */
  long sharedElements() {
    return shared.stream().mapToLong(Tensor::numel).sum();
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

  /** In which numbers they are, and so what is computed with them. */
  ScalarType numbers() {
    return gradient.tensor().scalar_type();
  }

  /** The flat gradient of all of them. */
  FlatVector gradient() {
    return gradient;
  }

  /** Whether from now on the flat gradient keeps what it holds, and what is found is added. */
  void adding(boolean toWhatIsThere) {
    adding = toWhatIsThere;
  }

  /**
   * The shared part of the flat gradient, for one combined gradient.
   *
   * @param heard hears of it as it is found, unless it is added to something
   */
  SharedGradients sharedGradient(FoundGradient heard) {
    boolean early = heard != FoundGradient.UNHEARD && !adding;
    return new SharedGradients() {
      @Override
      public boolean early() {
        return early;
      }

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
      public void found(int task, long from, long to) {
        if (early) {
          heard.found(from, to);
        }
      }
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

  /** What is done with the gradient by a parameter. */
  interface Landing {
    /**
     * Takes it.
     *
     * @param index of the parameter among those that are differentiated by
     */
    void found(int index, Tensor gradient);
  }

  /**
   * Makes a backward pass, and hands on what it finds as soon as autograd has it: each gradient
   * once, those of the last layers first.
   *
   * @param by some of these parameters
   * @param pass returns the gradients by them
   */
  void each(List<Tensor> by, Landing landing, Supplier<TensorVector> pass) {
    List<Hook> own = new ArrayList<>();
    for (int i = 0; i < by.size(); i++) {
      int index = i;
      Hook hook = hooks.computeIfAbsent(by.get(i), Hook::of);
      hook.landing = gradient -> landing.found(index, gradient);
      own.add(hook);
    }
    try {
      TensorVector all = pass.get();
      for (int i = 0; i < own.size(); i++) {
        if (!own.get(i).landed) {
          landing.found(i, all.get(i));
        }
      }
    } catch (RuntimeException e) {
      // Of what is thrown in a hook only the words come out of libtorch.
      throw own.stream().map(hook -> hook.failure).filter(Objects::nonNull).findFirst().orElse(e);
    } finally {
      own.forEach(Hook::rest);
    }
  }

  /** As {@link #keep}, of a pass that is yet to be made. */
  void keep(List<Tensor> by, FoundGradient heard, Supplier<TensorVector> pass) {
    if (heard == FoundGradient.UNHEARD || adding) {
      keep(by, pass.get());
      return;
    }
    each(
        by,
        (index, found) -> {
          Tensor own = gradients.get(by.get(index));
          own.copy_(found);
          heard.found(own.storage_offset(), own.storage_offset() + own.numel());
        },
        pass);
  }

  /** Asks autograd for the gradient by one parameter, in passes of which somebody wants to hear. */
  private static final class Hook extends VoidTensorHook {
    private Consumer<Tensor> landing;
    private boolean landed;
    private RuntimeException failure;

    /** Stays with the parameter: to take one away again leaves its place behind. */
    static Hook of(Tensor parameter) {
      Hook hook = new Hook();
      // Not freed with the scope that this is made in: the parameter calls it.
      hook.retainReference();
      parameter.register_hook(hook);
      return hook;
    }

    @Override
    public void call(TensorBase found) {
      if (landing == null) {
        return;
      }
      try (PointerScope scope = new PointerScope()) {
        landing.accept(new Tensor(found));
        landed = true;
      } catch (RuntimeException e) {
        failure = e;
        throw e;
      }
    }

    void rest() {
      landing = null;
      landed = false;
      failure = null;
    }
  }

  @Override
  public void close() {
    owned.forEach(Tensor::releaseReference);
    hooks.values().forEach(Hook::releaseReference);
  }
}
