package org.sparkmto.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.sparkmto.control.HeadedNetwork.Pass;
import org.sparkmto.control.HeadedNetwork.Place;
import org.sparkmto.random.Draws;

class HeadedNetworkTest {
  private static final HeadedNetwork NETWORK = new HeadedNetwork(3, 2, 7, 2);
  private static final int BEFORE = 5;
  private static final double STEP = 1e-6;

  private final double[] shared = new double[BEFORE + NETWORK.sharedSize()];
  private final double[] heads = new double[BEFORE + NETWORK.headsSize()];
  private final double[] input = drawn("input", 6 * 3);
  private final double[] wanted = drawn("wanted", 6 * 2);

  HeadedNetworkTest() {
    NETWORK.initialise(shared, BEFORE, Draws.of(1));
    NETWORK.initialiseHeads(heads, BEFORE, Draws.of(1));
    double[] biases = drawn("biases", shared.length);
    for (int i = BEFORE; i < shared.length; i++) {
      shared[i] += 0.1 * biases[i];
    }
  }

  private static double[] drawn(String purpose, int count) {
    double[] drawn = new double[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = Draws.of(9).of(purpose).normal(i);
    }
    return drawn;
  }

  /** Of the second task: half the sum of squares. */
  private double loss() {
    Pass pass = NETWORK.forward(new Place(shared, BEFORE, heads, BEFORE), 1, input);
    double loss = 0;
    for (int i = 0; i < wanted.length; i++) {
      loss += (pass.output()[i] - wanted[i]) * (pass.output()[i] - wanted[i]) / 2;
    }
    return loss;
  }

  /** The central difference of the loss by one number. */
  private double difference(double[] of, int at) {
    double before = of[at];
    of[at] = before + STEP;
    double above = loss();
    of[at] = before - STEP;
    double below = loss();
    of[at] = before;
    return (above - below) / (2 * STEP);
  }

  @Test
  void itsGradientsAreThoseOfDifferences() {
    Place at = new Place(shared, BEFORE, heads, BEFORE);
    Pass pass = NETWORK.forward(at, 1, input);
    double[] slopes = new double[wanted.length];
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] = pass.output()[i] - wanted[i];
    }
    double[] ofShared = new double[shared.length];
    double[] ofHeads = new double[heads.length];
    double[] ofInput =
        NETWORK.backward(at, pass, slopes, new Place(ofShared, BEFORE, ofHeads, BEFORE));
    assertThat(NETWORK.backward(at, pass, slopes)).isEqualTo(ofInput);
    check(shared, ofShared);
    check(heads, ofHeads);
    check(input, ofInput);
    for (int i = 0; i < NETWORK.headSize(); i++) {
      assertThat(ofHeads[BEFORE + i]).as("the head of the other task").isZero();
    }
  }

  private void check(double[] of, double[] gradient) {
    double most = 0;
    for (int i = 0; i < of.length; i++) {
      // A central difference of this step is right to about 1e-9 of losses of the size of 10.
      assertThat(gradient[i]).isCloseTo(difference(of, i), within(1e-7));
      most = Math.max(most, Math.abs(gradient[i]));
    }
    assertThat(most).isGreaterThan(0.01);
  }

  @Test
  void aTaskIsToldByAVectorOfItsOwn() {
    Place at = new Place(shared, BEFORE, heads, BEFORE);
    double[] sameHeads = heads.clone();
    int size = NETWORK.headSize();
    System.arraycopy(heads, BEFORE, sameHeads, BEFORE + size, size);
    Place same = new Place(shared, BEFORE, sameHeads, BEFORE);
    assertThat(NETWORK.forward(same, 0, input).output())
        .isEqualTo(NETWORK.forward(at, 0, input).output())
        .isNotEqualTo(NETWORK.forward(same, 1, input).output());
  }
}
