package org.sparkmto.method;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Methods of running averages: how to blend them, then how to weigh the result. */
final class BufferKind extends Kind<GradientSummary.AverageGram> {
  private final BufferMethod method;

  BufferKind(BufferMethod method) {
    super(
        GradientSummary.AverageGram.class,
        "the inner products of the task gradients and their averages");
    this.method = method;
  }

  @Override
  Answer weigh(GradientSummary.AverageGram seen, int[] active, MethodState state, Views views) {
    StepView view = views.of(active, state);
    int count = active.length;
    SymmetricMatrix both = seen.matrix().select(blockwise(active, 2, seen.matrix().size() / 2));
    SymmetricMatrix gradients = both.select(indices(count, count));
    Blend blend = method.blend(new GradientSystem(view, gradients));
    TaskWeights weights = method.weigh(new GradientSystem(view, afterwards(both, blend)));
    return new Answer(weights, Optional.of(blend));
  }

  @Override
  Optional<GradientSummary.AverageGram> ofGram(SymmetricMatrix gram) {
    int tasks = gram.size();
    double[] both = new double[4 * tasks * tasks];
    for (int i = 0; i < tasks * tasks; i++) {
      both[(tasks + i / tasks) * 2 * tasks + tasks + i % tasks] = gram.at(i / tasks, i % tasks);
    }
    return Optional.of(new GradientSummary.AverageGram(SymmetricMatrix.of(2 * tasks, both)));
  }

  @Override
  GradientSummary.AverageGram observe(LocalStep run) {
    double[][] gradients = run.gradients();
    run.weighsRows(gradients);
    double[][] both =
        Stream.of(averages(run, gradients), gradients)
            .flatMap(Arrays::stream)
            .toArray(double[][]::new);
    return new GradientSummary.AverageGram(run.gram(both));
  }

  private static double[][] averages(LocalStep run, double[][] gradients) {
    return run.remembered("averages", gradients.length, gradients[0].length);
  }

  /** Weights are of the averages after the blend. */
  @Override
  void weighed(LocalStep run, Weighing weighing) {
    double[][] gradients = run.rows();
    double[][] averages = averages(run, gradients);
    Blend blend = weighing.blend().orElseThrow();
    for (int task = 0; task < averages.length; task++) {
      for (int i = 0; i < averages[task].length; i++) {
        averages[task][i] =
            blend.keep().at(task) * averages[task][i] + blend.take().at(task) * gradients[task][i];
      }
    }
    run.weighsRows(averages);
  }

  @Override
  Optional<Blend> unchanged(int tasks) {
    return Optional.of(new Blend(Vector.ones(tasks), Vector.zeros(tasks)));
  }

  /** The inner products of {@code keep_k y_k + take_k g_k}, from those of all y and g. */
  private static SymmetricMatrix afterwards(SymmetricMatrix both, Blend blend) {
    int count = blend.keep().size();
    double[] values = new double[count * count];
    for (int k = 0; k < count; k++) {
      for (int l = 0; l < count; l++) {
        values[k * count + l] =
            blend.keep().at(k) * blend.keep().at(l) * both.at(k, l)
                + blend.keep().at(k) * blend.take().at(l) * both.at(k, count + l)
                + blend.take().at(k) * blend.keep().at(l) * both.at(count + k, l)
                + blend.take().at(k) * blend.take().at(l) * both.at(count + k, count + l);
      }
    }
    return SymmetricMatrix.of(count, values);
  }
}
