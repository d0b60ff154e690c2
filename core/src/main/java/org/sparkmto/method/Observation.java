package org.sparkmto.method;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What the ranks together know of one step, for all tasks of the run.
 *
 * @param step the step since the start of the run, from 0
 * @param epoch the epoch, from 0
 * @param losses per task the mean loss over the labelled elements of the global batch; any value
 *     where there are none
 * @param labelled per task the number of labelled elements in the global batch
 * @param gradients what is known of the gradients of the unweighted losses
 */
public record Observation(
    long step, int epoch, Vector losses, Vector labelled, GradientSummary gradients) {

  /** Checks that all parts speak of the same number of tasks. */
  public Observation {
    int tasks = losses.size();
    if (labelled.size() != tasks || !gradients.fits(tasks)) {
      throw new IllegalArgumentException(
          "an observation of "
              + tasks
              + " losses has "
              + labelled.size()
              + " label counts"
              + gradients.products().stream()
                  .map(matrix -> ", inner products of " + matrix.size() + " gradients")
                  .collect(Collectors.joining())
              + " and, of gradients, "
              + gradients.form()
              + " of another number of tasks");
    }
  }

  /** An observation of losses alone. */
  public static Observation ofLosses(long step, int epoch, Vector losses, Vector labelled) {
    return new Observation(step, epoch, losses, labelled, GradientSummary.none());
  }

  /** This observation with something else known of the gradients. */
  public Observation with(GradientSummary other) {
    return new Observation(step, epoch, losses, labelled, other);
  }

  /** This observation with the inner products of the task gradients. */
  public Observation withGram(SymmetricMatrix inner) {
    return with(new GradientSummary.Gram(inner));
  }

  /** This observation with the inner products of every group of parameters. */
  public Observation withGroups(List<SymmetricMatrix> byGroup) {
    return with(new GradientSummary.GroupGrams(byGroup));
  }

  /** Which tasks can be weighed, and why the others cannot. */
  public TaskStatus[] status() {
    TaskStatus[] status = new TaskStatus[losses.size()];
    for (int k = 0; k < status.length; k++) {
      if (!(labelled.at(k) > 0)) {
        status[k] = TaskStatus.UNLABELLED;
      } else if (!Double.isFinite(losses.at(k))) {
        status[k] = TaskStatus.NOT_FINITE;
      } else {
        status[k] = gradients.status(k);
      }
    }
    for (SymmetricMatrix products : gradients.products()) {
      ProductGuard.dropPairsNotFinite(products, status);
    }
    if (!gradients.products().isEmpty()) {
      ProductGuard.dropNegligible(gradients.products(), status);
    }
    return status;
  }
}
