package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.optimizer.Adam;

/** The switches of IAL's tables VIII, IX and XI. */
class IalSwitchesTest {
  /** Norms 3, 4, 5; the cosines to task 0 are 1, 0, 0.6 and to task 1 0, 1, 0.8. */
  private static final double[][] GRADIENTS = {{3, 0}, {0, 4}, {3, 4}};

  private static Observation step(long step, int epoch, double... losses) {
    Vector all = Vector.of(losses);
    return Observation.ofLosses(step, epoch, all, Vector.ones(losses.length))
        .withGram(SymmetricMatrix.gramOf(GRADIENTS));
  }

  private static Weighing first(Map<String, ?> options) {
    Weigher weigher = Systems.weigher(Methods.byName("ial", options).method(), 3);
    return weigher.weigh(step(0, 0, 1, 2, 3), weigher.initialState());
  }

  private static Map<String, Object> nested(String stage, String method, Map<String, ?> options) {
    return Map.of(stage, method, stage + "-with", options);
  }

  /** By hand; sigma starts at 0.9, so f(sigma) is 0.1. */
  @Test
  void theEncoderWeighsByWhatItIsToldTo() {
    Map<Map<String, Object>, Vector> expected = new HashMap<>();
    expected.put(Map.of(), Vector.of(1, 0.1 * 3 / 4, 0.1 * 3 / 5));
    expected.put(Map.of("renormalise", false), Vector.of(1, 0.1, 0.1));
    expected.put(Map.of("encoder", "fixed", "fixed", 0.3), Vector.of(1, 0.3 * 3 / 4, 0.3 * 3 / 5));
    expected.put(
        Map.of("encoder", "fixed", "fixed", List.of(9, 0.2, 0.5), "renormalise", false),
        Vector.of(1, 0.2, 0.5));
    expected.put(Map.of("encoder", "cosine"), Vector.of(1, 0, 0.6 * 3 / 5));
    expected.put(
        Map.of("encoder", "cosine", "renormalise", false, "primary", 1), Vector.of(0, 1, 0.8));
    expected.put(
        nested("encoder", "ew", Map.of("weights", List.of(2, 1, 8))),
        Vector.of(1, 0.5 * 3 / 4, 1.0 * 3 / 5));
    expected.forEach(
        (options, shared) -> {
          Weighing weighing = first(options);
          assertEachClose(weighing.shared(), shared, 1e-12);
          assertEachClose(weighing.heads(), Vector.filled(3, 0.5 / 0.81), 1e-12);
        });
  }

  /** The encoder stays as it is: only its own switch changes it. */
  @Test
  void theDecoderWeighsByWhatItIsToldTo() {
    Map<Map<String, Object>, Vector> expected = new HashMap<>();
    expected.put(Map.of("decoder", "ew"), Vector.ones(3));
    expected.put(Map.of("decoder", "fixed"), Vector.of(1, 0.1, 0.1));
    expected.put(Map.of("decoder", "fixed", "fixed", List.of(9, 0.2, 0.5)), Vector.of(1, 0.2, 0.5));
    expected.put(nested("decoder", "uw", Map.of("init", Math.log(2))), Vector.filled(3, 0.25));
    expected.forEach(
        (options, heads) -> {
          Weighing weighing = first(options);
          assertEachClose(weighing.heads(), heads, 1e-12);
          assertEachClose(weighing.shared(), Vector.of(1, 0.1 * 3 / 4, 0.1 * 3 / 5), 1e-12);
        });
  }

  /** Three steps of one method, with what it learns. */
  private static Weighing third(MethodEntry.Made made) {
    Weigher weigher = Systems.weigher(made.method(), 3);
    LearnedVectors learned =
        new LearnedVectors(made.method(), made.learning(), new Adam(0.9, 0.999, 1e-8, 0), 3);
    double[][] losses = {{4, 2, 3}, {2, 1.5, 3}, {1, 1.4, 2}, {0.5, 1.3, 1}};
    MethodState state = weigher.initialState();
    Weighing last = null;
    for (int step = 0; step < losses.length; step++) {
      Observation seen = step(step, step, losses[step]);
      last = learned.learn(weigher, seen, weigher.weigh(seen, state), 1e-3);
      state = MethodState.ofArrays(last.state().toArrays());
    }
    return last;
  }

  /** Its memory and what it learns go on inside of IAL as they do alone: the same bits. */
  @ParameterizedTest
  @ValueSource(strings = {"dwa", "rlw", "gradnorm", "uw"})
  void aMethodInTheDecoderWeighsAsItDoesAlone(String name) {
    Vector alone = third(Methods.byName(name, Map.of())).heads();
    Vector inside = third(Methods.byName("ial", Map.of("decoder", name))).heads();
    assertThat(inside).isEqualTo(alone);
    assertThat(alone).isNotEqualTo(Vector.ones(3));
  }

  /** Weights that are not learned in the step are those of the method alone, too. */
  @ParameterizedTest
  @ValueSource(strings = {"dwa", "rlw"})
  void aMethodInTheEncoderCountsRelativeToThePrimaryTask(String name) {
    Map<String, Object> options = name.equals("dwa") ? Map.of("window", 1) : Map.of();
    Vector alone = third(Methods.byName(name, options)).shared();
    Map<String, Object> switches = new HashMap<>(nested("encoder", name, options));
    switches.put("renormalise", false);
    Vector relative =
        alone
            .map(weight -> Math.min(1, weight / alone.at(0)))
            .replaced(new int[] {0}, Vector.of(1));
    assertEachClose(third(Methods.byName("ial", switches)).shared(), relative, 1e-15);
  }

  @Test
  void gradNormInTheEncoderCountsAsItsStepHasLeftIt() {
    Map<String, Object> options = Map.of("encoder", "gradnorm", "renormalise", false);
    Weighing third = third(Methods.byName("ial", options));
    Vector w = third.state().perTask("encoder/w");
    assertThat(w).isNotEqualTo(Vector.ones(3));
    assertEachClose(
        third.shared(),
        Vector.of(1, Math.min(1, w.at(1) / w.at(0)), Math.min(1, w.at(2) / w.at(0))),
        1e-12);
  }

  /** Random Bernoulli weights are 0 but for one task. */
  @Test
  void besideAPrimaryTaskOfNoWeightAnotherCountsAsOne() {
    Map<String, Object> options = new HashMap<>(nested("encoder", "ew", Map.of()));
    options.put("encoder-with", Map.of("weights", List.of(0, 3, -1)));
    options.put("renormalise", false);
    assertThat(first(options).shared()).isEqualTo(Vector.of(1, 1, 0));
  }

  @Test
  void everySwitchKeepsWhatIsPromisedOfTheMethod() {
    for (String stage : List.of("encoder", "decoder")) {
      for (String word : List.of("fixed", "dwa", "gradnorm", "mgda-ub")) {
        assertThat(MethodCheck.of(Ial.ENTRY, Map.of(stage, word))).as(stage + " " + word).isEmpty();
      }
    }
    assertThat(MethodCheck.of(Ial.ENTRY, Map.of("encoder", "cosine", "renormalise", false)))
        .isEmpty();
  }

  @Test
  void whatCannotWeighAStageIsRefused() {
    assertThatThrownBy(() -> first(Map.of("decoder", "cosine")))
        .hasMessageContaining("option 'decoder' is none of uncertainty, fixed and no method");
    assertThatThrownBy(() -> first(Map.of("encoder", "famo")))
        .hasMessageContaining("option 'encoder' is 'famo', which sees more of a step");
    assertThatThrownBy(() -> first(Map.of("decoder", "mao")))
        .hasMessageContaining("option 'decoder' is 'mao', which sees more of a step");
    assertThatThrownBy(() -> first(nested("encoder", "cosine", Map.of("window", 3))))
        .hasMessageContaining("option 'encoder-with' is for a method");
    assertThatThrownBy(() -> first(nested("decoder", "dwa", Map.of("windw", 3))))
        .hasMessageContaining("method 'dwa' has no option 'windw'");
    assertThatThrownBy(() -> first(nested("decoder", "dwa", Map.of("heads", "ones"))))
        .hasMessageContaining("options 'level' and 'heads' stand beside option 'decoder-with'");
    assertThatThrownBy(() -> first(Map.of("fixed", List.of(1, 2))))
        .hasMessageContaining("option 'fixed' holds 2 values, the run has 3 tasks");
  }
}
