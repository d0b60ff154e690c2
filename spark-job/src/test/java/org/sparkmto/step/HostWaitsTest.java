package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.exchange.Underway;
import org.sparkmto.method.Slices;
import org.sparkmto.network.Replica;

/**
 * In what order a step exchanges. What is summed as numbers of the host and depends on gradients or
 * losses was read from the device, for which the host has waited; what is summed as a tensor was
 * not.
 */
class HostWaitsTest {
  private static final TinyProblem PROBLEM = new TinyProblem(3, 12, 0.2);

  /** A group that notes what it is asked for. */
  private record Noting(RankGroup group, List<String> asked) implements RankGroup {
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
      asked.add("numbers:" + values.length);
      group.sum(values);
    }

    @Override
    public void sum(Tensor values) {
      asked.add("tensor");
      group.sum(values);
    }

    @Override
    public void broadcast(double[] values) {
      asked.add("weights");
      group.broadcast(values);
    }

    @Override
    public Underway beginSum(Tensor gradient) {
      asked.add("gradient");
      return group.beginSum(gradient);
    }

    @Override
    public Underway beginSlices(Tensor whole, Tensor own, Slices slices) {
      asked.add("slices");
      return group.beginSlices(whole, own, slices);
    }

    @Override
    public void gatherGradient(Tensor own, Tensor whole, Slices slices) {
      asked.add("gather");
      group.gatherGradient(own, whole, slices);
    }

    @Override
    public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
      asked.add("parameters");
      group.gatherSlices(own, whole, slices);
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

  /**
   * Losses and counts of three tasks are 6 numbers, counts alone, which the host has, 3, and inner
   * products 9; how large the maps of three layers are on two ranks, 6, the host has, too. All that
   * is read of the device stands together, with nothing between that the device could do meanwhile.
   */
  @ParameterizedTest
  @CsvSource({
    "'method { name = imtl-g, level = representation }', numbers:15 weights gradient",
    "'method { name = imtl-g, level = parameters }',"
        + " numbers:3 numbers:6 slices slices slices numbers:9 numbers:6 weights gather gradient",
    "method.name = graddrop,"
        + " numbers:3 slices slices slices numbers:6 numbers:6 weights gather gradient",
    "method.name = moco,"
        + " numbers:3 slices slices slices numbers:36 numbers:6 weights gather gradient",
    "method.name = famo, numbers:6 weights gradient numbers:6"
  })
  void theHostReadsAtOneMomentOfAStep(String method, String asked) throws Exception {
    TrainingConfiguration configuration = PROBLEM.configuration(method);
    Aggregator aggregator = PROBLEM.aggregator(configuration);
    List<List<String>> found =
        Ranks.run(
            2,
            group -> {
              Noting noting = new Noting(group, new ArrayList<>());
              try (Replica replica = PROBLEM.replica();
                  GradientRoute route =
                      TinyProblem.route(configuration, replica, noting, aggregator::weigh)) {
                PROBLEM.train(route, 0, 1);
              }
              return noting.asked();
            });
    assertThat(found).containsOnly(List.of(asked.split(" ")));
  }
}
