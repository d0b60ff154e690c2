package org.sparkmto.method;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * IAL: impartial auxiliary learning (Li et al., "Unprejudiced Training Auxiliary Tasks Makes
 * Primary Better", eq. 3-9). Heads learn the noise of their task, {@code L_k / (2 sigma_k^2) + log
 * sigma_k}; the shared part follows {@code g_p + sum_k f(sigma_k) (|g_p| / |g_k|) g_k}, the
 * gradients of the auxiliary tasks at the length of the primary task's, with {@code f(sigma) =
 * min(1, max(0, 1 - sigma))}. The paper leaves open which map to [0, inf) it puts around {@code 1 -
 * sigma}; this is our reading, by which a task with {@code sigma >= 1} leaves the shared part.
 *
 * <p>The paper starts from task weightings of 0.1, "a small weighting that assumes all tasks are
 * equally unrelated": {@code f(sigma)}, not {@code sigma}, which by our reading starts at 0.9. As
 * in its framework the heads and sigma take their step first, and the shared part follows the new
 * sigma. Sigma learns at a rate of its own, chosen in the paper for each data set.
 *
 * <p>The switches of its ablations: {@code renormalise} is the gradient part of table VIII, {@code
 * encoder} what stands in place of f(sigma) in tables VIII and XI, {@code decoder} what weighs the
 * heads in table IX. Sigma is learned whether or not it weighs anything. The weights of another
 * method count in the encoder relative to the primary task's, whose weight is 1, and like f(sigma)
 * from 0 to 1; how the paper maps them is not stated. What such a method learns moves at this
 * method's rate, and in the encoder counts as its step has left it, like sigma.
 *
 * @param primary the task that is served
 * @param init the first {@code f(sigma)} of every task, in [0, 1)
 * @param encoder what weighs the auxiliary tasks in the shared part
 * @param decoder what weighs the heads
 * @param fixed the weights of auxiliary tasks in a fixed stage: one for all, or one per task
 * @param renormalise whether auxiliary gradients get the length of the primary task's
 */
record Ial(
    PrimaryTask primary,
    double init,
    Stage encoder,
    Stage decoder,
    Vector fixed,
    boolean renormalise)
    implements GramMethod {
  private static final String ENCODER = "encoder";
  private static final String DECODER = "decoder";
  private static final String FIXED = "fixed";
  private static final String UNCERTAINTY = "uncertainty";
  private static final String COSINE = "cosine";

  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "ial",
              "IAL",
              "Li et al., Unprejudiced Training Auxiliary Tasks Makes Primary Better, eq. 3-9",
              Level.REPRESENTATION,
              Level.PARAMETERS)
          .option(PrimaryTask.OPTION, Option.text(), 0, PrimaryTask.MEANING)
          .option(
              "init",
              Option.fraction(),
              0.1,
              "first weighting f(sigma) of every auxiliary task: the learned noise sigma starts at"
                  + " 1 less this")
          .option(
              ENCODER,
              Option.text(),
              UNCERTAINTY,
              "what weighs auxiliary tasks in the shared part: uncertainty, cosine (to the primary"
                  + " task's gradient), fixed, or a method of losses or inner products (dwa:"
                  + " relative training speed, gradnorm: expected gradient norm), whose weights"
                  + " count relative to the primary task's and up to 1")
          .option(
              ENCODER + NestedMethod.WITH,
              Option.keys("options by name"),
              "options of the encoder's method")
          .option(
              DECODER,
              Option.text(),
              UNCERTAINTY,
              "what weighs the heads: uncertainty, fixed (the primary task 1), or a method of"
                  + " losses or inner products, such as ew, dwa, rlw or gradnorm")
          .option(
              DECODER + NestedMethod.WITH,
              Option.keys("options by name"),
              "options of the decoder's method")
          .option(
              FIXED,
              Option.allOrPerTask(),
              0.1,
              "weight of the auxiliary tasks where encoder or decoder is fixed")
          .option(
              "renormalise",
              Option.flag(),
              true,
              "whether auxiliary gradients get the length of the primary task's")
          .learns(LearningRule.USUAL)
          .is(MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new Ial(
                      PrimaryTask.of(options),
                      options.number("init"),
                      Stage.of(ENCODER, List.of(UNCERTAINTY, COSINE, FIXED), options),
                      Stage.of(DECODER, List.of(UNCERTAINTY, FIXED), options),
                      PerTask.values(options, FIXED),
                      options.flag("renormalise")));

  private static final String SIGMA = "sigma";

  /** The optimiser may step over 0, where the objective ends: sigma counts as at least this. */
  private static final double SMALLEST = 1e-3;

  /**
   * What weighs the tasks in one of both stages.
   *
   * @param word which it is, or the name of the method
   * @param method the method, where it is one
   */
  record Stage(String word, Optional<NestedMethod> method) {
    private static Stage of(String option, List<String> words, Options options) {
      String word = options.text(option);
      Map<?, ?> own = options.optional(option + NestedMethod.WITH, Map.class).orElse(Map.of());
      if (!words.contains(word)) {
        return new Stage(word, Optional.of(NestedMethod.of(option, words, word, own)));
      }
      if (!own.isEmpty()) {
        throw new IllegalArgumentException(
            "option '%s%s' is for a method, but option '%s' is %s"
                .formatted(option, NestedMethod.WITH, option, word));
      }
      return new Stage(word, Optional.empty());
    }
  }

  @Override
  public void requireTasks(List<String> names) {
    primary.number(names);
    PerTask.requireSizeOrOne(FIXED, fixed, names.size());
    nested().forEach(method -> method.requireTasks(names));
  }

  private List<NestedMethod> nested() {
    return Stream.of(encoder, decoder).flatMap(stage -> stage.method().stream()).toList();
  }

  @Override
  public MethodState initialState(int tasks) {
    MethodState state = MethodState.empty().withPerTask(SIGMA, Vector.filled(tasks, 1 - init));
    for (NestedMethod method : nested()) {
      state = method.startedIn(state, tasks);
    }
    return state;
  }

  @Override
  public Set<String> learned() {
    return Stream.concat(
            Stream.of(SIGMA), nested().stream().flatMap(method -> method.learned().stream()))
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public boolean learnsFirst() {
    return true;
  }

  @Override
  public boolean weighsSingleTask() {
    return true;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    Vector sigma = tasks.state().perTask(SIGMA).map(value -> Math.max(value, SMALLEST));
    OptionalInt served = primary.in(tasks);
    Optional<TaskWeights> inEncoder = encoder.method().map(method -> method.weigh(tasks));
    Optional<TaskWeights> inDecoder = decoder.method().map(method -> method.weigh(tasks));
    Optional<String> failure =
        served.isEmpty()
            ? Optional.of(PrimaryTask.INACTIVE)
            : Stream.of(inEncoder, inDecoder)
                .flatMap(answer -> answer.flatMap(TaskWeights::failure).stream())
                .findFirst();
    TaskWeights weights =
        failure
            .map(TaskWeights::failed)
            .orElseGet(
                () -> TaskWeights.shared(shared(tasks, sigma, inEncoder, served.getAsInt())));
    weights =
        weights
            .withHeads(
                inDecoder
                    .map(answer -> answer.heads().orElse(Vector.ones(tasks.count())))
                    .orElseGet(() -> heads(tasks, sigma, served)))
            .learning(SIGMA, gradient(sigma, tasks.losses()));
    MethodState next = tasks.state();
    for (NestedMethod method : nested()) {
      TaskWeights answer = (method.isIn(ENCODER) ? inEncoder : inDecoder).orElseThrow();
      next = method.remembered(next, answer);
      weights = method.learning(weights, answer);
    }
    return weights.withState(next);
  }

  private Vector shared(
      GradientSystem tasks, Vector sigma, Optional<TaskWeights> answer, int served) {
    Vector indicator =
        switch (encoder.word()) {
          case UNCERTAINTY -> sigma.map(value -> 1 - value);
          case COSINE -> Vector.of(tasks.cosines().row(served));
          case FIXED -> fixed(tasks);
          default -> relative(answer.orElseThrow().shared().orElseThrow(), served);
        };
    double length = tasks.norms().at(served);
    return indicator
        .map(value -> Math.min(1, Math.max(0, value)))
        .times(renormalise ? tasks.norms().map(norm -> length / norm) : Vector.ones(tasks.count()))
        .replaced(new int[] {served}, Vector.ones(1));
  }

  /** Beside a primary task of weight 0 or less any other weight counts as the most. */
  private static Vector relative(Vector weights, int served) {
    double own = weights.at(served);
    return weights.map(weight -> own > 0 ? weight / own : Math.signum(weight));
  }

  private Vector fixed(GradientSystem tasks) {
    return fixed.size() == 1 ? Vector.filled(tasks.count(), fixed.at(0)) : tasks.select(fixed);
  }

  private Vector heads(GradientSystem tasks, Vector sigma, OptionalInt served) {
    if (decoder.word().equals(UNCERTAINTY)) {
      return sigma.map(value -> 0.5 / (value * value));
    }
    Vector weights = fixed(tasks);
    return served.isPresent()
        ? weights.replaced(new int[] {served.getAsInt()}, Vector.ones(1))
        : weights;
  }

  /**
   * {@code 1 / sigma - L / sigma^3} (the paper's eq. 4 has a misprint); 0 for a loss that is not
   * positive, because there the objective falls without end towards 0.
   */
  private static Vector gradient(Vector sigma, Vector losses) {
    double[] gradient = new double[losses.size()];
    for (int k = 0; k < gradient.length; k++) {
      double s = sigma.at(k);
      gradient[k] = losses.at(k) > 0 ? (1 - losses.at(k) / (s * s)) / s : 0;
    }
    return Vector.of(gradient);
  }
}
