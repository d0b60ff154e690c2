package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What a batch went through, operation after operation. Begun with {@link #input}; every operation
 * of {@link Functional} on a traced tensor adds a line. Nothing of this happens in training, where
 * no tensor is traced.
 */
final class NetworkTrace {
  private final List<Line> lines = new ArrayList<>();
  private int values;

  /** A value by its number, as an argument. */
  record Value(int number) {}

  /**
   * One operation.
   *
   * @param results numbers of the values that it gives
   * @param arguments values, parameters, numbers, truth values, nothing ({@code null}), and lists
   *     of these
   */
  record Line(List<Integer> results, Spelling spelling, List<Object> arguments) {}

  /** A tensor that is given to the program. */
  TracedTensor input(Tensor tensor) {
    return new TracedTensor(tensor, this, values++);
  }

  List<Line> lines() {
    return lines;
  }

  /**
   * What an operation gave, traced if one of its arguments is.
   *
   * @throws NotTracedException if some of the arguments that are tensors are traced and others not
   */
  static Tensor note(Tensor result, Spelling spelling, Object... arguments) {
    NetworkTrace trace = of(arguments);
    return trace == null ? result : trace.add(List.of(result), spelling, arguments).get(0);
  }

  /** The same for an operation with several results. */
  static List<Tensor> note(List<Tensor> results, Spelling spelling, Object... arguments) {
    NetworkTrace trace = of(arguments);
    return trace == null ? results : trace.add(results, spelling, arguments);
  }

  private static NetworkTrace of(Object... arguments) {
    for (Object argument : arguments) {
      if (argument instanceof TracedTensor traced) {
        return traced.writtenBy();
      }
      if (argument instanceof List<?> list && of(list.toArray()) != null) {
        return of(list.toArray());
      }
    }
    return null;
  }

  private List<Tensor> add(List<Tensor> results, Spelling spelling, Object... arguments) {
    List<Object> kept = new ArrayList<>();
    for (Object argument : arguments) {
      kept.add(kept(argument));
    }
    List<Integer> numbers = new ArrayList<>();
    List<Tensor> traced = new ArrayList<>();
    for (Tensor result : results) {
      traced.add(new TracedTensor(result, this, values));
      numbers.add(values++);
    }
    lines.add(new Line(numbers, spelling, kept));
    return traced;
  }

  private Object kept(Object argument) {
    if (argument instanceof Tensor tensor) {
      return new Value(valueOf(tensor));
    }
    return argument instanceof List<?> list ? list.stream().map(this::kept).toList() : argument;
  }

  /**
   * The number of a tensor in this trace.
   *
   * @throws NotTracedException if something else than the operations of {@link Functional} gave it
   */
  int valueOf(Tensor tensor) {
    if (tensor instanceof TracedTensor traced && traced.writtenBy() == this) {
      return traced.number();
    }
    throw new NotTracedException();
  }
}
