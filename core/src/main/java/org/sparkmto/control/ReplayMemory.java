package org.sparkmto.control;

import java.util.ArrayList;
import java.util.List;
import org.sparkmto.random.Draws;

/** All episodes of a task, of which batches of single steps are drawn. */
final class ReplayMemory {
  private static final int SEEN = ControlTask.WIDEST_OBSERVATION;
  private static final int DONE = ControlTask.WIDEST_ACTION;

  private final List<Episode> episodes = new ArrayList<>();

  /**
   * Steps of one task.
   *
   * @param observations row after row
   * @param actions row after row
   * @param rewards one for each row
   * @param next observations after the actions
   */
  @SuppressWarnings("ArrayRecordComponent") // read by one learner, never compared
  record Batch(double[] observations, double[] actions, double[] rewards, double[] next) {
    int rows() {
      return rewards.length;
    }
  }

  void add(Episode episode) {
    episodes.add(episode);
  }

  /**
   * Steps with equal chances, each drawn for itself.
   *
   * @throws IllegalArgumentException if there is no episode yet
   */
  Batch draw(int rows, Draws draws) {
    Batch batch =
        new Batch(
            new double[rows * SEEN],
            new double[rows * DONE],
            new double[rows],
            new double[rows * SEEN]);
    for (int row = 0; row < rows; row++) {
      int drawn = draws.below(episodes.size() * ControlTask.STEPS, row);
      Episode episode = episodes.get(drawn / ControlTask.STEPS);
      int step = drawn % ControlTask.STEPS;
      System.arraycopy(episode.observations(), step * SEEN, batch.observations, row * SEEN, SEEN);
      System.arraycopy(episode.observations(), (step + 1) * SEEN, batch.next, row * SEEN, SEEN);
      System.arraycopy(episode.actions(), step * DONE, batch.actions, row * DONE, DONE);
      batch.rewards[row] = episode.rewards()[step];
    }
    return batch;
  }
}
