package org.sparkmto.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;
import org.sparkmto.options.OptionKind;
import org.sparkmto.options.Options;
import org.sparkmto.random.Draws;

/**
 * What the registry knows of a method: enough to list it, to document it and to make it.
 *
 * @param name how a configuration names it
 * @param title how people name it
 * @param paper where it was published
 * @param input what it sees, at its default level
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
    MethodInput input,
    Set<Level> levels,
    Optional<Level> defaultLevel,
    List<Option> parameters,
    boolean stateful,
    boolean elementState,
    boolean learns,
    Set<MethodProperty> properties,
    Function<Options, Method> factory)
    implements Documented {

  private static final String LEVEL = "level";
  private static final String HEADS = "heads";

  /** A registered method, made. */
  public record Made(
      MethodEntry entry, Method method, Optional<Level> level, HeadWeights heads, Options options) {

    /**
     * How many vectors as long as the shared parameters are held per task, over all ranks together:
     * gradients, and what is remembered beside them.
     */
    public int rowsPerTask() {
      return level.equals(Optional.of(Level.REPRESENTATION)) ? 0 : method.rowsPerTask();
    }

    /**
     * Whether a step's weights follow from its number and from which tasks have labels: the method
     * sees nothing else of it and remembers nothing. Whoever has a {@link Weigher} knows them.
     */
    public boolean seesNothing() {
      return entry.input() == MethodInput.NOTHING && !entry.stateful();
    }

    /** How what it learns is moved. */
    public LearningRule learning() {
      return entry.learns() ? LearningRule.of(options) : LearningRule.ofSchedule();
    }

    /**
     * Weighs the tasks of a first step, all of which have labels.
     *
     * @param losses one per task
     * @param gram the inner products of the task gradients, row after row; a method that sees less
     *     takes of it what it sees, and one with averages or parts of a batch begins with averages
     *     of zero and parts that are alike
     * @throws IllegalArgumentException if the sizes do not fit, or inner products are not enough
     *     for the method; {@link LocalStep} runs those
     */
    public Weighing weigh(double[] losses, double[][] gram) {
      int tasks = losses.length;
      if (gram.length != tasks || Arrays.stream(gram).anyMatch(row -> row.length != tasks)) {
        throw new IllegalArgumentException(
            "the inner products of the gradients of %d tasks are %d rows of %d numbers"
                .formatted(tasks, tasks, tasks));
      }
      List<String> names = IntStream.range(0, tasks).mapToObj(task -> "task-" + task).toList();
      Weigher weigher = new Weigher(method, names, Draws.of(0), heads);
      double[] rows = Arrays.stream(gram).flatMapToDouble(Arrays::stream).toArray();
      GradientSummary seen =
          weigher
              .kind()
              .ofGram(SymmetricMatrix.of(tasks, rows))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          Methods.KIND
                              + " '"
                              + entry.name()
                              + "' sees "
                              + entry.input().words()
                              + ", which inner products do not tell; run it by LocalStep"));
      Observation step =
          Observation.ofLosses(0, 0, Vector.of(losses), Vector.ones(tasks)).with(seen);
      return weigher.weigh(step, weigher.initialState());
    }

    /** What the method sees at the chosen level. */
    public MethodInput input() {
      return level.map(MethodInput::of).orElse(entry.input());
    }
  }

  /**
   * Starts the entry of a {@link LossMethod}.
   *
   * @param name how a configuration names it: lower-case words and numbers joined by hyphens
   * @param title how people name it
   * @param paper where it was published: authors, venue and year
   * @param input what it sees: {@link MethodInput#NOTHING}, {@link MethodInput#LOSSES}, or {@link
   *     MethodInput#LOSSES_TWICE} if it looks again after the update
   */
  public static Builder ofLosses(String name, String title, String paper, MethodInput input) {
    return new Builder(name, title, paper, input, Set.of(), Optional.empty());
  }

  /**
   * Starts the entry of a {@link GramMethod} or a {@link LayerwiseMethod}.
   *
   * @param name how a configuration names it: lower-case words and numbers joined by hyphens
   * @param title how people name it
   * @param paper where it was published: authors, venue and year
   * @param levels those that make sense for it, the default first; at least one
   */
  public static Builder ofGram(String name, String title, String paper, Level... levels) {
    return new Builder(
        name, title, paper, MethodInput.of(levels[0]), Set.of(levels), Optional.of(levels[0]));
  }

  /**
   * Starts the entry of a method of another kind: its gradients are of the shared parameters.
   *
   * @param name how a configuration names it: lower-case words and numbers joined by hyphens
   * @param title how people name it
   * @param paper where it was published: authors, venue and year
   * @param input what it sees: {@link MethodInput#AVERAGES} of a {@link BufferMethod}, {@link
   *     MethodInput#PARTS} of a {@link SampledMethod}, {@link MethodInput#ELEMENTS} of an {@link
   *     ElementMethod} or a {@link TaskwiseMethod}, {@link MethodInput#TRIAL} of a {@link
   *     BilevelMethod} with one target, {@link MethodInput#TRIAL_OF_EACH} with several, {@link
   *     MethodInput#TRIAL_OF_LOSSES} of a {@link ValueFunctionMethod}
   */
  public static Builder ofParameters(String name, String title, String paper, MethodInput input) {
    return new Builder(name, title, paper, input, Set.of(), Optional.empty());
  }

  @Override
  public String summary() {
    return title + ", " + paper;
  }

  /** Its own options, {@code level} where it sees gradients at one, and {@code heads}. */
  @Override
  public List<Option> options() {
    List<Option> all = new ArrayList<>(parameters);
    defaultLevel.ifPresent(
        usual ->
            all.add(
                Option.of(
                    LEVEL,
                    Option.choice(new TreeSet<>(levels)),
                    usual,
                    "where gradients are compared")));
    all.add(
        Option.of(
            HEADS,
            Option.choice(HeadWeights.class),
            HeadWeights.OWN,
            "weights of the heads: the method's own, ones, or those of the shared part"));
    return all;
  }

  /**
   * Makes the method. Besides its own options every method knows {@code heads} (own, ones, shared),
   * and every method of inner products {@code level} (representation, parameters).
   *
   * @param given options by name; those left out have their usual values
   * @throws IllegalArgumentException if an option is unknown or its value does not fit
   */
  public Made make(Map<String, ?> given) {
    String owner = Methods.KIND + " '" + name + "'";
    Options complete = Options.read(owner, options(), given);
    Optional<Level> level = defaultLevel.map(unused -> complete.choice(LEVEL, Level.class));
    Method method;
    try {
      method = factory.apply(complete);
      if (learns) {
        LearningRule.of(complete);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(owner + ": " + e.getMessage(), e);
    }
    if (method.groupedBy().isPresent() && !level.equals(Optional.of(Level.PARAMETERS))) {
      throw new IllegalArgumentException(
          owner + ": weighing groups of parameters needs option 'level' to be parameters");
    }
    return new Made(this, method, level, complete.choice(HEADS, HeadWeights.class), complete);
  }

  /** An entry in the making. Every call changes the builder and returns it. */
  public static final class Builder {
    private final String name;
    private final String title;
    private final String paper;
    private final MethodInput input;
    private final Set<Level> levels;
    private final Optional<Level> defaultLevel;
    private final List<Option> parameters = new ArrayList<>();
    private final Set<MethodProperty> properties = EnumSet.noneOf(MethodProperty.class);
    private boolean stateful;
    private boolean elementState;
    private boolean learns;

    private Builder(
        String name,
        String title,
        String paper,
        MethodInput input,
        Set<Level> levels,
        Optional<Level> defaultLevel) {
      this.name = name;
      this.title = title;
      this.paper = paper;
      this.input = input;
      this.levels = levels;
      this.defaultLevel = defaultLevel;
    }

    /**
     * Declares an option that has a default. The factory reads it with the type of its kind.
     *
     * @param option its name, as the key of a configuration: lower-case words joined by hyphens
     * @param usual what it is unless it is set; something that the kind accepts
     * @param meaning for people, without a full stop
     */
    public Builder option(String option, OptionKind kind, Object usual, String meaning) {
      parameters.add(Option.of(option, kind, usual, meaning));
      return this;
    }

    /** Declares an option whose absence has a meaning of its own, which the meaning tells. */
    public Builder option(String option, OptionKind kind, String meaning) {
      parameters.add(Option.orAbsent(option, kind, meaning));
      return this;
    }

    /**
     * What the method remembers between steps lies beside the parameters, not in its {@link
     * MethodState}.
     */
    public Builder remembersElements() {
      elementState = true;
      return this;
    }

    /** The method remembers something between steps: its {@link Method#initialState} has names. */
    public Builder remembers() {
      stateful = true;
      return this;
    }

    /**
     * The method remembers vectors that are learned by gradient, at a rate of their own or at that
     * of the schedule: {@link Method#learned} has their names. Adds the options of a {@link
     * LearningRule}.
     *
     * @param rate the usual one: a number above zero, or the word {@code schedule}
     */
    public Builder learns(Object rate) {
      stateful = true;
      learns = true;
      return option(LearningRule.RATE, LearningRule.rateKind(), rate, LearningRule.RATE_MEANING)
          .option(LearningRule.OPTIMIZER, Option.text(), LearningRule.OPTIMIZER_MEANING);
    }

    /** Properties that the method has with its usual options; {@link MethodCheck} tries them. */
    public Builder is(MethodProperty... declared) {
      properties.addAll(Arrays.asList(declared));
      return this;
    }

    /**
     * Ends the entry.
     *
     * @param factory makes the method from complete options; an {@link IllegalArgumentException}
     *     refuses options that contradict each other, and its message names them
     */
    public MethodEntry madeBy(Function<Options, Method> factory) {
      return new MethodEntry(
          name,
          title,
          paper,
          input,
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
