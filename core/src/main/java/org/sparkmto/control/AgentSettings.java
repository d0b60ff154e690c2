package org.sparkmto.control;

/**
 * What an agent is made with.
 *
 * @param hidden width of both hidden layers of actor and critics
 * @param batch steps of each task in a batch
 * @param rate of the optimiser, for actor, critics and temperatures
 * @param discount of a reward for each step that it is later, in (0, 1)
 * @param follow part of the way to the critics that their targets go with every step
 * @param temperature of every task at first
 */
public record AgentSettings(
    int hidden, int batch, double rate, double discount, double follow, double temperature) {

  /** The usual ones: those of Haarnoja et al., 2018, but for size, batch and rate. */
  public static AgentSettings usual() {
    return new AgentSettings(64, 32, 1e-3, 0.97, 0.01, 0.1);
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming what is out of its range
   */
  public AgentSettings {
    require(hidden >= 1 && hidden <= 4096, "hidden", hidden, "from 1 to 4096");
    require(batch >= 1 && batch <= 65536, "batch", batch, "from 1 to 65536");
    require(rate > 0 && rate < 1, "rate", rate, "above 0 and below 1");
    require(discount > 0 && discount < 1, "discount", discount, "above 0 and below 1");
    require(follow > 0 && follow <= 1, "follow", follow, "above 0, at most 1");
    require(temperature > 0, "temperature", temperature, "above 0");
  }

  private static void require(boolean holds, String name, Number value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(name + " = " + value + ": it must be " + range);
    }
  }
}
