package org.sparkmto.step;

import java.util.List;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.trial.SyntheticProblem;

/**
 * What the last rank has after some steps with equal weights and gradient descent.
 *
 * @param parameters at the end
 * @param statistics running statistics of all ranks as one
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one test
public record TrainedEnd(float[] parameters, float[] statistics) {

  /** Of a problem, with more settings on top, as HOCON lines. */
  public static TrainingConfiguration configuration(SyntheticProblem problem, String... settings) {
    return TrainingConfiguration.parse(
        problem.configuration(
            "name = ew", "optimizer.name = sgd", 0.01, String.join("\n", settings)));
  }

  /** Makes the steps; ranks are threads. */
  public static TrainedEnd of(SyntheticProblem problem, int ranks, int steps, String... settings)
      throws Exception {
    TrainingConfiguration configuration = configuration(problem, settings);
    Aggregator aggregator = problem.aggregator(configuration);
    Ranks.Body<TrainedEnd> body =
        group -> {
          try (Replica replica = Replica.of(problem.plan(), Draws.of(11));
              GradientRoute route =
                  TinyProblem.route(configuration, replica, group, aggregator::weigh)) {
            for (int number = 0; number < steps; number++) {
              route.step(problem.part(group.rank(), ranks), number, 0);
            }
            new RankStatistics(List.of(replica.buffers()), group).average();
            return new TrainedEnd(
                TinyProblem.values(replica.parameters()), TinyProblem.values(replica.buffers()));
          }
        };
    return ranks == 1 ? body.run(new SoloGroup()) : Ranks.run(ranks, body).get(ranks - 1);
  }
}
