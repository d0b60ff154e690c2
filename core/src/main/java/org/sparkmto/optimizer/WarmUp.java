package org.sparkmto.optimizer;

/**
 * Another schedule that starts gently (Goyal et al., "Accurate, large minibatch SGD", 2017, section
 * 2.2): its rate times {@code (step + 1) / steps} in the first {@code steps} steps, so that a
 * constant rate climbs linearly from {@code rate / steps} to {@code rate}. The other schedule keeps
 * counting from the start of the run, so a warm-up does not put off the end of a decay.
 *
 * @param warm the rates once warm
 * @param steps length of the warm-up, at least 1
 */
public record WarmUp(Schedule warm, long steps) implements Schedule {
  public WarmUp {
    Options.require(steps >= 1, "a warm-up of %d steps is too short".formatted(steps));
  }

  @Override
  public double rate(long step, long epoch) {
    double rate = warm.rate(step, epoch);
    return step < steps ? rate * (step + 1) / steps : rate;
  }
}
