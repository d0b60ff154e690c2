package org.sparkmto.method;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.sparkmto.naming.Counted;

/**
 * All that a method remembers between two steps: named vectors with one value per task, named
 * matrices with one value per ordered pair of tasks, and named numbers. Because every value says
 * what it belongs to, the state can be restricted to the active tasks and merged back without the
 * method's help, and checkpoints hold it as plain arrays. Immutable; names are unique per kind.
 */
public final class MethodState {
  private static final MethodState EMPTY =
      new MethodState(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  private static final String TASK = "task/";
  private static final String PAIR = "pair/";
  private static final String NUMBER = "number/";

  private final SortedMap<String, Vector> perTask;
  private final SortedMap<String, Matrix> perPair;
  private final SortedMap<String, Double> numbers;

  private MethodState(
      SortedMap<String, Vector> perTask,
      SortedMap<String, Matrix> perPair,
      SortedMap<String, Double> numbers) {
    this.perTask = Collections.unmodifiableSortedMap(perTask);
    this.perPair = Collections.unmodifiableSortedMap(perPair);
    this.numbers = Collections.unmodifiableSortedMap(numbers);
  }

  /** Nothing to remember. */
  public static MethodState empty() {
    return EMPTY;
  }

  /** With a vector that holds one value per task. */
  public MethodState withPerTask(String name, Vector values) {
    return new MethodState(with(perTask, name, values), perPair, numbers);
  }

  /** With a matrix that holds one value per ordered pair of tasks. */
  public MethodState withPerPair(String name, Matrix values) {
    return new MethodState(perTask, with(perPair, name, values), numbers);
  }

  /** With a number that belongs to no task. */
  public MethodState withNumber(String name, double value) {
    return new MethodState(perTask, perPair, with(numbers, name, value));
  }

  /**
   * A vector with one value per task.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public Vector perTask(String name) {
    return require(perTask, name, "per-task vector");
  }

  /**
   * A matrix with one value per ordered pair of tasks.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public Matrix perPair(String name) {
    return require(perPair, name, "per-pair matrix");
  }

  /**
   * A number that belongs to no task.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public double number(String name) {
    return require(numbers, name, "number");
  }

  /** Whether there is nothing to remember. */
  public boolean isEmpty() {
    return perTask.isEmpty() && perPair.isEmpty() && numbers.isEmpty();
  }

  /** What is remembered under names that begin with a prefix, without the prefix. */
  MethodState under(String prefix) {
    return new MethodState(under(perTask, prefix), under(perPair, prefix), under(numbers, prefix));
  }

  private static <T> SortedMap<String, T> under(SortedMap<String, T> map, String prefix) {
    SortedMap<String, T> found = new TreeMap<>();
    map.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            found.put(name.substring(prefix.length()), value);
          }
        });
    return found;
  }

  /** With all of another state, every name of it behind a prefix. */
  MethodState with(String prefix, MethodState other) {
    MethodState[] all = {this};
    other.perTask.forEach((name, value) -> all[0] = all[0].withPerTask(prefix + name, value));
    other.perPair.forEach((name, value) -> all[0] = all[0].withPerPair(prefix + name, value));
    other.numbers.forEach((name, value) -> all[0] = all[0].withNumber(prefix + name, value));
    return all[0];
  }

  /** The state of some tasks, given by their numbers. */
  MethodState restrictedTo(int... tasks) {
    return new MethodState(
        mapped(perTask, vector -> vector.select(tasks)),
        mapped(perPair, matrix -> matrix.select(tasks)),
        numbers);
  }

  /**
   * This state with that of some tasks replaced. The state of the other tasks, and of every pair
   * that holds one of them, stays; numbers are taken from {@code part}.
   *
   * @throws IllegalStateException if {@code part} does not hold the same names
   */
  MethodState mergedWith(MethodState part, int... tasks) {
    requireSameNames(part);
    return new MethodState(
        combined(perTask, part.perTask, (whole, some) -> whole.replaced(tasks, some)),
        combined(perPair, part.perPair, (whole, some) -> whole.replaced(tasks, some)),
        part.numbers);
  }

  /**
   * Checks that this state can be what a method with the given initial state remembers.
   *
   * @throws IllegalArgumentException if names or sizes differ
   */
  void requireShapeOf(MethodState initial) {
    if (!shape().equals(initial.shape())) {
      throw new IllegalArgumentException(
          "the method remembers "
              + initial.shape()
              + ", but the given state holds "
              + shape()
              + "; was the checkpoint written for another method or number of tasks?");
    }
  }

  private void requireSameNames(MethodState part) {
    if (!perTask.keySet().equals(part.perTask.keySet())
        || !perPair.keySet().equals(part.perPair.keySet())
        || !numbers.keySet().equals(part.numbers.keySet())) {
      throw new IllegalStateException(
          "the method's initial state holds "
              + shape().keySet()
              + ", its next state "
              + part.shape().keySet()
              + "; declare every name in initialState");
    }
  }

  private SortedMap<String, Integer> shape() {
    SortedMap<String, Integer> shape = new TreeMap<>();
    toArrays().forEach((name, values) -> shape.put(name, values.length));
    return shape;
  }

  /**
   * The state as arrays, for a checkpoint: {@code task/NAME}, {@code pair/NAME} (row after row) and
   * {@code number/NAME} (one value), in alphabetical order. {@link #ofArrays} undoes it bit by bit.
   */
  public Map<String, double[]> toArrays() {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    numbers.forEach((name, value) -> arrays.put(NUMBER + name, new double[] {value}));
    perPair.forEach((name, values) -> arrays.put(PAIR + name, values.toArray()));
    perTask.forEach((name, values) -> arrays.put(TASK + name, values.toArray()));
    return arrays;
  }

  /**
   * The state that {@link #toArrays} wrote.
   *
   * @throws IllegalArgumentException if a name has none of the three prefixes, or an array does not
   *     have the length of its kind
   */
  public static MethodState ofArrays(Map<String, double[]> arrays) {
    MethodState state = EMPTY;
    for (Map.Entry<String, double[]> entry : arrays.entrySet()) {
      String name = entry.getKey();
      double[] values = entry.getValue();
      if (name.startsWith(TASK)) {
        state = state.withPerTask(name.substring(TASK.length()), Vector.of(values));
      } else if (name.startsWith(PAIR)) {
        int size = (int) Math.round(Math.sqrt(values.length));
        state = state.withPerPair(name.substring(PAIR.length()), Matrix.of(size, values));
      } else if (name.startsWith(NUMBER) && values.length == 1) {
        state = state.withNumber(name.substring(NUMBER.length()), values[0]);
      } else {
        throw new IllegalArgumentException(
            "'"
                + name
                + "' with "
                + Counted.of(values.length, "value")
                + " is no part of a method's state");
      }
    }
    return state;
  }

  private static <T> SortedMap<String, T> with(SortedMap<String, T> map, String name, T value) {
    SortedMap<String, T> copy = new TreeMap<>(map);
    copy.put(name, value);
    return copy;
  }

  private static <T> T require(Map<String, T> map, String name, String kind) {
    T value = map.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "the state holds no " + kind + " '" + name + "', only " + map.keySet());
    }
    return value;
  }

  private static <T> SortedMap<String, T> mapped(
      SortedMap<String, T> map, UnaryOperator<T> function) {
    SortedMap<String, T> copy = new TreeMap<>();
    map.forEach((name, value) -> copy.put(name, function.apply(value)));
    return copy;
  }

  private static <T> SortedMap<String, T> combined(
      SortedMap<String, T> whole, SortedMap<String, T> part, BinaryOperator<T> function) {
    SortedMap<String, T> copy = new TreeMap<>();
    whole.forEach((name, value) -> copy.put(name, function.apply(value, part.get(name))));
    return copy;
  }

  /** Equality bit by bit. */
  @Override
  public boolean equals(Object other) {
    return other instanceof MethodState state
        && perTask.equals(state.perTask)
        && perPair.equals(state.perPair)
        && numbers.equals(state.numbers);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * perTask.hashCode() + perPair.hashCode()) + numbers.hashCode();
  }

  @Override
  public String toString() {
    return "MethodState" + perTask + perPair + numbers;
  }
}
