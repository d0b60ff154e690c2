package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.random.Draws;

/**
 * Dropout of what the heads of tasks of whole images read, as PyTorch's {@code Dropout}: in
 * training every number is dropped with the same probability, and the others grow so that their
 * mean stays. What is dropped is a function of the seed, the step, the task, the sample's number
 * and the number's place, so ranks and interruptions do not change it, and all passes of a step
 * drop the same.
 */
public final class HeadDropout {
  private final double share;
  private Draws ofStep = Draws.of(0);
  private long[] samples = {};

  /**
   * Dropout of a network.
   *
   * @param share the probability of being dropped, 0 or more and below 1
   */
  HeadDropout(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("a dropout of " + share + " is not within [0, 1)");
    }
    this.share = share;
  }

  /** None. */
  static HeadDropout none() {
    return new HeadDropout(0);
  }

  /**
   * Says what the next pass is of.
   *
   * @param draws of its step
   * @param numbers of its samples
   */
  void prepare(Draws draws, long[] numbers) {
    ofStep = draws;
    samples = numbers;
  }

  /** Whether it drops anything. */
  public boolean drops() {
    return share > 0;
  }

  /**
   * A seed for what a part of the network draws by itself in this pass: the same for all passes
   * over the same samples of a step.
   */
  long seed(String part) {
    return ofStep.of(part + " draws").at(samples.length == 0 ? 0 : samples[0]).bits(0);
  }

  /**
   * What a head reads, in the scope of the caller.
   *
   * @param task its name
   * @param read samples by features
   * @param training otherwise nothing is dropped
   */
  public Tensor apply(String task, Tensor read, boolean training) {
    if (share == 0 || !training) {
      return read;
    }
    int features = Math.toIntExact(read.size(1));
    Draws ofTask = ofStep.of(task);
    float kept = (float) (1 / (1 - share));
    float[] mask = new float[Math.multiplyExact(samples.length, features)];
    for (int sample = 0; sample < samples.length; sample++) {
      Draws ofSample = ofTask.at(samples[sample]);
      for (int feature = 0; feature < features; feature++) {
        mask[sample * features + feature] = ofSample.uniform(feature) < share ? 0 : kept;
      }
    }
    return read.mul(
        HostTensors.beside(
            read, HostTensors.floats(mask, ScalarType.Float, samples.length, features)));
  }
}
