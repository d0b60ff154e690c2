package org.sparkmto.method;

import static org.sparkmto.method.SampleSystem.combined;
import static org.sparkmto.method.SampleSystem.effective;
import static org.sparkmto.method.SampleSystem.largestTerm;
import static org.sparkmto.method.SampleSystem.norm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.random.Draws;

/**
 * Holds a method to what its entry declares and to what training relies on, on random systems of
 * gradients: up to 40 tasks, norms over up to 12 decades, more and fewer parameters than tasks. The
 * built-in methods are held to the same; whoever writes a method in a jar of their own calls it in
 * a test, which needs no more than this module:
 *
 * <pre>{@code
 * assertEquals(List.of(), MethodCheck.of(InverseNorm.ENTRY));
 * }</pre>
 *
 * <p>What it tries: that the entry says truly what kind of method it is and whether it remembers
 * anything; finite weights for every system, also where a task has no gradient; the same weights
 * again from the same seed, and, unless it is {@link MethodProperty#RANDOM}, from every seed; a
 * second step with what the first has remembered; and each declared {@link MethodProperty}, to 1e-7
 * of the longest term of the update. A step on which the method says that it {@linkplain
 * TaskWeights#failed fails} is held to no property but the finite weights.
 */
public final class MethodCheck {
  private static final int[] TASKS = {1, 2, 3, 5, 12, 40};
  private static final double[] DECADES = {0, 3, 12};
  private static final double ROUNDING = 1e-7;

  private MethodCheck() {}

  /**
   * Tries a method with its usual options.
   *
   * @return a sentence for each thing that does not hold, with the system that shows it; empty if
   *     all holds
   */
  public static List<String> of(MethodEntry entry) {
    return of(entry, Map.of());
  }

  /**
   * Tries a method with options, for example those without a usual value. What an entry declares is
   * declared for the usual options; others may break it.
   *
   * @throws IllegalArgumentException if the method cannot be made with these options
   */
  public static List<String> of(MethodEntry entry, Map<String, ?> options) {
    MethodEntry.Made made = entry.make(options);
    List<String> failures = new ArrayList<>();
    untrueEntry(made).ifPresent(failures::add);
    List<SampleSystem> independent = systems(true);
    List<SampleSystem> any = systems(false);
    first(any, system -> notFinite(made.method(), system)).ifPresent(failures::add);
    first(any, system -> notRepeatable(entry, made.method(), system)).ifPresent(failures::add);
    first(any, system -> noSecondStep(made.method(), system)).ifPresent(failures::add);
    for (MethodProperty property : entry.properties().stream().sorted().toList()) {
      boolean ofAny =
          property == MethodProperty.NON_CONFLICTING || property == MethodProperty.NON_NEGATIVE;
      first(ofAny ? any : independent, system -> broken(property, made.method(), system))
          .map(broken -> "it declares " + property + " (" + property.words() + "), but " + broken)
          .ifPresent(failures::add);
    }
    return failures;
  }

  /** Something that a system may show. */
  @FunctionalInterface
  private interface Trial {
    Optional<String> failure(SampleSystem system);
  }

  /** The first failure, with the system that shows it. */
  private static Optional<String> first(List<SampleSystem> systems, Trial trial) {
    for (SampleSystem system : systems) {
      Optional<String> failure;
      try {
        failure = trial.failure(system);
      } catch (RuntimeException e) {
        failure = Optional.of("it throws " + e);
      }
      if (failure.isPresent()) {
        return failure.map(words -> words + " [" + system + "]");
      }
    }
    return Optional.empty();
  }

  private static List<SampleSystem> systems(boolean independent) {
    List<SampleSystem> systems = new ArrayList<>();
    for (int tasks : TASKS) {
      for (double decades : DECADES) {
        int parameters = independent ? 2 * tasks + 16 : 1 + tasks / 2;
        systems.add(new SampleSystem(systems.size(), tasks, parameters, decades));
      }
    }
    return systems;
  }

  private static Optional<String> untrueEntry(MethodEntry.Made made) {
    MethodEntry entry = made.entry();
    boolean remembers = !made.method().initialState(2).isEmpty();
    if (remembers != entry.stateful()) {
      return Optional.of(
          remembers
              ? "initialState holds something, but the entry does not say remembers()"
              : "the entry says that it remembers, but initialState holds nothing");
    }
    return Kind.of(made.method(), 1).hasLevels() == made.level().isPresent()
        ? Optional.empty()
        : Optional.of(
            "a method of inner products, and no other, has levels: its entry begins with ofGram");
  }

  private static Optional<String> notFinite(Method method, SampleSystem system) {
    double[][] extended = Arrays.copyOf(system.gradients(), system.tasks() + 1);
    extended[system.tasks()] = new double[system.parameters()];
    for (double[][] gradients : List.of(system.gradients(), extended)) {
      Weighing weighing =
          SampleSystem.weigh(
              method, gradients, SampleSystem.losses(system.seed(), gradients.length));
      if (!weighing.shared().isFinite() || !weighing.heads().isFinite()) {
        return Optional.of(
            "weights are not finite: %s, heads %s".formatted(weighing.shared(), weighing.heads()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> notRepeatable(
      MethodEntry entry, Method method, SampleSystem system) {
    Vector weights = ofSeed(method, system, 1);
    if (!weights.equals(ofSeed(method, system, 1))) {
      return Optional.of("the same step with the same seed has other weights the second time");
    }
    boolean random = entry.properties().contains(MethodProperty.RANDOM);
    return random || weights.equals(ofSeed(method, system, 2))
        ? Optional.empty()
        : Optional.of("its weights depend on the seed, but it does not declare RANDOM");
  }

  private static Vector ofSeed(Method method, SampleSystem system, long seed) {
    Weigher weigher = SampleSystem.weigher(method, system.tasks(), seed);
    Observation step = SampleSystem.observation(method, system.gradients(), system.losses());
    return weigher.weigh(step, weigher.initialState()).shared();
  }

  /** What a step remembers must be what the next one can take. */
  private static Optional<String> noSecondStep(Method method, SampleSystem system) {
    Weigher weigher = SampleSystem.weigher(method, system.tasks(), 1);
    Observation step = SampleSystem.observation(method, system.gradients(), system.losses());
    Weighing once = weigher.weigh(step, weigher.initialState());
    MethodState saved = MethodState.ofArrays(once.state().toArrays());
    Weighing twice = weigher.weigh(step, saved);
    return twice.shared().isFinite()
        ? Optional.empty()
        : Optional.of("weights of a second step are not finite: " + twice.shared());
  }

  /** How a system breaks a property; empty if it does not. */
  static Optional<String> broken(MethodProperty property, Method method, SampleSystem system) {
    return switch (property) {
      case PERMUTATION_EQUIVARIANT -> dependsOnOrder(method, system);
      case SCALE_INVARIANT -> dependsOnScale(method, system);
      case NON_CONFLICTING -> conflict(method, system);
      case NON_NEGATIVE -> negativeWeight(method, system);
      case CHOSEN_TRADE_OFF -> anotherTradeOff(method, system);
      case RANDOM -> Optional.empty();
    };
  }

  private static Optional<String> dependsOnOrder(Method method, SampleSystem system) {
    int[] order = system.draws().permutation(system.tasks());
    double[][] permuted = new double[system.tasks()][];
    for (int k = 0; k < order.length; k++) {
      permuted[k] = system.gradients()[order[k]];
    }
    Weighing plain = SampleSystem.weigh(method, system.gradients(), system.losses());
    Weighing other = SampleSystem.weigh(method, permuted, system.losses().select(order));
    if (!other.failure().equals(plain.failure())) {
      return Optional.of(
          "with the tasks in another order it fails otherwise: %s, not %s"
              .formatted(other.failure(), plain.failure()));
    }
    Vector back = Vector.zeros(system.tasks()).replaced(order, effective(other));
    double difference =
        norm(
            combined(effective(plain), system.gradients())
                .minus(combined(back, system.gradients())));
    return difference <= ROUNDING * largestTerm(effective(plain), system.gradients())
        ? Optional.empty()
        : Optional.of(
            "with the tasks in another order the update is another one: weights %s, not %s"
                .formatted(back, effective(plain)));
  }

  private static Optional<String> dependsOnScale(Method method, SampleSystem system) {
    int tasks = system.tasks();
    Draws draws = system.draws();
    double[] factors = new double[tasks];
    double[][] scaled = new double[tasks][];
    for (int k = 0; k < tasks; k++) {
      factors[k] = Math.pow(10, 12 * draws.uniform(k) - 6);
      scaled[k] = Vector.of(system.gradients()[k]).times(factors[k]).toArray();
    }
    Weighing plain = SampleSystem.weigh(method, system.gradients(), system.losses());
    Weighing other = SampleSystem.weigh(method, scaled, system.losses().times(Vector.of(factors)));
    if (plain.failure().isPresent() || other.failure().isPresent()) {
      return Optional.empty(); // The sum of IMTL-G's weights, unlike its direction, has a scale.
    }
    Vector direction = combined(effective(plain), system.gradients());
    Vector same = combined(effective(other), scaled);
    Vector expected = direction.dividedBy(norm(direction));
    double difference = same.dividedBy(norm(same)).minus(expected).map(Math::abs).max();
    return difference <= ROUNDING * expected.map(Math::abs).max() + 1e-15
        ? Optional.empty()
        : Optional.of(
            "with losses times %s the update has another direction".formatted(Vector.of(factors)));
  }

  private static Optional<String> conflict(Method method, SampleSystem system) {
    Weighing weighing = SampleSystem.weigh(method, system.gradients(), system.losses());
    if (weighing.failure().isPresent()) {
      return Optional.empty();
    }
    Vector update = combined(effective(weighing), system.gradients());
    double rounding = 1e-10 * largestTerm(effective(weighing), system.gradients());
    for (int k = 0; k < system.tasks(); k++) {
      Vector task = Vector.of(system.gradients()[k]);
      double along = update.dot(task) / norm(task);
      if (!(along >= -rounding)) {
        return Optional.of("the update goes against task %d by %s".formatted(k, along));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> negativeWeight(Method method, SampleSystem system) {
    Vector weights = effective(SampleSystem.weigh(method, system.gradients(), system.losses()));
    return weights.min() >= 0 ? Optional.empty() : Optional.of("a weight is negative: " + weights);
  }

  /** Equal weights are the chosen ones here: no update where the gradients add up to nothing. */
  private static Optional<String> anotherTradeOff(Method method, SampleSystem system) {
    double[][] gradients = system.gradients();
    Vector sum = combined(Vector.ones(gradients.length), gradients);
    double[][] balanced = Arrays.copyOf(gradients, gradients.length + 1);
    balanced[gradients.length] = sum.times(-1).toArray();
    Vector losses = SampleSystem.losses(system.seed(), balanced.length);
    Weighing settled = SampleSystem.weigh(method, balanced, losses);
    if (settled.failure().isPresent()) {
      return Optional.of("it fails where the gradients add up to nothing: " + settled.failure());
    }
    // Squared norms have 16 digits, so a norm that vanishes is known to half of them; where the
    // weights vanish too, in units of the gradients.
    double unit = Arrays.stream(balanced).mapToDouble(g -> norm(Vector.of(g))).max().orElseThrow();
    double update = norm(combined(effective(settled), balanced));
    if (!(update <= ROUNDING * Math.max(unit, largestTerm(effective(settled), balanced)))) {
      return Optional.of("it moves by %s where the gradients add up to nothing".formatted(update));
    }
    Weighing moving = SampleSystem.weigh(method, gradients, system.losses());
    double along = combined(effective(moving), gradients).dot(sum);
    return along > 0
        ? Optional.empty()
        : Optional.of("the update is not along the sum of the gradients: " + along);
  }
}
