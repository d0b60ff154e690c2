package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A named parameter or buffer of a network. It is declared first and becomes a tensor, a view into
 * the flat vector of all of them, when the {@link ParameterBook} is closed.
 */
public final class Parameter {
  private final String name;
  private final List<Long> shape;
  private final Initialisation initialisation;
  private final boolean ofTasks;
  private Tensor tensor;

  Parameter(String name, List<Long> shape, Initialisation initialisation, boolean ofTasks) {
    this.ofTasks = ofTasks;
    this.name = name;
    this.shape = List.copyOf(shape);
    this.initialisation = initialisation;
  }

  /** The name in checkpoints, as PyTorch would call it. */
  public String name() {
    return name;
  }

  /** Lengths of the axes. */
  public List<Long> shape() {
    return shape;
  }

  /** Number of elements. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Whether its first axis is one row for each task. */
  boolean ofTasks() {
    return ofTasks;
  }

  Initialisation initialisation() {
    return initialisation;
  }

  /**
   * Its values, for {@link Network#encode} and {@link Network#decode}. Borrowed: not to be closed,
   * and valid as long as the network.
   *
   * @throws IllegalStateException while the network is still being declared
   */
  public Tensor tensor() {
    if (tensor == null) {
      throw new IllegalStateException(name + " is used before the network is allocated");
    }
    return tensor;
  }

  /** The same with other values. */
  Parameter holding(Tensor values) {
    Parameter other = new Parameter(name, shape, initialisation, ofTasks);
    other.bind(values);
    return other;
  }

  void bind(Tensor view) {
    tensor = view;
  }
}
