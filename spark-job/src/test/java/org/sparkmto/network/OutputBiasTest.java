package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/** Every head of every network declares the bias of its outputs last, which starts at the prior. */
class OutputBiasTest {
  static Stream<String> networks() {
    return Architectures.known().names().stream()
        .filter(name -> !name.equals(ScriptFiles.NETWORK)); // whose heads end as they like
  }

  @ParameterizedTest
  @MethodSource("networks")
  void everyHeadEndsInTheBiasOfItsOutputs(String name) {
    List<Column> inputs = new ArrayList<>();
    inputs.add(new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 64, 64)));
    if (name.equals("emotic")) {
      inputs.add(new Column("person", Column.Role.INPUT, ElementType.UINT8, List.of(3, 64, 64)));
    }
    Column labels = new Column("labels", Column.Role.TARGET, ElementType.UINT8, List.of(2));
    Column map = new Column("map", Column.Role.TARGET, ElementType.UINT8, List.of(64, 64));
    List<Task> all =
        List.of(
            Task.of("parts", TaskKind.SEGMENTATION, List.of("image"), "map", 5),
            Task.of("region", TaskKind.MASK, List.of("image"), "map", 2),
            new Task("smiles", TaskKind.BINARY, List.of("image"), "labels", 0, 2, 255),
            new Task("digit", TaskKind.CLASSIFICATION, List.of("image"), "labels", 1, 4, 255));
    int ended = 0;
    for (Task task : all) {
      NetworkPlan plan =
          new NetworkPlan(
              Architectures.known().entry(name),
              Map.of(),
              List.of(task),
              inputs,
              Map.of("labels", labels, "map", map),
              Map.of());
      NetworkPlan.Declared declared;
      try {
        declared = plan.declare();
      } catch (IllegalArgumentException e) {
        continue; // not for this kind of task
      }
      Parameter bias = plan.outputBias(declared.book(), task.name());
      assertThat(bias.name()).endsWith(".bias");
      ended++;
    }
    assertThat(ended).isPositive();
  }
}
