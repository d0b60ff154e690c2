package org.sparkmto.exchange;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.method.Slices;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/**
 * A group whose operations a clock counts as {@link StepPhase#EXCHANGE}: of what goes on while the
 * rank computes, its beginning and the wait for its end.
 */
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
  public Underway beginSum(Tensor gradient) {
    return begun(() -> group.beginSum(gradient));
  }

  @Override
  public Underway beginSlices(Tensor whole, Tensor own, Slices slices) {
    return begun(() -> group.beginSlices(whole, own, slices));
  }

  private Underway begun(Supplier<Underway> begin) {
    Underway underway = clock.during(StepPhase.EXCHANGE, begin);
    return () -> timed(underway::end);
  }

  @Override
  public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
    timed(() -> group.gatherSlices(own, whole, slices));
  }

  @Override
  public void gatherGradient(Tensor own, Tensor whole, Slices slices) {
    timed(() -> group.gatherGradient(own, whole, slices));
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
