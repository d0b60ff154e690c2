package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

class TaskLossesTest {

  private static Task task(TaskKind kind, String loss) {
    int classes =
        switch (kind) {
          case DEPTH -> 1;
          case NORMALS -> 3;
          default -> 2;
        };
    return Task.of("thing", kind, List.of("image"), "target", classes).withLoss(loss);
  }

  @ParameterizedTest
  @EnumSource
  void everyNameOfAKindIsALossAndTheFirstIsTheUsualOne(TaskKind kind) {
    List<String> names = TaskLosses.names(kind);
    for (String name : names) {
      assertThatCode(() -> TaskLosses.checked(task(kind, name))).doesNotThrowAnyException();
    }
    assertThat(TaskLosses.of(task(kind, "")))
        .hasSameClassAs(TaskLosses.of(task(kind, names.get(0))));
  }

  @ParameterizedTest
  @CsvSource({
    "SEGMENTATION, l1",
    "DEPTH, cosine",
    "NORMALS, bce",
    "MULTI_LABEL, balanced-bce",
    "MASK, cross-entropy",
    "DEPTH, l1:0.5",
    "MASK, bce:0.5",
    "MASK, BCE",
  })
  void whatDoesNotFitAKindIsRefusedWithWhatDoes(TaskKind kind, String loss) {
    assertThatThrownBy(() -> TaskLosses.checked(task(kind, loss)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "task 'thing' of kind %s cannot be trained with loss '%s'; there are %s"
                .formatted(kind.label(), loss, TaskLosses.names(kind)));
  }

  @ParameterizedTest
  @CsvSource({"balanced-bce:", "balanced-bce:1", "balanced-bce:0", "balanced-bce:much"})
  void aWeightIsBetweenZeroAndOne(String loss) {
    assertThatThrownBy(() -> TaskLosses.checked(task(TaskKind.MASK, loss)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("such as balanced-bce:0.95");
  }

  @Test
  void withoutAHistogramABalancedLossHasNoWeight() {
    Task task = task(TaskKind.MASK, "balanced-bce");
    assertThat(TaskLosses.resolved(task, null)).isEqualTo(task);
    assertThat(TaskLosses.resolved(task, new LabelHistogram(List.of(0L, 0L), 9))).isEqualTo(task);
    assertThatThrownBy(() -> TaskLosses.of(task)).hasMessageContaining("needs the weight of a yes");
  }

  /** A yes weighs the share of no and a no that of yes; what is missing counts for neither. */
  @Test
  void theWeightOfAYesIsTheShareOfNoAmongTheTrainingLabels() {
    Task task = task(TaskKind.MASK, "balanced-bce");
    Task resolved = TaskLosses.resolved(task, new LabelHistogram(List.of(7L, 2L), 100));
    assertThat(TaskLosses.of(resolved)).isEqualTo(new BinaryCrossEntropy(7.0 / 9, 1 - 7.0 / 9));
    Task given = task.withLoss("balanced-bce:0.95");
    assertThat(TaskLosses.resolved(given, new LabelHistogram(List.of(7L, 2L), 0))).isEqualTo(given);
    assertThat(TaskLosses.of(given)).isEqualTo(new BinaryCrossEntropy(0.95, 1 - 0.95));
  }
}
