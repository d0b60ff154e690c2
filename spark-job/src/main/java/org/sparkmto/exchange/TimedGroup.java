package org.sparkmto.exchange;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.method.Slices;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/** A group whose operations a clock counts as {@link StepPhase#EXCHANGE}. */
public final class TimedGroup implements RankGroup {
  private final RankGroup group;
  private final StepClock clock;

  /** The same group, which this one closes. */
  public TimedGroup(RankGroup group, StepClock clock) {
    this.group = group;
    this.clock = clock;
  }

  private void timed(Runnable operation) {
    clock.spend(StepPhase.EXCHANGE, operation);
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
    timed(() -> group.sum(values));
  }

  @Override
  public void sum(Tensor values) {
    timed(() -> group.sum(values));
  }

  @Override
  public void broadcast(double[] values) {
    timed(() -> group.broadcast(values));
  }

  @Override
  public void sumSlices(Tensor whole, Tensor own, Slices slices) {
    timed(() -> group.sumSlices(whole, own, slices));
  }

  @Override
  public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
    timed(() -> group.gatherSlices(own, whole, slices));
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
