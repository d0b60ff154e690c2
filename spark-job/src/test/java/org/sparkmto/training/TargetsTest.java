package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.configuration.TargetsSection;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.TargetRange;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.step.TinyProblem;

/** Targets of a data set of one's own: an age, two coordinates in one column, a yes or no. */
class TargetsTest {
  private static final Column IMAGE =
      new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(1, 8, 8));

  /** Stored in months: the age in years is a twelfth. */
  private static final Column AGE =
      new Column("age", Column.Role.TARGET, ElementType.FLOAT32, List.of(1), 1 / 12.0, 0, "years");

  private static final Column PLACE =
      new Column("place", Column.Role.TARGET, ElementType.FLOAT32, List.of(2));
  private static final Column LABELS =
      new Column("labels", Column.Role.TARGET, ElementType.UINT8, List.of(2));

  private static final List<Task> TASKS =
      List.of(
          task("age", TaskKind.REGRESSION, "age", Task.WHOLE, 1).withLoss("l1"),
          task("left", TaskKind.REGRESSION, "place", 0, 1).withLoss("l2"),
          task("top", TaskKind.REGRESSION, "place", 1, 1).withLoss("huber"),
          task("smiles", TaskKind.BINARY, "labels", 0, 2),
          task("glasses", TaskKind.CLASSIFICATION, "labels", 1, 3));

  private static Task task(String name, TaskKind kind, String target, int element, int classes) {
    return new Task(name, kind, List.of("image"), target, element, classes, 255);
  }

  private static final Map<String, TargetRange> RANGES =
      Map.of(
          "age", range(40, 12.5),
          "left", range(-300, 20),
          // A number that never varies.
          "top", range(7, 0));

  private static TargetRange range(double mean, double deviation) {
    return new TargetRange(
        List.of(new TargetRange.Channel(9, 1, mean - 99, mean + 99, mean, deviation)));
  }

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  private static DatasetManifest manifest(String name, Map<String, TargetRange> ranges) {
    return new DatasetManifest(
        name,
        "test",
        0,
        List.of(IMAGE, AGE, PLACE, LABELS),
        TASKS,
        Map.of(),
        Map.of("image", new ChannelStatistics(List.of(100.0), List.of(50.0))),
        Map.of(
            "smiles", new LabelHistogram(List.of(6L, 2L), 2),
            "glasses", new LabelHistogram(List.of(1L, 3L, 0L), 6)),
        ranges,
        new SourceCounts(0, 0, Map.of()),
        Map.of(),
        List.of());
  }

  private static TrainingConfiguration of(String lines) {
    return TrainingConfiguration.parse(
        "run.directory = a\ndata.directory = b\nnetwork { width = 2, features = 6, hidden = 5 }\n"
            + lines);
  }

  private static NetworkPlan plan(String lines, String name) {
    return of(lines).networkPlan(manifest(name, RANGES));
  }

  private static Batch batch(float... numbers) {
    int samples = numbers.length / 3;
    ByteBuffer age = ByteBuffer.allocate(4 * samples).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer place = ByteBuffer.allocate(8 * samples).order(ByteOrder.LITTLE_ENDIAN);
    for (int sample = 0; sample < samples; sample++) {
      age.putFloat(numbers[3 * sample] * 12);
      place.putFloat(numbers[3 * sample + 1]).putFloat(numbers[3 * sample + 2]);
    }
    byte[] images = new byte[64 * samples];
    for (int i = 0; i < images.length; i++) {
      images[i] = (byte) Draws.of(3).below(256, i);
    }
    return new Batch(
        samples,
        Map.of(
            "image",
            images,
            "age",
            age.array(),
            "place",
            place.array(),
            "labels",
            new byte[2 * samples]));
  }

  @Test
  void ownDataAreStandardisedAndOthersNotUnlessAsked() {
    assertThat(plan("", "own").statistics())
        .containsEntry("age", new ChannelStatistics(List.of(40.0), List.of(12.5)))
        .containsEntry("place", new ChannelStatistics(List.of(-300.0, 7.0), List.of(20.0, 1.0)))
        .containsKey("image");
    assertThat(plan("targets.standardise = true", "nyuv2").statistics()).hasSize(3);
    NetworkPlan published = plan("", "nyuv2");
    assertThat(published.statistics()).containsOnlyKeys("image");
    assertThat(published.priors()).isEmpty();
    assertThat(published).isEqualTo(plan("targets { standardise = false, prior = false }", "own"));
    assertThat(plan("data.normalisation = dataset, targets.prior = false", "own").priors())
        .isEmpty();
  }

  /** Bias at the mean, log-odds, log shares; what never occurs counts as half an element. */
  @Test
  void headsStartAtThePriorOfTheTrainingSplit() {
    Map<String, List<Double>> standardised = plan("", "own").priors();
    assertThat(standardised.get("age")).containsExactly(0.0);
    assertThat(standardised.get("smiles")).containsExactly(Math.log(2 / 6.0));
    assertThat(standardised.get("glasses"))
        .containsExactly(Math.log(1 / 4.0), Math.log(3 / 4.0), Math.log(0.5 / 4));
    NetworkPlan plain = plan("targets.standardise = false", "own");
    assertThat(plain.priors().get("left")).containsExactly(-300.0);
    for (NetworkPlan plan : List.of(plain, plan("", "own"))) {
      // Of the layer below, weights are drawn as ever: answers lie around the prior.
      float[] age = predicted(plan, batch(30, 1, 1)).get(0);
      assertThat(age[0]).isCloseTo(40, within(12.5f));
    }
    assertThat(
            predicted(
                    plan("targets.prior = false, targets.standardise = false", "own"),
                    batch(1, 1, 1))
                .get(0)[0])
        .isCloseTo(0, within(2f));
  }

  private static List<float[]> predicted(NetworkPlan plan, Batch batch) {
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      return replica.predict(batch);
    }
  }

  /**
   * The loss is of standardised numbers, predictions are in the target's unit, and what is missing
   * counts for neither: both from one pass, held against a plain loop. To 1e-5, for floats.
   */
  @Test
  void theLossIsOfStandardisedNumbersAndPredictionsAreInTheTargetsUnit() {
    Batch batch = batch(30, -320, 7, Float.NaN, -250, 8, 61, Float.NaN, 3.5f);
    NetworkPlan plan = plan("targets.prior = false", "own");
    try (Replica replica = Replica.of(plan, Draws.of(2));
        ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      List<float[]> said = replica.predict(batch);
      double[] losses = pass.lossSums();
      double age = Math.abs(said.get(0)[0] - 30) / 12.5 + Math.abs(said.get(0)[2] - 61) / 12.5;
      assertThat(losses[0]).isCloseTo(age, within(1e-5 * age));
      double left =
          Math.pow((said.get(1)[0] + 320) / 20, 2) + Math.pow((said.get(1)[1] + 250) / 20, 2);
      assertThat(losses[1]).isCloseTo(left, within(1e-5 * left));
      double top =
          huber(said.get(2)[0] - 7) + huber(said.get(2)[1] - 8) + huber(said.get(2)[2] - 3.5);
      assertThat(losses[2]).isCloseTo(top, within(1e-5 * top));
      assertThat(pass.labelled()).containsExactly(2, 2, 3, 3, 3);
    }
  }

  private static double huber(double error) {
    return Math.abs(error) <= 1 ? error * error / 2 : Math.abs(error) - 0.5;
  }

  /** Its targets were standardised by the data that it was trained on, so its answers are, too. */
  @Test
  void aModelKeepsTheScaleOfItsTrainingForOtherData() {
    NetworkPlan trained = plan("", "own");
    NetworkPlan elsewhere =
        of("")
            .networkPlan(manifest("own", Map.of("age", range(5, 1))))
            .normalised(trained.statistics());
    try (Replica one = Replica.of(trained, Draws.of(2));
        Replica other = Replica.of(elsewhere, Draws.of(3))) {
      float[] weights = TinyProblem.values(one.parameters());
      other.parameters().write(0, weights, 0, weights.length);
      Batch batch = batch(30, 1, 2);
      assertThat(other.predict(batch).get(0)).containsExactly(one.predict(batch).get(0));
      assertThat(other.predict(batch).get(1)).containsExactly(one.predict(batch).get(1));
    }
  }

  @Test
  void whatHasNoStatisticsIsNotStandardisedAndRefusedWhereItIsAskedFor() {
    Map<String, TargetRange> old =
        Map.of("age", new TargetRange(List.of(new TargetRange.Channel(9, 1, 0, 80, 40))));
    DatasetManifest manifest = manifest("own", old);
    NetworkPlan plan = of("").networkPlan(manifest);
    assertThat(plan.statistics()).containsOnlyKeys("image");
    assertThat(plan.inOwnUnits()).containsExactly("age", "left", "top");
    TargetsSection asked = of("targets.standardise = true").targets();
    assertThatThrownBy(() -> asked.require(plan, manifest))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "targets.standardise = true, but data set 'own' does not say how age, left, top is"
                + " spread; preprocess it again, or set targets.standardise = false");
    of("").targets().require(plan, manifest);
  }

  @ParameterizedTest
  @CsvSource({"targets.standardise = perhaps", "targets.prior = 3"})
  void otherWordsAreRefused(String line) {
    assertThatThrownBy(() -> of(line))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("must be one of auto, true, false");
  }
}
