package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.TargetRange;
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
    String soft = kind.hasLabels() ? "soft" : "";
    for (String name : names) {
      Task named = task(kind, name).withSoft(soft);
      assertThatCode(() -> TaskLosses.checked(named)).doesNotThrowAnyException();
      assertThatCode(() -> TaskLosses.chosen(task(kind, "").withSoft(soft), Map.of("name", name)))
          .doesNotThrowAnyException();
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
    assertThat(TaskLosses.balancedIfPossible(task, counted(task, null))).isEqualTo(task);
    assertThatThrownBy(() -> TaskLosses.balanced(task, counted(task, null)))
        .hasMessage(
            "loss 'balanced-bce' of task 'thing' cannot be balanced: data set 'tiny' does not say"
                + " how often each label occurs");
    assertThatThrownBy(() -> TaskLosses.of(task)).hasMessageContaining("needs the weight of a yes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MASK | balanced-bce | 9 0 | none of the 9 training labels says yes; give numbers",
        "BINARY | bce:positive-weight=balanced | 0 4 | none of the 4 training labels says no;"
            + " give numbers",
        "BINARY | focal:alpha=balanced | 7 0 | none of the 7 training labels says yes; give"
            + " numbers",
        "SEGMENTATION | cross-entropy:weights=balanced | 3 0 | none of the 3 training labels says"
            + " 1; give numbers",
        "CLASSIFICATION | focal:weights=balanced | 0 0 | the training split has no label",
      })
  void whatHasOneSideOnlyCannotBeBalanced(
      TaskKind kind, String loss, String counts, String reason) {
    Task task = TaskLosses.checked(task(kind, loss));
    List<Long> histogram = Arrays.stream(counts.split(" ", -1)).map(Long::valueOf).toList();
    DatasetManifest manifest = counted(task, new LabelHistogram(histogram, 5));
    assertThatThrownBy(() -> TaskLosses.balanced(task, manifest))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("loss '")
        .hasMessageEndingWith("of task 'thing' cannot be balanced: " + reason);
    assertThat(TaskLosses.balancedIfPossible(task, manifest)).isEqualTo(task);
  }

  /** A yes weighs the share of no and a no that of yes; what is missing counts for neither. */
  @Test
  void theWeightOfAYesIsTheShareOfNoAmongTheTrainingLabels() {
    Task task = task(TaskKind.MASK, "balanced-bce");
    DatasetManifest manifest = counted(task, new LabelHistogram(List.of(7L, 2L), 100));
    Task resolved = TaskLosses.balanced(task, manifest);
    assertThat(TaskLosses.of(resolved)).isEqualTo(new BinaryCrossEntropy(7.0 / 9, 1 - 7.0 / 9));
    Task given = task.withLoss("balanced-bce:0.95");
    assertThat(TaskLosses.balanced(given, manifest)).isEqualTo(given);
    assertThat(TaskLosses.of(given)).isEqualTo(new BinaryCrossEntropy(0.95, 1 - 0.95));
    assertThat(TaskLosses.of(TaskLosses.balanced(task.withLoss("focal:alpha=balanced"), manifest)))
        .isEqualTo(new FocalLoss(2, false, List.of(7.0 / 9)));
  }

  /** Every class weighs the same over the split, and all elements together as without weights. */
  @Test
  void balancedClassesWeighTheSame() {
    Task task =
        Task.of("thing", TaskKind.CLASSIFICATION, List.of("image"), "target", 3)
            .withLoss("cross-entropy:smoothing=0.1,weights=balanced");
    DatasetManifest manifest = counted(task, new LabelHistogram(List.of(6L, 3L, 1L), 8));
    assertThat(TaskLosses.of(TaskLosses.balanced(task, manifest)))
        .isEqualTo(new CrossEntropy(List.of(10 / 18.0, 10 / 9.0, 10 / 3.0), 0.1));
  }

  /** Label by label, by the labelled samples of each. */
  @Test
  void balancedLabelsWeighWhatTheirNoOutnumbersTheirYes() {
    Task task =
        Task.of("thing", TaskKind.MULTI_LABEL, List.of("image"), "target", 2)
            .withLoss("bce:positive-weight=balanced");
    DatasetManifest manifest =
        counted(
            task,
            new LabelHistogram(List.of(2L, 4L), 6),
            new TargetRange(
                List.of(
                    new TargetRange.Channel(10, 1, 0, 1, 0.2),
                    new TargetRange.Channel(5, 6, 0, 1, 0.8))));
    assertThat(TaskLosses.of(TaskLosses.balanced(task, manifest)))
        .isEqualTo(new BinaryCrossEntropy(List.of(4.0, 0.25), 1, 0));
  }

  @Test
  void aLossIsANameOrANameWithOptionsOrOptionsOfTheOneThatTheTaskHas() {
    Task task = task(TaskKind.BINARY, "");
    assertThat(TaskLosses.chosen(task, "focal").loss()).isEqualTo("focal");
    Task focal =
        TaskLosses.chosen(task, Map.of("name", "focal", "gamma", 3, "alpha", List.of(0.3)));
    assertThat(focal.loss()).isEqualTo("focal:alpha=[0.3],gamma=3");
    assertThat(TaskLosses.of(focal)).isEqualTo(new FocalLoss(3, false, List.of(0.3)));
    assertThat(TaskLosses.of(TaskLosses.chosen(focal, Map.of("gamma", 1))))
        .isEqualTo(new FocalLoss(1, false, List.of(0.3)));
    assertThat(TaskLosses.of(TaskLosses.chosen(task, Map.of("smoothing", 0.1))))
        .isEqualTo(new BinaryCrossEntropy(List.of(1.0), 1, 0.1));
    assertThat(TaskLosses.of(TaskLosses.chosen(focal, "balanced-bce:0.95")))
        .isEqualTo(new BinaryCrossEntropy(0.95, 1 - 0.95));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "CLASSIFICATION | cross-entropy:weights=[1, 2, 3] | loss 'cross-entropy' of task 'thing'"
            + " has 3 weights, but the task has 2 classes",
        "CLASSIFICATION | cross-entropy:weights=[1, 0] | loss 'cross-entropy' of task 'thing':"
            + " option 'weights' must be balanced, or numbers above zero, one per class, not '[1,"
            + " 0]'",
        "CLASSIFICATION | focal:gamma=-1 | loss 'focal' of task 'thing': option 'gamma' must be a"
            + " number from zero on, not '-1'",
        "CLASSIFICATION | focal:alpha=0.25 | loss 'focal' of task 'thing' has the option alpha,"
            + " which is for a yes or no; of a task of kind classification give weights",
        "BINARY | focal:weights=[1, 2] | loss 'focal' of task 'thing' has the option weights, which"
            + " is for classes; of a task of kind binary give alpha",
        "BINARY | focal:alpha=1.5 | loss 'focal' of task 'thing' needs an alpha between 0 and 1,"
            + " not [1.5]",
        "BINARY | bce:positive-weight=[1, 2] | loss 'bce' of task 'thing' has 2 numbers as"
            + " positive-weight, but the task has 1 label",
        "MULTI_LABEL | bce:positive-weight=[1, 2, 3] | loss 'bce' of task 'thing' has 3 numbers as"
            + " positive-weight, but the task has 2 labels",
        "BINARY | bce:smoothing=1 | loss 'bce' of task 'thing': option 'smoothing' must be a number"
            + " from zero on and below one, not '1'",
        "DEPTH | huber:delta=0 | loss 'huber' of task 'thing': option 'delta' must be a number"
            + " above zero, not '0'",
        "DEPTH | huber:beta=1 | loss 'huber' of task 'thing' has no option 'beta'; did you mean"
            + " 'delta'? Known are delta.",
        "DEPTH | huber:delta={ | loss 'huber:delta={' cannot be read; it is written as"
            + " focal:gamma=2 or { name = focal, gamma = 2 }",
      })
  void optionsThatDoNotFitAreRefusedInOneLine(TaskKind kind, String loss, String message) {
    assertThatThrownBy(() -> TaskLosses.checked(task(kind, loss)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aListIsNoLoss() {
    Task task = task(TaskKind.DEPTH, "");
    assertThatThrownBy(() -> TaskLosses.chosen(task, List.of("l1", "l2")))
        .hasMessage("[l1, l2] is no loss; name one, or write { name = ..., and its options }");
  }

  private static DatasetManifest counted(
      Task task, LabelHistogram histogram, TargetRange... range) {
    return new DatasetManifest(
        "tiny",
        "test",
        0,
        List.of(
            new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(1, 8, 8)),
            new Column("target", Column.Role.TARGET, ElementType.UINT8, List.of(8, 8))),
        List.of(task),
        Map.of(),
        Map.of(),
        histogram == null ? Map.of() : Map.of(task.name(), histogram),
        range.length == 0 ? Map.of() : Map.of(task.name(), range[0]),
        new SourceCounts(0, 0, Map.of()),
        Map.of(),
        List.of());
  }
}
