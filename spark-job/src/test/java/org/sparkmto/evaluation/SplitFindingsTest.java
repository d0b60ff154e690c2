package org.sparkmto.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.input.RankBatch;
import org.sparkmto.input.SplitScan;
import org.sparkmto.input.SplitSource;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.runlog.EvaluationDetails;

class SplitFindingsTest {
  private static final int WORST = 4;

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

  private SplitFindings nothing() {
    return new SplitFindings(dataset.manifest(), tasks, WORST);
  }

  /** Drawn answers, because those of a network depend on the size of a batch in the last bits. */
  private List<float[]> drawn(RankBatch batch) {
    List<float[]> outputs = new ArrayList<>();
    for (Task task : tasks) {
      int channels = task.kind() == TaskKind.BINARY ? 1 : task.classes();
      float[] of = new float[batch.samples() * channels];
      for (int i = 0; i < of.length; i++) {
        long place = batch.index(i / channels) * channels + i % channels;
        of[i] = (float) (2 * Draws.of(3).of(task.name()).normal(place));
      }
      outputs.add(of);
    }
    return outputs;
  }

  private EvaluationDetails found(int ranks) {
    SplitFindings all = nothing();
    // The last part first: the order must not matter.
    for (int rank = ranks - 1; rank >= 0; rank--) {
      SplitFindings part = nothing();
      try (SplitScan scan = SplitScan.open(source, rank, ranks, 17)) {
        for (Optional<RankBatch> next = scan.next(); next.isPresent(); next = scan.next()) {
          part.add(next.get(), drawn(next.get()));
        }
      }
      all.add(part);
    }
    return all.details("train", 7, row -> "sample " + row);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void partsAddUpToExactlyWhatTheWholeSplitGives(int ranks) {
    EvaluationDetails whole = found(1);
    assertThat(found(ranks)).isEqualTo(whole);
    assertThat(EvaluationDetails.parse(whole.toJson(), "details-train.json")).isEqualTo(whole);
  }

  @Test
  void theyAgreeWithTheMetricsAndWithLossesCountedByHand() throws IOException {
    SplitFindings findings = nothing();
    Scores scores = evaluation.scores(evaluation.count(replica, source, 0, 1, findings));
    EvaluationDetails details = findings.details("train", 7, row -> "sample " + row);
    for (int t = 0; t < tasks.size(); t++) {
      Task task = tasks.get(t);
      EvaluationDetails.Of of = details.tasks().get(task.name());
      long right = 0;
      long all = 0;
      for (int label = 0; label < task.classes(); label++) {
        right += of.confusion().get(label).get(label);
        all += of.confusion().get(label).stream().mapToLong(Long::longValue).sum();
      }
      assertThat((double) right / all)
          .isCloseTo(scores.tasks().get(task.name()).get("accuracy"), within(1e-12));
      assertThat(of.reliability().stream().mapToLong(EvaluationDetails.Bin::count).sum())
          .isEqualTo(all);
      List<Double> losses = losses(t);
      losses.sort(Comparator.reverseOrder());
      assertThat(of.worst()).hasSize(WORST);
      for (int place = 0; place < WORST; place++) {
        assertThat(of.worst().get(place).loss()).isCloseTo(losses.get(place), within(1e-5));
      }
      byte[] picture = Base64.getDecoder().decode(of.worst().get(0).pictures().get(0));
      assertThat(ImageIO.read(new ByteArrayInputStream(picture)).getWidth()).isEqualTo(12);
    }
  }

  /** Of all labelled samples, from the probabilities of what is true. */
  private List<Double> losses(int t) {
    Task task = tasks.get(t);
    List<Double> losses = new ArrayList<>();
    try (SplitScan scan = SplitScan.open(source, 0, 1, 1000)) {
      RankBatch batch = scan.next().orElseThrow();
      float[] outputs = replica.predict(batch.host()).get(t);
      int[] labels = Targets.labels(batch.host(), dataset.manifest().column(task.target()), task);
      int each = outputs.length / labels.length;
      for (int sample = 0; sample < labels.length; sample++) {
        if (labels[sample] == task.missing()) {
          continue;
        }
        double sum = 0;
        for (int c = 0; c < each; c++) {
          sum += Math.exp(outputs[sample * each + c]);
        }
        double odds = labels[sample] == 1 ? outputs[sample * each] : -outputs[sample * each];
        losses.add(
            task.kind() == TaskKind.BINARY
                ? -Math.log(1 / (1 + Math.exp(-odds)))
                : -Math.log(Math.exp(outputs[sample * each + labels[sample]]) / sum));
      }
    }
    return losses;
  }

  /** Two pixels a sample: the first sample all right and sure, the second half unlabelled. */
  @Test
  void mapsAreJudgedPixelByPixelAndWithoutWhatIsNotLabelled() {
    Task task = Task.of("parts", TaskKind.SEGMENTATION, List.of("image"), "parts", 2);
    Column target = new Column("parts", Column.Role.TARGET, ElementType.UINT8, List.of(1, 2));
    Batch batch = new Batch(2, Map.of("parts", new byte[] {0, 1, 1, (byte) Task.MISSING}));
    float[] outputs = {9, -9, -9, 9, (float) Math.log(3), 0, 0, 5};
    Reading reading = new Reading(task, target, batch, outputs);
    assertThat(SampleLoss.of(reading, 0)).isCloseTo(0, within(1e-6));
    assertThat(SampleLoss.of(reading, 1)).isCloseTo(Math.log(4), within(1e-6));
    assertThat(new AnswerWords(reading, 1).said()).isEqualTo("100 % of the pixels wrong");
    TaskFindings findings = new TaskFindings(task, 1);
    findings.add(reading, sample -> sample, sample -> Thumbnail.ofMaps(reading, sample));
    assertThat(findings.confusion()).containsExactly(List.of(1L, 0L), List.of(1L, 1L));
    assertThat(findings.worst()).hasSize(1);
    assertThat(findings.worst().get(0).index()).isEqualTo(1);
    assertThat(findings.worst().get(0).pictures()).hasSize(2);
    TaskFindings withoutSamples = new TaskFindings(task, 0);
    withoutSamples.add(reading, sample -> sample, sample -> Thumbnail.ofMaps(reading, sample));
    assertThat(withoutSamples.confusion()).isEqualTo(findings.confusion());
    assertThat(withoutSamples.worst()).isEmpty();
  }

  @Test
  void numbersAreJudgedInTheirUnit() {
    Task task = Task.of("age", TaskKind.REGRESSION, List.of("image"), "age", 1);
    Column target =
        new Column("age", Column.Role.TARGET, ElementType.FLOAT32, List.of(1))
            .measured(1, 0, "years");
    byte[] ages = new byte[8];
    ByteBuffer.wrap(ages).order(ByteOrder.LITTLE_ENDIAN).putFloat(30).putFloat(Float.NaN);
    Reading reading =
        new Reading(task, target, new Batch(2, Map.of("age", ages)), new float[] {33.5f, 4});
    assertThat(SampleLoss.of(reading, 0)).isEqualTo(3.5);
    assertThat(SampleLoss.of(reading, 1)).isNaN();
    assertThat(SampleLoss.words(task.kind(), "years")).isEqualTo("absolute error in years");
    AnswerWords words = new AnswerWords(reading, 0);
    assertThat(words.label() + " / " + words.said()).isEqualTo("30.00 years / 33.50 years");
  }
}
