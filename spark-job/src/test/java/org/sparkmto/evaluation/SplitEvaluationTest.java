package org.sparkmto.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Batch;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.input.RankBatch;
import org.sparkmto.input.SplitScan;
import org.sparkmto.input.SplitSource;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.metric.Metrics;
import org.sparkmto.network.Replica;
import org.sparkmto.runlog.ConstantScores;

class SplitEvaluationTest {
  @TempDir Path folder;

  private DatasetDirectory dataset;
  private List<Task> tasks;
  private SplitEvaluation evaluation;
  private SplitSource source;
  private Replica replica;

  @BeforeEach
  void open() {
    JudgedStripes stripes = JudgedStripes.write(folder);
    dataset = stripes.dataset();
    tasks = stripes.tasks();
    evaluation = stripes.evaluation();
    source = stripes.source();
    replica = stripes.replica();
  }

  @AfterEach
  void close() {
    replica.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void countsOfPartsAddUpToThoseOfTheWholeSplit(int ranks) {
    SplitEvaluation judging = evaluation.withLosses();
    SplitCounts counts = judging.nothing();
    for (int rank = 0; rank < ranks; rank++) {
      counts.add(judging.count(replica, source, rank, ranks));
    }
    SplitCounts whole = judging.count(replica, source, 0, 1);
    assertThat(judging.scores(counts)).isEqualTo(judging.scores(whole));
    // Sums in single precision over batches that are cut elsewhere.
    judging
        .losses(whole)
        .forEach(
            (task, loss) ->
                assertThat(judging.losses(counts).get(task)).isCloseTo(loss, within(1e-6 * loss)));
    assertThat(evaluation.losses(evaluation.nothing())).isEmpty();
  }

  /** By hand, from the outputs: the mean over what is labelled of -log p of the label. */
  @Test
  void theLossOfATaskIsTheMeanOverItsLabelledSamples() {
    double[] sums = new double[tasks.size()];
    int[] labelled = new int[tasks.size()];
    try (SplitScan scan = SplitScan.open(source, 0, 1, 17)) {
      for (Optional<RankBatch> next = scan.next(); next.isPresent(); next = scan.next()) {
        Batch batch = next.get().host();
        List<float[]> outputs = replica.predict(batch);
        for (int task = 0; task < sums.length; task++) {
          addLoss(tasks.get(task), outputs.get(task), batch, task, sums, labelled);
        }
      }
    }
    SplitEvaluation judging = evaluation.withLosses();
    Map<String, Double> losses = judging.losses(judging.count(replica, source, 0, 1));
    for (int task = 0; task < sums.length; task++) {
      assertThat(losses.get(tasks.get(task).name()))
          .isCloseTo(sums[task] / labelled[task], within(1e-5));
    }
    assertThat(judging.losses(judging.nothing()).values()).containsOnly(Double.NaN);
  }

  /** What the validation split chose is used elsewhere, and nobody else may choose. */
  @Test
  void thresholdsOfASplitAreUsedWhereTheyAreGiven() {
    MetricChoices asked =
        new MetricChoices(Set.of(), Set.of(), Set.copyOf(Metrics.onRequest()), Map.of());
    SplitEvaluation choosing = SplitEvaluation.of(dataset.manifest(), tasks, asked);
    SplitCounts counts = choosing.nothing();
    for (int rank = 0; rank < 3; rank++) {
      counts.add(choosing.count(replica, source, rank, 3));
    }
    Map<String, List<Double>> thresholds = choosing.thresholds(counts);
    SplitEvaluation given = choosing.decidedBy(thresholds);
    SplitCounts whole = given.count(replica, source, 0, 1);
    assertThat(given.scores(whole).mean().keySet())
        .contains("roc-auc", "f1-at-threshold", "calibration-error", "average-precision");
    for (Task task : tasks) {
      if (task.kind() == TaskKind.BINARY) {
        assertThat(thresholds.get(task.name())).hasSize(1);
        double best = choosing.scores(counts).tasks().get(task.name()).get("f1-at-threshold");
        assertThat(best).isGreaterThan(0);
        assertThat(given.scores(whole).tasks().get(task.name()).get("f1-at-threshold"))
            .isEqualTo(best);
      } else {
        assertThat(thresholds).doesNotContainKey(task.name());
      }
    }
    assertThat(given.thresholds(whole)).isEmpty();
    SplitEvaluation nobody = choosing.decidedBy(Map.of());
    assertThat(nobody.scores(counts).mean().get("f1-at-threshold")).isNaN();
  }

  private static void addLoss(
      Task task, float[] outputs, Batch batch, int index, double[] sums, int[] labelled) {
    int channels = outputs.length / batch.samples();
    for (int sample = 0; sample < batch.samples(); sample++) {
      int label = batch.column("labels")[sample * 3 + index] & 0xff;
      if (label == task.missing()) {
        continue;
      }
      labelled[index]++;
      if (task.kind() == TaskKind.BINARY) {
        sums[index] += Math.log1p(Math.exp(label == 1 ? -outputs[sample] : outputs[sample]));
        continue;
      }
      double total = 0;
      for (int c = 0; c < channels; c++) {
        total += Math.exp(outputs[sample * channels + c]);
      }
      sums[index] += Math.log(total) - outputs[sample * channels + label];
    }
  }

  /** The data set with the counts of its labels, which the preprocessing adds to others. */
  private DatasetManifest counted() {
    Map<String, LabelHistogram> histograms = new TreeMap<>();
    try (SplitScan scan = SplitScan.open(source, 0, 1, 1000)) {
      Batch batch = scan.next().orElseThrow().host();
      for (Task task : tasks) {
        Long[] counts = new Long[task.classes() + 1];
        Arrays.fill(counts, 0L);
        for (int label : Targets.labels(batch, dataset.manifest().column(task.target()), task)) {
          counts[Math.min(label, task.classes())]++;
        }
        List<Long> all = List.of(counts);
        histograms.put(
            task.name(),
            new LabelHistogram(all.subList(0, task.classes()), all.get(task.classes())));
      }
    }
    DatasetManifest plain = dataset.manifest();
    return new DatasetManifest(
        plain.dataset(),
        plain.writer(),
        plain.seed(),
        plain.columns(),
        plain.tasks(),
        plain.splits(),
        plain.statistics(),
        histograms,
        Map.of(),
        plain.sources(),
        plain.settings(),
        List.of());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theSameAnswerForEveryImageIsJudgedTogetherByAllRanks(int ranks) {
    DatasetManifest counted = counted();
    ConstantAnswers constant = new ConstantAnswers(counted, tasks, evaluation);
    List<ConstantAnswers.Counted> parts =
        IntStream.range(0, ranks)
            .mapToObj(rank -> constant.count(replica, source, rank, ranks))
            .toList();
    ConstantScores scores = constant.scores(parts).orElseThrow();
    for (Task task : tasks) {
      LabelHistogram labels = counted.histograms().get(task.name());
      double most = labels.counts().stream().mapToLong(Long::longValue).max().orElseThrow();
      assertThat(scores.labelled().get(task.name())).isEqualTo(labels.labelled());
      assertThat(scores.tasks().get(task.name()).get("accuracy"))
          .as(task.name())
          .isCloseTo(most / labels.labelled(), within(1e-12));
    }
    assertThat(constant.scores(List.of(parts.get(0), ConstantAnswers.Counted.NOTHING))).isEmpty();
  }

  @Test
  void accuracyIsTheShareOfLabelledSamplesThatAreRight() {
    int[] right = new int[tasks.size()];
    int[] labelled = new int[tasks.size()];
    int samples = 0;
    try (SplitScan scan = SplitScan.open(source, 0, 1, 17)) {
      for (Optional<RankBatch> next = scan.next(); next.isPresent(); next = scan.next()) {
        Batch batch = next.get().host();
        samples += batch.samples();
        List<float[]> outputs = replica.predict(batch);
        for (int task = 0; task < right.length; task++) {
          count(tasks.get(task), outputs.get(task), batch, task, right, labelled);
        }
      }
    }
    Scores scores = evaluation.scores(evaluation.count(replica, source, 0, 1));
    assertThat(samples).isEqualTo(240);
    assertThat(labelled[2]).isBetween(5, 60);
    for (int task = 0; task < right.length; task++) {
      assertThat(scores.tasks().get(tasks.get(task).name()).get("accuracy"))
          .isCloseTo((double) right[task] / labelled[task], within(1e-12));
    }
  }

  private static void count(
      Task task, float[] outputs, Batch batch, int index, int[] right, int[] labelled) {
    int channels = outputs.length / batch.samples();
    for (int sample = 0; sample < batch.samples(); sample++) {
      int label = batch.column("labels")[sample * 3 + index] & 0xff;
      if (label == task.missing()) {
        continue;
      }
      labelled[index]++;
      int best = 0;
      for (int c = 1; c < channels; c++) {
        best = outputs[sample * channels + c] > outputs[sample * channels + best] ? c : best;
      }
      int answer = task.kind() == TaskKind.BINARY ? (outputs[sample] > 0 ? 1 : 0) : best;
      right[index] += answer == label ? 1 : 0;
    }
  }
}
