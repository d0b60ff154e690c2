package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which task is served, and what becomes of a step without it. */
class PrimaryTaskTest {
  /** Task 1 conflicts with task 0 and not with task 2. */
  private static final Observation STEP =
      Systems.observation(
          new double[][] {{-1, 0.5, 0}, {1, 0.2, 0.3}, {0.8, 0.6, -0.1}}, Vector.of(1, 2, 3));

  private static Weigher weigher(String name, Map<String, ?> options) {
    return Systems.weigher(Methods.byName(name, options).method(), 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unweighted", "weighted"})
  void gradientCosineSimilarityServesTheNamedTask(String form) {
    SymmetricMatrix gram = STEP.gradients().gram().orElseThrow();
    double cosine = gram.at(1, 2) / Math.sqrt(gram.at(1, 1) * gram.at(2, 2));
    Weigher weigher = weigher("gcs", Map.of("primary", "task1", "form", form));
    assertEachClose(
        weigher.weigh(STEP, weigher.initialState()).shared(),
        Vector.of(0, 1, form.equals("weighted") ? cosine : 1),
        1e-12);
  }

  /** A primary task without labels cannot be served. */
  @ParameterizedTest
  @ValueSource(strings = {"gcs", "ial"})
  void aStepWithoutThePrimaryTaskFails(String name) {
    Weigher weigher = weigher(name, Map.of("primary", 2));
    Observation unlabelled =
        Observation.ofLosses(0, 0, STEP.losses(), Vector.of(1, 1, 0))
            .withGram(STEP.gradients().gram().orElseThrow());
    Weighing weighing = weigher.weigh(unlabelled, weigher.initialState());
    assertThat(weighing.failure())
        .hasValueSatisfying(why -> assertThat(why).contains("primary task"));
    assertThat(weighing.shared()).isEqualTo(Vector.of(1, 1, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gcs", "ial", "ol-aux"})
  void aPrimaryTaskThatIsNotThereIsRefused(String name) {
    assertThatThrownBy(() -> weigher(name, Map.of("primary", "depht")))
        .hasMessageContaining("option 'primary' is 'depht'");
  }
}
