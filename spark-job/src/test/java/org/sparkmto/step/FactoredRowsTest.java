package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkmto.configuration.FactorChoice;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.network.SharedPart;
import org.sparkmto.random.Draws;

/** Inner products without the gradients, held against those of the gradients. */
class FactoredRowsTest {
  private static final int TASKS = 4;
  private static final int[] LABELLED = {0, 1, 3, 4, 5, 7};
  private static final TinyProblem PROBLEM = new TinyProblem(TASKS, 12, 0);

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  private static Replica residual() {
    return Replica.of(PROBLEM.residual(4), Draws.of(2));
  }

  private static SymmetricMatrix seen(LookRows rows, Replica replica, int... samples) {
    for (int block = 0; block < samples.length; block++) {
      Batch batch = PROBLEM.samples(block, first(samples[block]));
      try (ForwardPass pass = replica.forward(batch, Cut.AT_LAYERS)) {
        RepresentationGradients gradients = pass.backwardHeads();
        double[] labelled = pass.labelled();
        // As if no rank had a label of it.
        labelled[2] = 0;
        rows.look(block, gradients, labelled);
      }
    }
    return rows.gram();
  }

  private static int[] first(int samples) {
    int[] positions = new int[samples];
    Arrays.setAll(positions, i -> i);
    return positions;
  }

  /** Look after look, of other sizes, from which other layers are taken as factors. */
  @Test
  void areTheSameOfEverySizeOfABatch() {
    RankGroup alone = new SoloGroup();
    try (Replica replica = residual();
        FactoredRows factored =
            new FactoredRows(replica, alone, FactorChoice.ofLook(TASKS, 2), SharedPart.ALL);
        GradientRows rows = new GradientRows(replica, alone, 2, TASKS, SharedPart.ALL)) {
      for (int[] samples : List.of(new int[] {2, 3}, new int[] {12, 11}, new int[] {2, 3})) {
        SymmetricMatrix exact = seen(rows, replica, samples);
        SymmetricMatrix found = seen(factored, replica, samples);
        assertThat(factored.factored()).hasSizeGreaterThan(5);
        // Sums of floats in another order.
        assertThat(found.select(LABELLED).distance(exact.select(LABELLED))).isLessThan(1e-5);
        assertThat(found.at(2, 2)).isZero();
      }
    }
  }
}
