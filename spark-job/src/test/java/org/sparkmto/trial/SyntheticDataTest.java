package org.sparkmto.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;

class SyntheticDataTest {

  @ParameterizedTest
  @CsvSource({"nyuv2, 3", "cityscapes, 2", "celeba, 40"})
  void everyColumnIsWhatItsTasksCanRead(String name, int tasks) {
    SyntheticData data = SyntheticData.of(name, 12, 20);
    assertThat(data.tasks()).hasSize(tasks);
    Batch batch = data.samples(0, 3);
    assertThat(batch.column("image")).hasSize(3 * data.image().bytes());
    for (Task task : data.tasks()) {
      Column column = data.targets().get(Column.position(data.targets(), task.target()));
      double missing = missing(batch, column, task);
      if (task.kind().hasPixels()) {
        // One of 16 of 720 pixels: 45, within five deviations.
        assertThat(missing).isBetween(12.0, 78.0);
      } else {
        assertThat(missing).isZero();
      }
    }
  }

  /** Pixels without a target; reading refuses a label that is no class. */
  private static double missing(Batch batch, Column column, Task task) {
    if (task.kind().hasLabels()) {
      return Arrays.stream(Targets.labels(batch, column, task))
          .filter(label -> label == task.missing())
          .count();
    }
    float[] values = Targets.values(batch, column, task);
    return IntStream.range(0, values.length).filter(i -> Float.isNaN(values[i])).count()
        / (double) task.classes();
  }

  @Test
  void normalsHaveLengthOne() {
    SyntheticData data = SyntheticData.of("nyuv2", 6, 8);
    Column column = data.targets().get(2);
    float[] values = Targets.values(data.samples(4, 5), column, data.tasks().get(2));
    int pixels = 48;
    int seen = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      double square = 0;
      for (int channel = 0; channel < 3; channel++) {
        square += Math.pow(values[channel * pixels + pixel], 2);
      }
      if (!Double.isNaN(square)) {
        // Each component is rounded to 1 / 32767.
        assertThat(square).isCloseTo(1, within(1e-4));
        seen++;
      }
    }
    assertThat(seen).isBetween(30, 48);
  }

  @Test
  void aSampleIsAFunctionOfItsNumber() {
    SyntheticData data = SyntheticData.of("cityscapes", 4, 6);
    byte[] four = data.samples(0, 4).column("disparity");
    assertThat(four).endsWith(data.samples(2, 4).column("disparity"));
    assertThat(four).startsWith(data.samples(0, 2).column("disparity"));
  }

  @Test
  void refusesTasksThatItDoesNotKnow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SyntheticData.of("nyu", 4, 4))
        .withMessageContaining("'nyu'")
        .withMessageContaining("did you mean 'nyuv2'?");
  }
}
