package org.sparkmto.method;

import java.util.List;
import java.util.OptionalInt;
import org.sparkmto.options.Option;

/**
 * GCS: an auxiliary task takes part in a step only where its gradient points the way of the primary
 * task's, {@code cos(g_k, g_p) > 0} (Du et al., "Adapting Auxiliary Losses Using Gradient
 * Similarity", 2018). The primary task has weight 1.
 *
 * @param primary the task that is served
 * @param form the weight of an auxiliary task with a positive cosine
 */
record GradientCosineSimilarity(PrimaryTask primary, Form form) implements GramMethod {

  /** Weights of auxiliary tasks that do not conflict. */
  enum Form {
    /** 1. */
    UNWEIGHTED,
    /** The cosine. */
    WEIGHTED
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "gcs",
              "Gradient cosine similarity",
              "Du et al., 2018 (arXiv:1812.02224)",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(PrimaryTask.OPTION, Option.text(), 0, PrimaryTask.MEANING)
          .option(
              "form",
              Option.choice(Form.class),
              "unweighted",
              "weight at a positive cosine: unweighted (1) or weighted (it)")
          .is(MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new GradientCosineSimilarity(
                      PrimaryTask.of(options), options.choice("form", Form.class)));

  @Override
  public void requireTasks(List<String> names) {
    primary.number(names);
  }

  @Override
  public boolean weighsSingleTask() {
    return true;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    OptionalInt served = primary.in(tasks);
    if (served.isEmpty()) {
      return TaskWeights.failed(PrimaryTask.INACTIVE);
    }
    Vector cosines = Vector.of(tasks.cosines().row(served.getAsInt()));
    return TaskWeights.shared(
        cosines.map(
            cosine -> form == Form.WEIGHTED ? Math.max(0, cosine) : cosine > 0 ? 1.0 : 0.0));
  }
}
