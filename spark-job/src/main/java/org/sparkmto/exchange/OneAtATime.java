package org.sparkmto.exchange;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.method.Slices;

/**
 * A group in which nothing is under way while a rank computes: what is begun ends at once. With it
 * steps come to the same bits and take longer; what overlapping saves is the difference.
 */
public final class OneAtATime implements RankGroup {
  private final RankGroup group;

  /** The same group, which this one closes. */
  public OneAtATime(RankGroup group) {
    this.group = group;
  }

  @Override
  public int rank() {
    return group.rank();
  }

  @Override
  public int size() {
    return group.size();
  }

  @Override
  public void sum(double[] values) {
    group.sum(values);
  }

  @Override
  public void sum(Tensor values) {
    group.sum(values);
  }

  @Override
  public void broadcast(double[] values) {
    group.broadcast(values);
  }

  @Override
  public Underway beginSum(Tensor gradient) {
    group.beginSum(gradient).end();
    return Underway.NOTHING;
  }

  @Override
  public Underway beginSlices(Tensor whole, Tensor own, Slices slices) {
    group.beginSlices(whole, own, slices).end();
    return Underway.NOTHING;
  }

  @Override
  public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
    group.gatherSlices(own, whole, slices);
  }

  @Override
  public void gatherGradient(Tensor own, Tensor whole, Slices slices) {
    group.gatherGradient(own, whole, slices);
  }

  @Override
  public long bytesSent() {
    return group.bytesSent();
  }

  @Override
  public void close() {
    group.close();
  }
}
