package org.sparkmto.method;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.random.Draws;

/**
 * Steps of a method of any kind on gradients in memory: what the ranks and the driver of a run do
 * together, in double precision and in one object. It keeps all that lasts between steps: the
 * method's state, what is learned, running averages, what is remembered of elements, and the
 * optimisers' moments. The parameters may lie in several slices, as ranks hold them; then only sums
 * over slices are told to the method.
 *
 * <p>Changes with every step; not for several threads.
 */
public final class LocalStep {

  /** Losses and gradients as functions of the parameters. */
  public interface Problem {
    /** The loss of every task. */
    Vector losses(double[] parameters);

    /** The gradient of every loss, one row per task. */
    double[][] gradients(double[] parameters);

    /** The gradients over one part of the batch; all parts are the batch unless they differ. */
    default double[][] gradients(double[] parameters, int part) {
      return gradients(parameters);
    }

    /**
     * Losses and gradients of one point, whatever the parameters.
     *
     * @param parts the gradients over every part of the batch, or one for all
     */
    static Problem at(Vector losses, double[][]... parts) {
      return new Problem() {
        @Override
        public Vector losses(double[] parameters) {
          return losses;
        }

        @Override
        public double[][] gradients(double[] parameters) {
          return gradients(parameters, 0);
        }

        @Override
        public double[][] gradients(double[] parameters, int part) {
          return parts[part % parts.length];
        }
      };
    }
  }

  /** What a method begins its first step with. */
  public static final class Builder {
    private final Method method;
    private final List<String> names;
    private Draws draws = Draws.of(0);
    private HeadWeights heads = HeadWeights.OWN;
    private LearningRule learning = LearningRule.ofSchedule();
    private Optional<Optimizer> optimizer = Optional.empty();
    private int slices = 1;
    private int groups = 1;

    private Builder(Method method, List<String> names) {
      this.method = method;
      this.names = names;
    }

    /** The random numbers of a run's seed; those of seed 0 unless said otherwise. */
    public Builder draws(Draws ofSeed) {
      this.draws = ofSeed;
      return this;
    }

    /** Which weights the heads get. */
    public Builder heads(HeadWeights weights) {
      this.heads = weights;
      return this;
    }

    /** Moves the parameters, and what the method learns unless that has a rule of its own. */
    public Builder optimizer(Optimizer ofRun) {
      this.optimizer = Optional.of(ofRun);
      return this;
    }

    /** Into how many slices the parameters are cut, each held by one rank. */
    public Builder slices(int count) {
      this.slices = count;
      return this;
    }

    /** Into how many groups of one size a {@link LayerwiseMethod} sees the parameters cut. */
    public Builder groups(int count) {
      this.groups = count;
      return this;
    }

    /**
     * The method before its first step.
     *
     * @throws IllegalArgumentException if the method does not fit the tasks or the optimiser
     */
    public LocalStep start() {
      return new LocalStep(this);
    }
  }

  private final Method method;
  private final List<String> names;
  private final Weigher weigher;
  private final Kind<?> kind;
  private final Optional<Optimizer> optimizer;
  private final Optional<LearnedVectors> learned;
  private final int slices;
  private final Map<String, double[][]> remembered = new HashMap<>();
  private MethodState state;
  private Problem problem = Problem.at(Vector.zeros(0));
  private double[] parameters = {};
  private double[][] rows = {};
  private long step;
  private Observation seen;
  private Weighing last;

  private LocalStep(Builder given) {
    method = given.method;
    names = List.copyOf(given.names);
    weigher = new Weigher(method, names, given.groups, given.draws, given.heads);
    kind = weigher.kind();
    optimizer = given.optimizer;
    optimizer.ifPresent(method::optimizerPerTask);
    learned =
        optimizer.map(
            ofRun -> new LearnedVectors(method, given.learning, ofRun, given.names.size()));
    slices = given.slices;
    state = weigher.initialState();
  }

  /**
   * A method in a run.
   *
   * @param names the names of the run's tasks, at least one
   */
  public static Builder of(Method method, List<String> names) {
    return new Builder(method, names);
  }

  /** A registered method in a run, with its heads and the way in which it learns. */
  public static Builder of(MethodEntry.Made made, List<String> names) {
    Builder builder = new Builder(made.method(), names).heads(made.heads());
    builder.learning = made.learning();
    return builder;
  }

  /**
   * Makes one step of a run: sees, weighs, moves the parameters, and looks again where the method
   * does.
   *
   * @param point the parameters, moved
   * @param epoch from 0
   * @param rate the schedule's rate in this step
   * @throws IllegalStateException if there is no optimiser
   */
  public void step(double[] point, Problem at, int epoch, double rate) {
    problem = at;
    parameters = point;
    kind.step(this, epoch, rate);
  }

  /**
   * Sees and weighs a step without moving any parameters; what the method keeps goes on.
   *
   * @param rate of what it learns
   */
  public Weighing weigh(Problem at, int epoch, double rate) {
    return weigh(observe(at, Vector.ones(names.size()), epoch), rate);
  }

  /**
   * What ranks would report of a step, this one's number on it.
   *
   * @param labelled how many labels every task has
   */
  public Observation observe(Problem at, Vector labelled, int epoch) {
    problem = at;
    return new Observation(step, epoch, at.losses(parameters), labelled, kind.observe(this));
  }

  /** Weighs what was seen of a step; what the method keeps goes on. */
  public Weighing weigh(Observation observed, double rate) {
    seen = observed;
    Weighing first = weigher.weigh(observed, state);
    last = learned.map(own -> own.learn(weigher, observed, first, rate)).orElse(first);
    state = last.state();
    step = observed.step() + 1;
    kind.weighed(this, last);
    return last;
  }

  /** The gradient of the update that the last weighing makes of the gradients it has seen. */
  public double[] combined() {
    return kind.combine(this, last);
  }

  /** Tells the losses after the last step's update to a method that looks at them. */
  public void lookAgain(Vector losses) {
    state = weigher.lookAgain(seen, losses, state);
  }

  /** The outcome of the last weighing. */
  public Weighing last() {
    return last;
  }

  /** What the method remembers. */
  public MethodState state() {
    return state;
  }

  /** Gives the method something else to remember. */
  public void remember(MethodState other) {
    state = other;
  }

  /** The rows that the last step's weights are of: gradients, or averages after their blend. */
  public double[][] rows() {
    return rows.clone();
  }

  // What kinds see of a step with parameters in slices.

  int tasks() {
    return names.size();
  }

  List<String> names() {
    return names;
  }

  Problem problem() {
    return problem;
  }

  double[] parameters() {
    return parameters;
  }

  double[][] gradients() {
    return problem.gradients(parameters);
  }

  double[][] gradients(int part) {
    return problem.gradients(parameters, part);
  }

  /** The next step's losses alone. */
  Observation losses(int epoch) {
    Vector losses = problem.losses(parameters);
    return Observation.ofLosses(step, epoch, losses, Vector.ones(losses.size()));
  }

  /** The weights of a trial step, which is no step: nothing is kept. */
  Weighing trial(Observation observed) {
    return weigher.weigh(observed, state);
  }

  void weighsRows(double[][] all) {
    rows = all;
  }

  Slices slices() {
    return new Slices(rows[0].length, slices);
  }

  Optimizer optimizer() {
    return optimizer.orElseThrow(
        () -> new IllegalStateException("parameters cannot move without an optimiser"));
  }

  /** The number of the step that was weighed last. */
  long weighedStep() {
    return seen.step();
  }

  /** The random numbers of the step that was weighed last. */
  Draws draws() {
    return weigher.draws(seen.step());
  }

  /** The random numbers of the step that is weighed next. */
  Draws drawsToCome() {
    return weigher.draws(step);
  }

  /** Arrays that last, zeros at first. */
  double[][] remembered(String name, int count, int length) {
    return remembered.computeIfAbsent(name, unused -> new double[count][length]);
  }

  /** The inner products of rows from one element to another, summed over slices. */
  SymmetricMatrix gram(double[][] some, long from, long to) {
    Slices cut = new Slices(some[0].length, slices);
    double[] sum = new double[some.length * some.length];
    boolean first = true;
    for (int rank = 0; rank < slices; rank++) {
      int start = (int) Math.max(from, cut.start(rank));
      int end = (int) Math.min(to, cut.start(rank + 1));
      if (start < end) {
        double[] own = SymmetricMatrix.gramOf(cut(some, start, end)).toArray();
        sum = first ? own : Vector.of(sum).plus(Vector.of(own)).toArray();
        first = false;
      }
    }
    return SymmetricMatrix.of(some.length, sum);
  }

  SymmetricMatrix gram(double[][] some) {
    return gram(some, 0, some[0].length);
  }

  static double[][] cut(double[][] some, int start, int end) {
    return Arrays.stream(some)
        .map(row -> Arrays.copyOfRange(row, start, end))
        .toArray(double[][]::new);
  }

  /** The sum of rows, weighted. */
  static double[] sum(Vector weights, double[][] some) {
    double[] sum = new double[some[0].length];
    for (int row = 0; row < some.length; row++) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weights.at(row) * some[row][i];
      }
    }
    return sum;
  }

  /** Moves the parameters as the run's optimiser does. */
  void descend(double[] gradient, double rate) {
    Optimizer rule = optimizer();
    double[][] moments = remembered("moments", rule.state().size(), parameters.length);
    rule.update(parameters, gradient, moments, seen.step() + 1, rate);
  }
}
