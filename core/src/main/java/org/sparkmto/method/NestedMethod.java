package org.sparkmto.method;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.sparkmto.options.Options;

/**
 * A method whose answer is a part of another method's. What it remembers and learns lies in that
 * method's state, behind a prefix.
 *
 * @param part which part of the other method it stands for
 * @param method of losses or of inner products, asked once a step
 */
record NestedMethod(String part, Method method) {
  /** Behind the option that names a method: the option with its options. */
  static final String WITH = "-with";

  /**
   * The method that an option names.
   *
   * @param option the option, and the part
   * @param words what the option may be besides a method
   * @param name of the method
   * @param options of the method
   * @throws IllegalArgumentException if there is none of this name, its options are wrong, or it is
   *     not of a kind that can be asked inside of another
   */
  static NestedMethod of(String option, List<String> words, String name, Map<?, ?> options) {
    MethodEntry entry;
    try {
      entry = Methods.entry(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "option '%s' is none of %s and no method: %s"
              .formatted(option, String.join(", ", words), e.getMessage()),
          e);
    }
    Method method = made(entry, option + WITH, options);
    if (Kind.of(method, 1).inside().isEmpty()
        || method.secondQuestion() != Method.SecondQuestion.NONE) {
      throw new IllegalArgumentException(
          "option '%s' is '%s', which sees more of a step than its losses and inner products"
              .formatted(option, name));
    }
    return new NestedMethod(option, method);
  }

  /**
   * The method of losses that an option names, empty where it is the other method's own word.
   *
   * @throws IllegalArgumentException as {@link #of} does, or if it sees gradients
   */
  static Optional<NestedMethod> ofLosses(String option, String word, Options options) {
    String name = options.text(option);
    Map<?, ?> given = options.optional(option + WITH, Map.class).orElse(Map.of());
    if (name.equals(word)) {
      if (!given.isEmpty()) {
        throw new IllegalArgumentException(
            "option '%s%s' is for a method, but option '%s' is %s"
                .formatted(option, WITH, option, word));
      }
      return Optional.empty();
    }
    NestedMethod found = of(option, List.of(word), name, given);
    if (Kind.of(found.method, 1).ofInnerProducts().isPresent()) {
      throw new IllegalArgumentException(
          "option '%s' is '%s', which sees gradients, and not losses alone"
              .formatted(option, name));
    }
    return Optional.of(found);
  }

  /**
   * A method with options that stand in an option of another.
   *
   * @param option that one
   * @throws IllegalArgumentException if they are wrong, or are what the other one says for both
   */
  static Method made(MethodEntry entry, String option, Map<?, ?> given) {
    if (given.containsKey("level") || given.containsKey("heads")) {
      throw new IllegalArgumentException(
          "options 'level' and 'heads' stand beside option '%s', not in it".formatted(option));
    }
    Map<String, Object> options = new TreeMap<>();
    given.forEach((name, value) -> options.put(String.valueOf(name), value));
    Method method = entry.make(options).method();
    if (method.drawnPreference().isPresent()) {
      throw new IllegalArgumentException(
          "'%s' draws a preference that the network has as an input, so it is a method by itself and"
                  .formatted(entry.name())
              + " not a part of another");
    }
    return method;
  }

  private String prefix() {
    return part + "/";
  }

  boolean isIn(String which) {
    return part.equals(which);
  }

  void requireTasks(List<String> names) {
    method.requireTasks(names);
  }

  /** With what it remembers before the first step. */
  MethodState startedIn(MethodState state, int tasks) {
    return state.with(prefix(), method.initialState(tasks));
  }

  /** The names of what it learns, in the other method's state. */
  Set<String> learned() {
    return method.learned().stream()
        .map(name -> prefix() + name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Its answer for the tasks of a step. */
  TaskWeights weigh(GradientSystem tasks) {
    StepView view = tasks.view().withState(tasks.state().under(prefix()));
    return Kind.of(method, 1).inside().orElseThrow().weigh(view, tasks.gram());
  }

  /** The answer of a method of losses. */
  TaskWeights weigh(StepView tasks) {
    StepView view = tasks.withState(tasks.state().under(prefix()));
    return Kind.of(method, 1).inside().orElseThrow().weigh(view, SymmetricMatrix.of(0));
  }

  /** The other method's state with what this one wants to remember. */
  MethodState remembered(MethodState state, TaskWeights answer) {
    return answer.state().map(next -> state.with(prefix(), next)).orElse(state);
  }

  /** The other method's answer with the gradients of what this one learns. */
  TaskWeights learning(TaskWeights whole, TaskWeights answer) {
    TaskWeights all = whole;
    for (Map.Entry<String, Vector> learned : answer.gradients().entrySet()) {
      all = all.learning(prefix() + learned.getKey(), learned.getValue());
    }
    return all;
  }
}
