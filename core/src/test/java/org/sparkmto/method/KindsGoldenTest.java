package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.sparkmto.method.Systems.assertClose;
import static org.sparkmto.method.Systems.assertEachClose;
import static org.sparkmto.method.Systems.combined;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.random.Draws;

/**
 * Methods that see more than one Gram matrix, or gradients themselves, or the losses twice, against
 * {@link Golden}. The file holds 15 digits and its references ran in double, so 1e-9 is asked for.
 */
class KindsGoldenTest {
  private static final double EXACT = 1e-9;

  static List<Golden.Case> cases() {
    return Golden.cases();
  }

  private static Method method(String name, Map<String, ?> options) {
    return Methods.byName(name, options).method();
  }

  private static JsonNode steps(Golden.Case golden, String method) {
    JsonNode steps = golden.json().get("methods").path(method).path("steps");
    assumeTrue(steps.size() > 0, "no golden value");
    return steps;
  }

  /** Losses of step i of the file's sequences: {@code losses * sqrt(f_i)}. */
  private static Vector losses(Golden.Case golden, int step) {
    double factor = golden.json().get("sequence").get("f").get(step).asDouble();
    return golden.losses().times(Math.sqrt(factor));
  }

  /** Gradients of step i: row k is {@code g_k f_i (1 + 0.1 i x_k)}, x from -1 to 1. */
  private static double[][] gradients(Golden.Case golden, int step) {
    double factor = golden.json().get("sequence").get("f").get(step).asDouble();
    int tasks = golden.tasks();
    double[][] rows = golden.gradients();
    for (int k = 0; k < tasks; k++) {
      double place = -1 + 2.0 * k / (tasks - 1);
      rows[k] = Vector.of(rows[k]).times(factor * (1 + 0.1 * step * place)).toArray();
    }
    return rows;
  }

  private static Observation observation(int step, Vector losses) {
    return Observation.ofLosses(step, 0, losses, Vector.ones(losses.size()));
  }

  private static double[][] stacked(double[][]... blocks) {
    return Stream.of(blocks).flatMap(Arrays::stream).toArray(double[][]::new);
  }

  private static Vector block(Vector shared, int block, int tasks) {
    return shared.select(
        java.util.stream.IntStream.range(0, tasks).map(k -> block * tasks + k).toArray());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void famo(Golden.Case golden) {
    JsonNode steps = steps(golden, "famo");
    Weigher weigher = Systems.weigher(method("famo", Map.of("decay", 0.001)), golden.tasks());
    MethodState state = weigher.initialState();
    for (int step = 0; step < steps.size(); step++) {
      JsonNode expected = steps.get(step);
      Observation seen = observation(step, losses(golden, step));
      Weighing weighing = weigher.weigh(seen, state);
      assertEachClose(weighing.shared(), Golden.vector(expected.get("alpha")), EXACT);
      assertThat(weighing.heads()).isEqualTo(weighing.shared());
      assertClose(
          combined(weighing.shared(), gradients(golden, step)),
          Golden.vector(expected.get("g")),
          EXACT);
      state = weigher.lookAgain(seen, Golden.vector(expected.get("new_losses")), weighing.state());
      assertClose(state.perTask("logits"), Golden.vector(expected.get("w_after")), EXACT);
    }
  }

  private static Vector blended(Weighing weighing, double[][] averages, double[][] gradients) {
    Blend blend = weighing.blend().orElseThrow();
    for (int k = 0; k < averages.length; k++) {
      for (int p = 0; p < averages[k].length; p++) {
        averages[k][p] = blend.keep().at(k) * averages[k][p] + blend.take().at(k) * gradients[k][p];
      }
    }
    return combined(weighing.shared(), averages);
  }

  private static Weighing averaged(
      Weigher weigher,
      Golden.Case golden,
      int step,
      double[][] averages,
      double[][] gradients,
      MethodState state) {
    Weighing weighing =
        weigher.weigh(
            observation(step, losses(golden, step))
                .with(
                    new GradientSummary.AverageGram(
                        SymmetricMatrix.gramOf(stacked(averages, gradients)))),
            state);
    assertThat(weighing.failure()).isEmpty();
    return weighing;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void moCo(Golden.Case golden) {
    JsonNode steps = steps(golden, "moco");
    Method moco = method("moco", Map.of("projection", "softmax", "normalised", true));
    Weigher weigher = Systems.weigher(moco, golden.tasks());
    MethodState state = weigher.initialState();
    double[][] averages = new double[golden.tasks()][golden.gradients()[0].length];
    for (int step = 0; step < steps.size(); step++) {
      double[][] gradients = gradients(golden, step);
      Weighing weighing = averaged(weigher, golden, step, averages, gradients, state);
      assertEachClose(weighing.shared(), Golden.vector(steps.get(step).get("lambda")), EXACT);
      assertClose(
          blended(weighing, averages, gradients), Golden.vector(steps.get(step).get("g")), EXACT);
      state = weighing.state();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void dbMtl(Golden.Case golden) {
    JsonNode steps = steps(golden, "db_mtl");
    Weigher weigher = Systems.weigher(method("db-mtl", Map.of()), golden.tasks());
    MethodState state = weigher.initialState();
    double[][] averages = new double[golden.tasks()][golden.gradients()[0].length];
    for (int step = 0; step < steps.size(); step++) {
      double[][] gradients = gradients(golden, step);
      Weighing weighing = averaged(weigher, golden, step, averages, gradients, state);
      assertClose(
          blended(weighing, averages, gradients), Golden.vector(steps.get(step).get("g")), EXACT);
      Vector ofLogarithms = losses(golden, step).map(loss -> 1 / (loss + 1e-8));
      assertEachClose(weighing.heads(), ofLogarithms, 1e-15);
      state = weighing.state();
    }
  }

  /** G1 = G, G2 and G3 stand in the file, the same in both steps. */
  private static void samples(
      Golden.Case golden, String name, int weighed, double[][] weighedRows, double mean) {
    JsonNode steps = steps(golden, name);
    JsonNode json = golden.json().get("methods").get(name);
    int tasks = golden.tasks();
    SymmetricMatrix gram =
        SymmetricMatrix.gramOf(
            stacked(golden.gradients(), Golden.rows(json.get("G2")), Golden.rows(json.get("G3"))));
    // The reference's rate, at which ours by default does not descend.
    Map<String, ?> options = name.equals("sdmgrad") ? Map.of("rate", 5) : Map.of();
    Weigher weigher = Systems.weigher(method(name, options), tasks);
    MethodState state = weigher.initialState();
    for (int step = 0; step < steps.size(); step++) {
      Weighing weighing =
          weigher.weigh(
              observation(step, golden.losses()).with(new GradientSummary.PartGram(3, gram)),
              state);
      Vector expected = Golden.vector(steps.get(step).get("weights"));
      Vector own = block(weighing.shared(), weighed, tasks);
      // SDMGrad mixes the mean of the gradients in; its learned weights are what remains.
      assertClose(own.times(1 + mean).map(w -> w - mean / tasks), expected, EXACT);
      assertClose(weighing.state().perTask("weights"), expected, EXACT);
      assertClose(combined(own, weighedRows), Golden.vector(steps.get(step).get("g")), EXACT);
      for (int part = 0; part < 3; part++) {
        if (part != weighed) {
          assertThat(block(weighing.shared(), part, tasks)).isEqualTo(Vector.zeros(tasks));
        }
      }
      state = weighing.state();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sdmGrad(Golden.Case golden) {
    steps(golden, "sdmgrad");
    samples(golden, "sdmgrad", 0, golden.gradients(), 0.3);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void moDo(Golden.Case golden) {
    steps(golden, "modo");
    JsonNode third = golden.json().get("methods").get("modo").get("G3");
    samples(golden, "modo", 2, Golden.rows(third), 0);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void excessMtl(Golden.Case golden) {
    JsonNode steps = steps(golden, "excess_mtl");
    int tasks = golden.tasks();
    ElementMethod excess = (ElementMethod) method("excess-mtl", Map.of());
    Weigher weigher = Systems.weigher(excess, tasks);
    MethodState state = weigher.initialState();
    List<double[]> squares = new ArrayList<>();
    for (int k = 0; k < tasks; k++) {
      squares.add(new double[golden.gradients()[0].length]);
    }
    for (int step = 0; step < steps.size(); step++) {
      List<double[]> gradients = List.of(gradients(golden, step));
      Elements all = new Elements(gradients, Map.of("squares", squares), 0, weigher.draws(step));
      double[] sums = new double[tasks];
      excess.measure(all, sums);
      Vector norms = SymmetricMatrix.gramOf(gradients(golden, step)).diagonal();
      Weighing weighing =
          weigher.weigh(
              observation(step, losses(golden, step))
                  .with(new GradientSummary.ElementSums(norms, Vector.of(sums))),
              state);
      assertEachClose(weighing.shared(), Golden.vector(steps.get(step).get("alpha")), EXACT);
      double[] update = new double[gradients.get(0).length];
      excess.combine(all, weighing.shared(), update);
      assertClose(Vector.of(update), Golden.vector(steps.get(step).get("g")), EXACT);
      state = weighing.state();
    }
  }

  /** Draws of a file: element i has the i-th. */
  private record GivenUniform(Vector values) implements Draws {
    @Override
    public double uniform(long index) {
      return values.at(Math.toIntExact(index));
    }

    @Override
    public Draws at(long number) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Draws of(String purpose) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long bits(long index) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int below(int bound, long index) {
      throw new UnsupportedOperationException();
    }

    @Override
    public double normal(long index) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int[] permutation(int n) {
      throw new UnsupportedOperationException();
    }
  }

  private static Vector dropped(Golden.Case golden, Map<String, ?> options) {
    Elements all =
        new Elements(
            List.of(golden.gradients()),
            Map.of(),
            0,
            new GivenUniform(Golden.vector(golden.json().get("uniform_draws"))));
    double[] update = new double[all.length()];
    ((ElementMethod) method("graddrop", options)).combine(all, Vector.ones(golden.tasks()), update);
    return Vector.of(update);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradDrop(Golden.Case golden) {
    assertEachClose(dropped(golden, Map.of()), golden.vector("graddrop_sum", "g"), EXACT);
    Vector leak = golden.vector("graddrop_sum", "leak");
    List<Double> leaks = Arrays.stream(leak.toArray()).boxed().toList();
    // Sums of positive and negative numbers: 1e-9 of the largest.
    assertClose(
        dropped(golden, Map.of("leak", leaks)), golden.vector("graddrop_sum", "g_leak"), EXACT);
    assertEachClose(
        dropped(golden, Map.of("epsilon", 1e-8)),
        golden.vector("graddrop_cagrad_repo", "g"),
        EXACT);
  }

  /** The file has quadratic losses, so gradients at the trial step follow from it. */
  @Test
  void autoLambda() {
    JsonNode golden = Golden.auxiliary().get("results").get("auto_lambda");
    double[][] q = Golden.rows(golden.get("Q"));
    double[][] train = Golden.rows(golden.get("C_train"));
    double[][] held = Golden.rows(golden.get("C_val"));
    Vector theta = Golden.vector(golden.get("theta"));
    double rate = golden.get("lr").asDouble();
    BilevelMethod method =
        (BilevelMethod) method("auto-lambda", Map.of("primary", "0", "rate", 1e-4));
    Weigher weigher = Systems.weigher(method, 3);
    Observation seen = observation(0, Vector.ones(3));

    Weighing trial = weigher.weigh(seen, weigher.initialState());
    assertThat(trial.shared()).isEqualTo(Golden.vector(golden.get("lambda")));
    assertThat(trial.state()).isEqualTo(weigher.initialState());
    double[][] gradients = gradients(q, train, theta);
    Vector moved = theta.minus(combined(trial.shared(), gradients).times(rate));
    assertClose(moved, Golden.vector(golden.get("theta_virtual")), EXACT);
    Vector target = method.target(Systems.names(3));
    assertThat(target).isEqualTo(Golden.vector(golden.get("primary_mask")));
    Vector slope = combined(target, gradients(q, held, moved));
    assertClose(slope, Golden.vector(golden.get("d_val")), EXACT);
    double[] derivatives = new double[3];
    for (int k = 0; k < 3; k++) {
      derivatives[k] = -rate * Vector.of(gradients[k]).dot(slope);
    }
    assertEachClose(
        Vector.of(derivatives), Golden.vector(golden.get("meta_grad_exact_gram")), EXACT);
    Weighing weighing =
        weigher.weigh(
            seen.with(new GradientSummary.Derivatives(Vector.of(derivatives))),
            weigher.initialState());
    assertEachClose(weighing.shared(), Golden.vector(golden.get("lambda_after_adam_1e-4")), EXACT);
    assertThat(weighing.state().perTask("weights")).isEqualTo(weighing.shared());
  }

  private static double[][] gradients(double[][] q, double[][] centre, Vector theta) {
    double[][] rows = new double[q.length][];
    for (int k = 0; k < q.length; k++) {
      rows[k] = theta.minus(Vector.of(centre[k])).times(Vector.of(q[k])).toArray();
    }
    return rows;
  }

  /** One optimiser per task, all with gradients of one point; the run's decays once. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "adatask_adam, adatask, -, adam, 0, 0.9, 0.999",
        "mao_adam_sqrt_correction, mao, sqrt, adamw, 0.01, 0.9, 0.999",
        "mao_literal_eq12, mao, literal, adamw, 0.01, 0.9, 0.999",
        "mao_gradient_descent_eq9, mao, -, rmsprop, 0, -, 0.999",
      })
  void oneOptimiserPerTask(
      String entry,
      String name,
      String correction,
      String optimizer,
      double decay,
      Double beta1,
      double beta2) {
    JsonNode golden = Golden.optimizers().get("results").get(entry);
    double rate = golden.get("lr").asDouble();
    double epsilon = golden.get("eps").asDouble();
    Map<String, Object> options = new java.util.HashMap<>(Map.of("epsilon", epsilon));
    if (beta1 == null) {
      options.put("decay", beta2);
    } else {
      options.putAll(Map.of("beta1", beta1, "beta2", beta2));
    }
    if (decay > 0) {
      options.put("weight-decay", decay);
    }
    Optimizer ofRun = Optimizers.byName(optimizer, options);
    Map<String, String> own = correction == null ? Map.of() : Map.of("bias-correction", correction);
    Optimizer rule = ((TaskwiseMethod) method(name, own)).rule(ofRun).withoutDecay();
    assertThat(rule.decoupledDecay()).isZero();
    double[] theta = Golden.vector(Golden.optimizers().get("theta0")).toArray();
    JsonNode perStep = Golden.optimizers().get("task_gradients");
    int tasks = perStep.get(0).size();
    double[][][] state = new double[tasks][rule.state().size()][theta.length];
    for (int step = 0; step < perStep.size(); step++) {
      double[][] gradients = Golden.rows(perStep.get(step));
      for (int p = 0; p < theta.length; p++) {
        theta[p] -= rate * ofRun.decoupledDecay() * theta[p];
      }
      for (int k = 0; k < tasks; k++) {
        rule.update(theta, gradients[k], state[k], 0, theta.length, step + 1, rate);
      }
      assertClose(Vector.of(theta), Golden.vector(golden.get("theta").get(step)), EXACT);
    }
  }

  /** Tasks take turns; the file has x after every turn. */
  @Test
  void mtlIo() {
    JsonNode golden = Golden.alternating();
    TaskwiseMethod method = (TaskwiseMethod) method("mtl-io", Map.of());
    assertThat(method.alternates()).isTrue();
    Optimizer rule = method.rule(Optimizers.byName("sgd", Map.of("momentum", 0.9)));
    double[][] a = Golden.rows(golden.get("a"));
    double[][] c = Golden.rows(golden.get("c"));
    double[] x = Golden.vector(golden.get("x0")).toArray();
    double[][][] state = new double[a.length][1][x.length];
    for (int turn = 0; turn < golden.get("x").size(); turn++) {
      int k = turn % a.length;
      double[] gradient = gradients(a, c, Vector.of(x))[k];
      rule.update(x, gradient, state[k], 0, x.length, turn / a.length + 1, 0.05);
      assertClose(Vector.of(x), Golden.vector(golden.get("x").get(turn)), EXACT);
    }
  }
}
