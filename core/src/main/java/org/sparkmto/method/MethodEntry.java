package org.sparkmto.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.sparkmto.naming.Nearest;

/**
 * What the registry knows of a method: enough to list it, to document it and to make it.
 *
 * @param name how a configuration names it
 * @param title how people name it
 * @param paper where it was published
 * @param sight what it sees, at its default level
 * @param levels where its gradients may be taken; empty for methods that see none
 * @param defaultLevel where they are taken unless the option "level" says otherwise
 * @param parameters its options, besides "level" and "heads"
 * @param stateful whether it remembers anything between steps in its {@link MethodState}
 * @param elementState whether something is remembered for every task and shared parameter
 * @param learns whether some of its state is learned by gradient, by a {@link LearningRule}
 * @param properties what is true of it with default options
 * @param factory makes it from complete options
 */
public record MethodEntry(
    String name,
    String title,
    String paper,
    Sight sight,
    Set<Level> levels,
    Optional<Level> defaultLevel,
    List<Parameter> parameters,
    boolean stateful,
    boolean elementState,
    boolean learns,
    Set<MethodProperty> properties,
    Function<MethodOptions, Method> factory) {

  private static final String LEVEL = "level";
  private static final String HEADS = "heads";

  /**
   * An option of a method.
   *
   * @param name its name, as a configuration spells it
   * @param defaultValue its value if it is not given; empty where absence has its own meaning
   * @param meaning what it does, for people
   */
  public record Parameter(String name, Optional<Object> defaultValue, String meaning) {}

  /** A registered method, made. */
  public record Made(
      MethodEntry entry,
      Method method,
      Optional<Level> level,
      HeadWeights heads,
      MethodOptions options) {

    /**
     * How many vectors as long as the shared parameters are held per task, over all ranks together:
     * gradients, and what is remembered beside them.
     */
    public int rowsPerTask() {
      if (method instanceof LossMethod || level.equals(Optional.of(Level.REPRESENTATION))) {
        return 0;
      }
      // An optimiser per task keeps two vectors in most cases.
      int state = method instanceof TaskwiseMethod ? 2 : entry.elementState() ? 1 : 0;
      return method instanceof BufferMethod
          ? method.gradientsPerTask()
          : Math.max(1, method.gradientsPerTask()) + state;
    }

    /** How what it learns is moved. */
    public LearningRule learning() {
      return entry.learns() ? LearningRule.of(options) : LearningRule.ofSchedule();
    }

    /** What the method sees at the chosen level. */
    public Sight sight() {
      return level.map(Sight::of).orElse(entry.sight());
    }
  }

  /** Starts the entry of a method of losses. */
  static Builder ofLosses(String name, String title, String paper, Sight sight) {
    return new Builder(name, title, paper, sight, Set.of(), Optional.empty());
  }

  /**
   * Starts the entry of a method of inner products, with the levels that make sense for it, the
   * default first.
   */
  static Builder ofGram(String name, String title, String paper, Level... levels) {
    return new Builder(
        name, title, paper, Sight.of(levels[0]), Set.of(levels), Optional.of(levels[0]));
  }

  /** Starts the entry of a method of another kind: its gradients are of the parameters. */
  static Builder ofParameters(String name, String title, String paper, Sight sight) {
    return new Builder(name, title, paper, sight, Set.of(), Optional.empty());
  }

  /**
   * Makes the method. Besides its own options every method knows {@code heads} (own, ones, shared),
   * and every method of inner products {@code level} (representation, parameters).
   *
   * @throws IllegalArgumentException if an option is unknown or its value does not fit
   */
  public Made make(MethodOptions given) {
    try {
      MethodOptions complete = completed(given);
      Optional<Level> level = defaultLevel.map(unused -> complete.choice(LEVEL, Level.class));
      if (level.isPresent() && !levels.contains(level.get())) {
        throw new IllegalArgumentException(
            "option 'level' must be " + MethodOptions.spelled(defaultLevel.orElseThrow()));
      }
      Method method = factory.apply(complete);
      if (method instanceof LayerwiseMethod && !level.equals(Optional.of(Level.PARAMETERS))) {
        throw new IllegalArgumentException(
            "weighing groups of parameters needs option 'level' to be parameters");
      }
      Made made =
          new Made(this, method, level, complete.choice(HEADS, HeadWeights.class), complete);
      if (learns) {
        LearningRule.of(complete);
      }
      return made;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("method " + name + ": " + e.getMessage(), e);
    }
  }

  private MethodOptions completed(MethodOptions given) {
    MethodOptions complete =
        MethodOptions.none().with(HEADS, MethodOptions.spelled(HeadWeights.OWN));
    Set<String> known = new TreeSet<>(Set.of(HEADS));
    if (defaultLevel.isPresent()) {
      complete = complete.with(LEVEL, MethodOptions.spelled(defaultLevel.get()));
      known.add(LEVEL);
    }
    for (Parameter parameter : parameters) {
      known.add(parameter.name());
      if (parameter.defaultValue().isPresent()) {
        complete = complete.with(parameter.name(), parameter.defaultValue().get());
      }
    }
    // In a configuration the options stand beside the method's name, which can be mistyped, too.
    Set<String> near = new TreeSet<>(known);
    near.add("name");
    for (var option : given.values().entrySet()) {
      if (!known.contains(option.getKey())) {
        throw new IllegalArgumentException(
            "unknown option '"
                + option.getKey()
                + "'"
                + Nearest.hint(option.getKey(), near)
                + " Known are "
                + String.join(", ", known)
                + ".");
      }
      complete = complete.with(option.getKey(), option.getValue());
    }
    return complete;
  }

  /** An entry in the making. */
  static final class Builder {
    private final String name;
    private final String title;
    private final String paper;
    private final Sight sight;
    private final Set<Level> levels;
    private final Optional<Level> defaultLevel;
    private final List<Parameter> parameters = new ArrayList<>();
    private final Set<MethodProperty> properties = EnumSet.noneOf(MethodProperty.class);
    private boolean stateful;
    private boolean elementState;
    private boolean learns;

    private Builder(
        String name,
        String title,
        String paper,
        Sight sight,
        Set<Level> levels,
        Optional<Level> defaultLevel) {
      this.name = name;
      this.title = title;
      this.paper = paper;
      this.sight = sight;
      this.levels = levels;
      this.defaultLevel = defaultLevel;
    }

    /** An option that has a default. */
    Builder option(String option, Object defaultValue, String meaning) {
      parameters.add(new Parameter(option, Optional.of(defaultValue), meaning));
      return this;
    }

    /** An option whose absence has a meaning of its own. */
    Builder option(String option, String meaning) {
      parameters.add(new Parameter(option, Optional.empty(), meaning));
      return this;
    }

    /**
     * What the method remembers between steps lies beside the parameters, not in its {@link
     * MethodState}.
     */
    Builder remembersElements() {
      elementState = true;
      return this;
    }

    /** The method remembers something between steps. */
    Builder remembers() {
      stateful = true;
      return this;
    }

    /**
     * The method remembers vectors that are learned by gradient, at a rate of their own or at that
     * of the schedule.
     */
    Builder learns(Object rate) {
      stateful = true;
      learns = true;
      return option(LearningRule.RATE, rate, LearningRule.RATE_MEANING)
          .option(LearningRule.OPTIMIZER, LearningRule.OPTIMIZER_MEANING);
    }

    /** Properties that tests hold the method to. */
    Builder is(MethodProperty... declared) {
      properties.addAll(Arrays.asList(declared));
      return this;
    }

    /** Ends the entry with what makes the method from complete options. */
    MethodEntry madeBy(Function<MethodOptions, Method> factory) {
      return new MethodEntry(
          name,
          title,
          paper,
          sight,
          levels,
          defaultLevel,
          List.copyOf(parameters),
          stateful,
          elementState,
          learns,
          Set.copyOf(properties),
          factory);
    }
  }
}
