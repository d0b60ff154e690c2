package org.sparkmto.exchange;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.method.Slices;

/** A group of one rank: nothing moves. */
public final class SoloGroup implements RankGroup {
  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public void sum(double[] values) {}

  @Override
  public void sum(Tensor values) {}

  @Override
  public void broadcast(double[] values) {}

  @Override
  public Underway beginSum(Tensor gradient) {
    return Underway.NOTHING;
  }

  @Override
  public Underway beginSlices(Tensor whole, Tensor own, Slices slices) {
    own.copy_(whole);
    return Underway.NOTHING;
  }

  @Override
  public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
    whole.copy_(own);
  }

  @Override
  public void gatherGradient(Tensor own, Tensor whole, Slices slices) {
    whole.copy_(own);
  }

  @Override
  public long bytesSent() {
    return 0;
  }

  @Override
  public void close() {}
}
