package org.sparkmto.runlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.analysis.GradientAnalysis;
import org.sparkmto.analysis.GradientAnalysis.Group;
import org.sparkmto.analysis.GradientAnalysis.Layer;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.analysis.Moments;
import org.sparkmto.analysis.PairMeasure;
import org.sparkmto.analysis.PairSums;
import org.sparkmto.analysis.Pairing;
import org.sparkmto.json.Json;
import org.sparkmto.random.Draws;

class AnalysisLineTest {
  private static final int TASKS = 3;
  private static final int PARAMETERS = 6;

  private static double[][] rows(int first, int step, int count) {
    double[][] rows = new double[count][PARAMETERS];
    for (int i = 0; i < count; i++) {
      Draws own = Draws.of(3).at(first + i * step);
      Arrays.setAll(rows[i], p -> own.uniform(p) - 0.5);
    }
    return rows;
  }

  private static AnalysisLine line(int samples, double rate) {
    GradientSums sums = new GradientSums(new GradientSums.Shape(1, TASKS, samples));
    PairSums tasks = PairSums.of(rows(0, 1, TASKS));
    sums.addTasks(0, tasks.products().toArray(), tasks.opposed().toArray());
    for (int sample = 0; sample < samples; sample++) {
      PairSums pairs = PairSums.of(rows(TASKS * (1 + sample), 1, TASKS));
      sums.addSample(0, sample, pairs.products().toArray(), pairs.opposed().toArray());
    }
    for (int task = 0; task < TASKS; task++) {
      PairSums pairs = PairSums.of(rows(TASKS + task, TASKS, samples));
      sums.addTask(0, task, pairs.products().toArray(), pairs.opposed().toArray());
    }
    sums.addMagnitudes(0, new double[] {1, 2, 3});
    sums.addContributions(0, new double[] {rate, 2 * rate, 3 * rate});
    double[] labels = new double[TASKS * samples];
    Arrays.fill(labels, 1);
    sums.label(new double[] {5, 0, 4}, labels);
    return new AnalysisLine(
        7, 2, GradientAnalysis.of(sums, List.of(new Layer("encoder.fc", PARAMETERS))));
  }

  private static AnalysisLine read(String json, int tasks) throws Exception {
    return AnalysisLine.parse(Json.parse(json), tasks);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "2, NaN", "4, 0.1"})
  void itComesBackInTheDigitsOfAFloat(int samples, double rate) throws Exception {
    AnalysisLine written = line(samples, rate);
    AnalysisLine found = read(written.toJson(), TASKS);
    assertThat(found.toJson()).isEqualTo(written.toJson());
    assertThat(found.step()).isEqualTo(7);
    assertThat(found.epoch()).isEqualTo(2);
    Group group = found.analysis().network();
    Group wanted = written.analysis().network();
    assertThat(group.pairs().keySet()).isEqualTo(wanted.pairs().keySet());
    assertThat(group.magnitudes().get(1)).isNaN();
    assertThat(group.contributions()).hasSize(Double.isNaN(rate) ? 0 : TASKS);
    for (Pairing pairing : wanted.pairs().keySet()) {
      for (PairMeasure measure : PairMeasure.values()) {
        Moments moments = wanted.pairs().get(pairing).of(measure);
        assertThat(group.pairs().get(pairing).of(measure).count()).isEqualTo(moments.count());
        if (moments.count() > 1) {
          // Half an ulp of a float.
          assertThat(group.pairs().get(pairing).of(measure).deviation())
              .isCloseTo(moments.deviation(), within(1e-7));
        }
      }
    }
    assertThat(found.analysis().tasks().cosine(0, 2))
        .isCloseTo(written.analysis().tasks().cosine(0, 2), within(1e-6));
  }

  @Test
  void itsNumbersHaveNames() {
    AnalysisLine line = line(2, 0.5);
    Map<String, Double> numbers = new LineNumbers(header()).of(line);
    assertThat(LineNumbers.stepsMade(line)).isEqualTo(8);
    assertThat(numbers).containsEntry("contribution/a", 0.5 / PARAMETERS);
    assertThat(numbers)
        .containsKeys("gradients/tasks/cosine", "gradients/samples-of-task/log10-condition")
        .doesNotContainKey("contribution/b");
  }

  private static RunHeader header() {
    return RunHeader.parse("{\"run\": \"r\", \"tasks\": [\"a\", \"b\", \"c\"]}", "run.json");
  }

  @Test
  void oneOfOtherTasksOrWithoutTheNetworkIsNotRead() {
    String json = line(2, 1).toJson();
    assertThatThrownBy(() -> read(json, 2))
        .isInstanceOf(UnreadableLineException.class)
        .hasMessageContaining("another number of tasks");
    assertThatThrownBy(() -> read(json.replace("\"network\"", "\"galaxy\""), TASKS))
        .isInstanceOf(UnreadableLineException.class)
        .hasMessageContaining("does not know");
    assertThatThrownBy(() -> read("{\"step\": 1, \"groups\": []}", TASKS))
        .isInstanceOf(UnreadableLineException.class)
        .hasMessageContaining("without the network");
  }
}
