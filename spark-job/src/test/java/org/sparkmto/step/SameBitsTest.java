package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.NoDevice;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.training.Runs;

/**
 * Every kind of method, on one rank and on two, ends where it ended when the fixture was recorded:
 * the same bits on the kind of processor that it was recorded on, the same numbers up to rounding
 * on others, whose kernels add in other orders. What is learned follows the schedule here.
 *
 * <p>Recorded on 29 November 2026, before kinds, routes and messages were cut anew; ial again when
 * its sigma began to start at the paper's weighting and to step before the shared part; all of them
 * again when update rules became operations on tensors, which round a product and a sum once and
 * not twice: the numbers of the file moved by at most 2.2e-6; graddrop and excess-mtl when they
 * began to act on tensors too: by at most 3e-8.
 *
 * <p>To record a fixture again, of a state that is known to be right, run this test with {@code
 * -Dspark-mto.record=FILE}.
 */
class SameBitsTest {
  private static final String FIXTURE = "same-bits.txt";
  private static final TinyProblem PROBLEM = new TinyProblem(3, 23, 0.3);
  private static final int STEPS = 7;

  /** Seven steps in single precision. Every run moves parameters by more than a hundredth. */
  private static final double ROUNDING = 1e-4;

  /** What is learned for a task follows the schedule of the parameters. */
  private static final String FOLLOWS = ", rate = schedule";

  /** By name: the method's settings, then the optimiser's and the schedule's. */
  private static final Map<String, List<String>> RUNS = new LinkedHashMap<>();

  static {
    run("ew", "name = ew", "name = sgd, momentum = 0.9", "rate = 0.05");
    run("ew-weights", "name = ew, weights = [1, 2, 0.5]", "name = signum", "rate = 0.01");
    run("rlw", "name = rlw", "name = adam", "name = cosine, rate = 0.02, steps = 9");
    run("dwa", "name = dwa", "name = sgd", "name = step-decay, rate = 0.2, every-epochs = 1");
    run("uw", "name = uw" + FOLLOWS, "name = adam", "rate = 0.02");
    run("imtl-l", "name = imtl-l" + FOLLOWS, "name = sgd, momentum = 0.9", "rate = 0.02");
    run("gls", "name = gls", "name = rmsprop", "rate = 0.01");
    run("log-sum", "name = log-sum", "name = adagrad", "rate = 0.02");
    run("dtp", "name = dtp", "name = adam", "rate = 0.02, warm-up-steps = 3");
    run("famo", "name = famo", "name = adam", "rate = 0.02");
    run("imtl-g", "name = imtl-g, level = representation", "name = adam", "rate = 0.02");
    run("mgda", "name = mgda, level = parameters", "name = rmsprop", "rate = 0.01");
    run("mgda-ub", "name = mgda-ub", "name = sgd, momentum = 0.9", "rate = 0.1");
    run("gradnorm", "name = gradnorm" + FOLLOWS, "name = adam", "rate = 0.02");
    run("ial", "name = ial" + FOLLOWS, "name = adam", "rate = 0.02");
    run("pcgrad", "name = pcgrad, level = parameters", "name = adamw", "rate = 0.02");
    run(
        "pcgrad-z",
        "name = pcgrad, level = representation, heads = shared",
        "name = adam",
        "rate = 0.02");
    run("gradvac", "name = gradvac, beta = 0.5", "name = adam", "rate = 0.02");
    run("gradvac-layer", "name = gradvac, beta = 0.5, per = layer", "name = adam", "rate = 0.02");
    run("gradvac-tensor", "name = gradvac, beta = 0.5, per = tensor", "name = sgd", "rate = 0.2");
    run("cagrad", "name = cagrad", "name = adam", "name = polynomial, rate = 0.02, steps = 20");
    run("moco", "name = moco", "name = adam", "rate = 0.02");
    run("db-mtl", "name = db-mtl", "name = adam", "rate = 0.02");
    run("sdmgrad", "name = sdmgrad, rate = 0.1", "name = adam", "rate = 0.02");
    run("modo", "name = modo, gamma = 0.5", "name = sgd, momentum = 0.9", "rate = 0.1");
    run("graddrop", "name = graddrop, leak = [0.1, 0.5, 0]", "name = adam", "rate = 0.02");
    run("excess-mtl", "name = excess-mtl", "name = adam", "rate = 0.02");
    run("mao", "name = mao", "name = adamw, weight-decay = 0.5, epsilon = 1e-4", "rate = 0.02");
    run("adatask", "name = adatask", "name = adagrad, epsilon = 1e-4", "rate = 0.02");
    run("mtl-io", "name = mtl-io", "name = sgd, momentum = 0.9", "rate = 0.05");
    run("auto-lambda", "name = auto-lambda, rate = 0.05", "name = adam", "rate = 0.02");
    run(
        "auto-lambda-ones",
        "name = auto-lambda, rate = 0.05, heads = ones, primary = task1",
        "name = sgd",
        "rate = 0.5");
  }

  /** Their small system of equations may be solved with another rounding. */
  private static final List<String> SOLVED = List.of("imtl-g");

  private static void run(String name, String method, String optimizer, String schedule) {
    RUNS.put(
        name,
        List.of(
            "method { " + method + " }",
            "optimizer { " + optimizer + " }",
            "schedule { " + schedule + " }"));
  }

  /** How one run ended. */
  private record Ending(String run, int ranks, String digest, double norm, List<Double> samples) {
    static Ending of(String run, int ranks, float[] parameters) {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * parameters.length);
      double square = 0;
      for (float value : parameters) {
        bytes.putFloat(value);
        square += (double) value * value;
      }
      List<Double> samples = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        samples.add((double) parameters[(int) ((long) parameters.length * i / 12)]);
      }
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
        return new Ending(run, ranks, HexFormat.of().formatHex(digest), Math.sqrt(square), samples);
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every Java has SHA-256", e);
      }
    }

    static Ending parse(String line) {
      String[] words = line.split(" ", -1);
      return new Ending(
          words[0],
          Integer.parseInt(words[1]),
          words[2],
          Double.parseDouble(words[3]),
          Stream.of(words).skip(4).map(Double::valueOf).toList());
    }

    String line() {
      StringBuilder line =
          new StringBuilder("%s %d %s %s".formatted(run, ranks, digest, (float) norm));
      samples.forEach(value -> line.append(' ').append((float) (double) value));
      return line.toString();
    }
  }

  /** Whatever a kind of method computes, it computes where the network lies. */
  @ParameterizedTest
  @MethodSource("runs")
  void aStepLeavesNothingOnTheHost(String run) {
    List<String> settings = new ArrayList<>(RUNS.get(run));
    if (!List.of("mao", "adatask", "mtl-io").contains(run)) {
      settings.add("update.clip-norm = 0.5");
    }
    settings.add("log.gradients-every = 1");
    TrainingConfiguration configuration = PROBLEM.configuration(settings.toArray(String[]::new));
    NetworkPlan plan = PROBLEM.constant();
    Aggregator aggregator =
        new Aggregator(
            configuration,
            PROBLEM.names(),
            ParameterGroups.count(configuration.method().method(), plan.layout()),
            (seen, weighing) -> {});
    try (Replica replica = Replica.of(plan, Draws.of(11), NoDevice.META);
        GradientRoute route =
            TinyProblem.route(configuration, replica, new SoloGroup(), aggregator::weigh)) {
      PROBLEM.train(route, 0, 2);
      assertThat(route.optimizerState().values()).allMatch(vector -> vector.tensor().is_meta());
    }
  }

  /** Ranks are threads here; each with threads of its own would wait for the others'. */
  @BeforeAll
  static void oneThreadARank() throws Exception {
    ComputeThreads.use(1);
    recordWhereAsked();
  }

  private static void recordWhereAsked() throws Exception {
    String file = System.getProperty("spark-mto.record", "");
    if (!file.isEmpty()) {
      List<String> lines = new ArrayList<>(List.of(processor()));
      for (String run : RUNS.keySet()) {
        endings(run).forEach(ending -> lines.add(ending.line()));
      }
      Files.write(Path.of(file), lines);
    }
  }

  static Stream<String> runs() {
    return RUNS.keySet().stream();
  }

  private static List<Ending> endings(String run) throws Exception {
    List<Ending> endings = new ArrayList<>();
    for (int ranks = 1; ranks <= 2; ranks++) {
      List<float[]> all = PROBLEM.trained(ranks, STEPS, RUNS.get(run).toArray(String[]::new));
      for (float[] other : all) {
        assertThat(other).as("ranks among themselves").isEqualTo(all.get(0));
      }
      assertThat(Runs.difference(all.get(0), start())).as("moved").isGreaterThan(100 * ROUNDING);
      endings.add(Ending.of(run, ranks, all.get(0)));
    }
    return endings;
  }

  private static float[] start() {
    try (Replica replica = PROBLEM.replica()) {
      return TinyProblem.values(replica.parameters());
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void endsWhereItEndedBefore(String run) throws Exception {
    List<String> lines = fixture();
    List<Ending> before =
        lines.stream().filter(line -> line.startsWith(run + " ")).map(Ending::parse).toList();
    List<Ending> now = endings(run);
    assertThat(before).as("endings in the fixture").hasSize(2);
    for (int i = 0; i < before.size(); i++) {
      Ending expected = before.get(i);
      assertThat(now.get(i).ranks()).isEqualTo(expected.ranks());
      assertThat(now.get(i).norm()).isCloseTo(expected.norm(), within(ROUNDING * expected.norm()));
      for (int at = 0; at < expected.samples().size(); at++) {
        assertThat(now.get(i).samples().get(at))
            .as("%d ranks, sample %d", expected.ranks(), at)
            .isCloseTo(expected.samples().get(at), within(ROUNDING));
      }
      if (lines.get(0).equals(processor()) && !SOLVED.contains(run)) {
        assertThat(now.get(i).digest())
            .as("%d ranks", expected.ranks())
            .isEqualTo(expected.digest());
      }
    }
  }

  /** Otherwise a run could ignore its method and pass. */
  @Test
  void theFixtureHoldsEveryRunAndAllOfThemDiffer() throws IOException {
    List<Ending> all = fixture().stream().skip(1).map(Ending::parse).toList();
    assertThat(all).extracting(Ending::run).hasSameElementsAs(RUNS.keySet());
    assertThat(all)
        .filteredOn(ending -> ending.ranks() == 1)
        .hasSize(RUNS.size())
        .extracting(Ending::digest)
        .doesNotHaveDuplicates();
  }

  private static List<String> fixture() throws IOException {
    try (InputStream in = SameBitsTest.class.getResourceAsStream(FIXTURE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** What libtorch and its libraries choose kernels by. */
  private static String processor() throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    Path file = Path.of("/proc/cpuinfo");
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          facts.putIfAbsent(
              line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
              line.substring(colon + 1).strip());
        }
      }
    }
    List<String> flags = List.of(facts.getOrDefault("flags", "").split(" ", -1));
    return "# %s family %s model %s, %s"
        .formatted(
            facts.get("vendor_id"),
            facts.get("cpu family"),
            facts.get("model"),
            Stream.of("avx", "avx2", "fma", "avx512f", "avx512bw", "avx512_bf16", "amx_tile")
                .filter(flags::contains)
                .toList());
  }
}
