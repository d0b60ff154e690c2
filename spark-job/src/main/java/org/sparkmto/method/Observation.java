package org.sparkmto.method;

import java.util.Optional;

/**
 * What the ranks together know of one step, for all tasks of the run.
 *
 * @param step the step since the start of the run, from 0
 * @param epoch the epoch, from 0
 * @param losses per task the mean loss over the labelled elements of the global batch; any value
 *     where there are none
 * @param labelled per task the number of labelled elements in the global batch
 * @param gram inner products of the task gradients of the unweighted losses, where they were taken
 */
public record Observation(
    long step, int epoch, Vector losses, Vector labelled, Optional<SymmetricMatrix> gram) {

  /** Checks that all parts speak of the same number of tasks. */
  public Observation {
    if (labelled.size() != losses.size()
        || (gram.isPresent() && gram.get().size() != losses.size())) {
      throw new IllegalArgumentException(
          "an observation of "
              + losses.size()
              + " losses has "
              + labelled.size()
              + " label counts"
              + gram.map(matrix -> " and inner products of " + matrix.size() + " tasks")
                  .orElse(""));
    }
  }

  /** An observation of losses alone. */
  public static Observation ofLosses(long step, int epoch, Vector losses, Vector labelled) {
    return new Observation(step, epoch, losses, labelled, Optional.empty());
  }

  /** This observation with the inner products of the task gradients. */
  public Observation withGram(SymmetricMatrix inner) {
    return new Observation(step, epoch, losses, labelled, Optional.of(inner));
  }
}
