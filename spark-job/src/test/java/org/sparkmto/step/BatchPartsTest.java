package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.options.ConfigurationException;

class BatchPartsTest {

  /** Samples of two bytes that tell their position, and their labels of one. */
  private static Batch positions(int from, int to) {
    byte[] pairs = new byte[2 * (to - from)];
    byte[] single = new byte[to - from];
    for (int i = from; i < to; i++) {
      pairs[2 * (i - from)] = (byte) i;
      pairs[2 * (i - from) + 1] = (byte) (i + 100);
      single[i - from] = (byte) i;
    }
    return new Batch(to - from, Map.of("pairs", pairs, "single", single));
  }

  @ParameterizedTest
  @ValueSource(ints = {21, 22, 23, 42, 45})
  void partsOfAGlobalBatchAreTheSameForAnyNumberOfRanks(int batch) {
    for (int parts : new int[] {2, 3}) {
      for (int part = 0; part < parts; part++) {
        int wanted = part;
        List<Integer> expected =
            IntStream.range(0, batch).filter(p -> p % parts == wanted).boxed().toList();
        for (int ranks : new int[] {1, 2, 3, 7}) {
          List<Integer> found = new ArrayList<>();
          for (int rank = 0; rank < ranks; rank++) {
            int first = batch * rank / ranks;
            Batch own =
                new BatchParts(parts, first).of(positions(first, batch * (rank + 1) / ranks), part);
            assertThat(own.samples()).as("samples of rank %d", rank).isPositive();
            assertThat(own.column("single")).hasSize(own.samples());
            assertThat(own.column("pairs")).hasSize(2 * own.samples());
            for (int i = 0; i < own.samples(); i++) {
              found.add((int) own.column("single")[i]);
              assertThat(own.column("pairs")[2 * i]).isEqualTo(own.column("single")[i]);
              assertThat(own.column("pairs")[2 * i + 1])
                  .isEqualTo((byte) (own.column("single")[i] + 100));
            }
          }
          assertThat(found).as("%d ranks, part %d of %d", ranks, part, parts).isEqualTo(expected);
        }
      }
    }
  }

  /** Positions of a run's later batches count from the batch's own beginning. */
  @Test
  void whatARankHoldsOfAPartFollowsItsFirstPosition() {
    assertThat(new BatchParts(3, 1).of(positions(1, 5), 0).column("single")).containsExactly(3);
    assertThat(new BatchParts(3, 1).of(positions(1, 5), 1).column("single")).containsExactly(1, 4);
    assertThat(new BatchParts(3, 2).of(positions(2, 3), 0).samples()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "sdmgrad, 21, 7, true",
    "sdmgrad, 20, 7, false",
    "modo, 2, 1, false",
    "auto-lambda, 14, 7, true",
    "auto-lambda, 13, 7, false",
    "moco, 7, 7, true",
    "ew, 1, 1, true",
  })
  void everyRankMustHaveSamplesOfEveryPart(String name, int batch, int ranks, boolean fits) {
    TrainingConfiguration configuration =
        new TinyProblem(3, batch, 0).configuration("method.name = " + name);
    Runnable check = () -> GradientRoute.requireParts(configuration, batch, ranks);
    if (fits) {
      check.run();
    } else {
      assertThatThrownBy(check::run)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("training.batch = " + batch)
          .hasMessageContaining("parts")
          .hasMessageContaining("at least " + ranks * (name.startsWith("auto") ? 2 : 3));
    }
  }

  @Test
  void aPartLeavesTheBatchAsItIs() {
    Batch batch = positions(0, 9);
    byte[] before = batch.column("single").clone();
    new BatchParts(3, 0).of(batch, 1);
    assertThat(Arrays.equals(batch.column("single"), before)).isTrue();
  }
}
