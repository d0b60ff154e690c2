package org.sparkmto.method;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.sparkmto.options.Option;

/**
 * FORUM: weights of the losses as the upper level of a problem with two levels, by first
 * derivatives alone (Ye et al., "A first-order multi-gradient algorithm for multi-objective
 * bi-level optimization", ECAI 2024). The lower level minimises {@code f = sum_k w_k L_k} on one
 * part of the batch, {@code w} the softmax of learned numbers s; the upper one minimises the losses
 * on the other part. {@code q = f - f(after T steps of gradient descent)} is how far the parameters
 * are from the lower level's minimum. With {@code g_k} the gradients over the upper part, each
 * divided by its length, and dq the derivative of q by s and by the parameters, the parameters and
 * s follow {@code sum_k a_k g_k + v dq}, {@code v = max(0, phi - sum_k a_k (g_k . dq) / |dq|^2)}:
 * the step of common descent in which q, too, falls by phi |dq|^2 at least. The a_k of sum 1 are
 * averages over the steps, {@code a <- a + (epoch + 1)^(-3/4) (a' - a)}, of those that minimise
 * {@code |sum_k a_k g_k + v dq|^2 - c v phi |dq|^2}. LibMTL and the authors' code have c = 1; the
 * dual of the step's problem, with its squared length halved, has c = 2.
 *
 * @param phi share of |dq|^2 by which q is to fall
 * @param innerRate rate of the lower level's steps
 * @param innerSteps T
 * @param rate Adam's rate for s
 * @param form c
 */
record Forum(double phi, double innerRate, int innerSteps, double rate, Form form)
    implements ValueFunctionMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "forum", "FORUM", "Ye et al., ECAI 2024", MethodInput.TRIAL_OF_LOSSES)
          .option(
              "phi",
              Option.positive(),
              0.1,
              "by what share of its squared gradient the lower level's distance from its minimum is"
                  + " to fall")
          .option("inner-rate", Option.positive(), 0.1, "rate of the lower level's steps")
          .option(
              "inner-steps",
              Option.count(1),
              5,
              "steps of the lower level; each but the first is one forward and backward pass more")
          .option("rate", Option.positive(), 1e-3, "Adam's learning rate of what weights are of")
          .option(
              "form",
              Option.choice(Form.class),
              "libmtl",
              "libmtl as its code and the authors' have it, or dual: the dual of the step's"
                  + " problem, in which that share counts twice")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new Forum(
                      options.number("phi"),
                      options.number("inner-rate"),
                      options.count("inner-steps"),
                      options.number("rate"),
                      options.choice("form", Form.class)));

  enum Form {
    LIBMTL(1),
    DUAL(2);

    private final double factor;

    Form(double factor) {
      this.factor = factor;
    }
  }

  /** A combination that misses its optimality conditions by more is not used. */
  private static final double INEXACT = 1e-8;

  /** Added to |dq|^2 where it divides, as the codes do. */
  private static final double SMALL = 1e-8;

  private static final String S = "s";
  private static final String AVERAGE = "average";
  private static final AdamState ADAM = new AdamState(S, "");

  @Override
  public MethodState initialState(int tasks) {
    return ADAM.startedIn(
        MethodState.empty()
            .withPerTask(S, Vector.zeros(tasks))
            .withPerTask(AVERAGE, Vector.zeros(tasks)),
        tasks);
  }

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public Vector lowerLevel(StepView tasks) {
    return tasks.state().perTask(S).softmax();
  }

  @Override
  public TaskWeights weigh(PartSystem tasks, Vector after) {
    MethodState state = tasks.step().state();
    Vector weights = state.perTask(S).softmax();
    if (!after.isFinite()) {
      return TaskWeights.failed("the lower level's steps diverged: inner-rate is too large");
    }
    Vector fall = tasks.step().losses().minus(after);
    Vector slope = fall.map(value -> value - fall.dot(weights)).times(weights);
    Matrix upper = tasks.products(1, 1);
    double[] squares = new double[tasks.count()];
    Arrays.setAll(squares, k -> upper.at(k, k));
    double floor = ProductGuard.floor(Vector.of(squares).max());
    int[] some = IntStream.range(0, squares.length).filter(k -> squares[k] >= floor).toArray();
    if (some.length == 0) {
      return TaskWeights.failed("no task has a gradient over the upper part of the batch");
    }
    Vector lengths = Vector.of(squares).select(some).map(Math::sqrt);
    Vector along = tasks.products(1, 0).times(weights).select(some).dividedBy(lengths);
    double square = weights.dot(tasks.products(0, 0).times(weights)) + slope.dot(slope) + SMALL;
    SimplexQuadratic found = direction(cosines(upper, some, lengths), along, square);
    if (!(found.residual() <= INEXACT)) {
      return TaskWeights.failed("the weights of the upper level were not found")
          .withResidual(found.residual());
    }
    double share = Math.pow(tasks.step().epoch() + 1.0, -0.75);
    Vector old = state.perTask(AVERAGE);
    Vector now = Vector.zeros(tasks.count()).replaced(some, found.weights());
    Vector average = old.plus(now.minus(old).times(share));
    Vector ofUpper = average.select(some);
    double v = Math.max(0, phi * ofUpper.sum() - ofUpper.dot(along) / square);
    Vector shared =
        weights
            .times(v)
            .followedBy(Vector.zeros(tasks.count()).replaced(some, ofUpper.dividedBy(lengths)));
    return TaskWeights.of(shared, halvesTogether(shared))
        .withResidual(found.residual())
        .withState(ADAM.moved(state, slope.times(v), rate).withPerTask(AVERAGE, average));
  }

  private static Vector halvesTogether(Vector shared) {
    int count = shared.size() / 2;
    return shared.select(Kind.indices(0, count)).plus(shared.select(Kind.indices(count, count)));
  }

  private static SymmetricMatrix cosines(Matrix products, int[] some, Vector lengths) {
    int count = some.length;
    double[] values = new double[count * count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        values[i * count + j] =
            i == j ? 1 : products.at(some[i], some[j]) / (lengths.at(i) * lengths.at(j));
      }
    }
    return SymmetricMatrix.of(count, values);
  }

  /**
   * The a' of a step. With {@code b = sum_k a_k (g_k . dq) / |dq|} and {@code p = phi |dq|} the
   * objective is, up to a constant, {@code |g|^2} where b is above p (v is 0) and {@code |g|^2 -
   * b^2 + c p b} elsewhere, both convex; at b = p it may have a kink, where the minimum is that of
   * {@code |g|^2 - b^2 + t b} for some t from cp to 2p.
   */
  private SimplexQuadratic direction(SymmetricMatrix cosines, Vector along, double square) {
    double length = Math.sqrt(square);
    Vector b = along.dividedBy(length);
    double p = phi * length;
    double least = form.factor * p;
    SymmetricMatrix across = minusOuter(cosines, b);
    SimplexQuadratic below = SimplexQuadratic.minimum(across, b.times(least / 2));
    if (below.weights().dot(b) <= p) {
      return below;
    }
    SimplexQuadratic above = SimplexQuadratic.minimum(cosines, Vector.zeros(b.size()));
    if (above.weights().dot(b) >= p) {
      return above;
    }
    double low = least;
    double high = 2 * p;
    SimplexQuadratic kink = below;
    for (int halving = 0; halving < 60 && low < high; halving++) {
      double middle = (low + high) / 2;
      kink = SimplexQuadratic.minimum(across, b.times(middle / 2));
      if (kink.weights().dot(b) > p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return kink;
  }

  private static SymmetricMatrix minusOuter(SymmetricMatrix matrix, Vector v) {
    int size = v.size();
    double[] values = matrix.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] -= v.at(i / size) * v.at(i % size);
    }
    return SymmetricMatrix.of(size, values);
  }
}
