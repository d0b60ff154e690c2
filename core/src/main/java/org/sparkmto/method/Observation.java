package org.sparkmto.method;

import java.util.List;
import java.util.Optional;

/**
 * What the ranks together know of one step, for all tasks of the run.
 *
 * @param step the step since the start of the run, from 0
 * @param epoch the epoch, from 0
 * @param losses per task the mean loss over the labelled elements of the global batch; any value
 *     where there are none
 * @param labelled per task the number of labelled elements in the global batch
 * @param gram inner products of the task gradients of the unweighted losses, where they were taken.
 *     With several gradients per task, {@link Method#gradientsPerTask}, first all of one kind
 * @param layers for a {@link LayerwiseMethod}, the inner products by group of parameters
 * @param figures numbers per task: the squared norms of the gradients and the sums of an {@link
 *     ElementMethod}, or the squared norms for a {@link TaskwiseMethod}, or the derivatives for a
 *     {@link BilevelMethod}
 */
public record Observation(
    long step,
    int epoch,
    Vector losses,
    Vector labelled,
    Optional<SymmetricMatrix> gram,
    List<SymmetricMatrix> layers,
    List<Vector> figures) {

  /** Checks that all parts speak of the same number of tasks. */
  public Observation {
    layers = List.copyOf(layers);
    figures = List.copyOf(figures);
    int tasks = losses.size();
    if (labelled.size() != tasks
        || (gram.isPresent() && gram.get().size() % Math.max(1, tasks) != 0)
        || layers.stream().anyMatch(matrix -> matrix.size() != tasks)
        || figures.stream().anyMatch(vector -> vector.size() != tasks)) {
      throw new IllegalArgumentException(
          "an observation of "
              + tasks
              + " losses has "
              + labelled.size()
              + " label counts"
              + gram.map(matrix -> ", inner products of " + matrix.size() + " gradients").orElse("")
              + ", inner products by layer of "
              + layers.stream().map(SymmetricMatrix::size).toList()
              + " and figures of "
              + figures.stream().map(Vector::size).toList()
              + " tasks");
    }
  }

  /** An observation of losses alone. */
  public static Observation ofLosses(long step, int epoch, Vector losses, Vector labelled) {
    return new Observation(step, epoch, losses, labelled, Optional.empty(), List.of(), List.of());
  }

  /** This observation with the inner products of the task gradients. */
  public Observation withGram(SymmetricMatrix inner) {
    return new Observation(step, epoch, losses, labelled, Optional.of(inner), layers, figures);
  }

  /** This observation with the inner products of every group of parameters. */
  public Observation withLayers(List<SymmetricMatrix> byGroup) {
    return new Observation(step, epoch, losses, labelled, gram, byGroup, figures);
  }

  /** This observation with numbers per task. */
  public Observation withFigures(Vector... perTask) {
    return new Observation(step, epoch, losses, labelled, gram, layers, List.of(perTask));
  }
}
