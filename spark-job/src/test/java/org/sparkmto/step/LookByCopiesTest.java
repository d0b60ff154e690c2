package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;

/** Looks at samples through copies of them, held against those by the gradients of each task. */
@Tag("slow")
class LookByCopiesTest {
  private static final int TASKS = 6;
  private static final TinyProblem PROBLEM = new TinyProblem(TASKS, 24, 0.2);
  private static final String SYNCHRONISED = "network.statistics = synchronised";
  private static final String BY_GRADIENTS = "look.factors = false";

  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  /** What the driver is told of the look of a step. */
  private static SymmetricMatrix seen(boolean doubles, int ranks, String... lines)
      throws Exception {
    TrainingConfiguration configuration = PROBLEM.configuration(lines);
    Aggregator aggregator = PROBLEM.aggregator(configuration);
    List<SymmetricMatrix> seen = new ArrayList<>();
    Ranks.Body<Boolean> body =
        group -> {
          try (Replica replica =
                  doubles
                      ? Replica.inDoubles(PROBLEM.residual(4), Draws.of(2))
                      : Replica.of(PROBLEM.residual(4), Draws.of(2));
              GradientRoute route =
                  TinyProblem.route(
                      configuration,
                      replica,
                      group,
                      report -> {
                        report.gram().ifPresent(seen::add);
                        return aggregator.weigh(report);
                      })) {
            route.leaveGradient(PROBLEM.batch(0, group.rank(), group.size()), route.exchange(0, 0));
            return true;
          }
        };
    if (ranks == 1) {
      body.run(new SoloGroup());
    } else {
      Ranks.run(ranks, body);
    }
    return seen.get(0);
  }

  /**
   * Off by roundings. Of the whole batch's statistics with three samples, some of which are next to
   * the same in the last stages, ranks are 1e-11 apart in any way, so that there are six of them.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | 1/4 | network.statistics = rank",
        "2 | 1/2 | network.statistics = rank",
        "3 | 1/2 | network.statistics = rank",
        "1 | 1/4 | network { statistics = ghost, ghost-samples = 3 }",
        "1 | 1/2 | network { statistics = ghost, ghost-samples = 3 }",
        "2 | 1/2 | network { statistics = ghost, ghost-samples = 3 }",
        "1 | 1/4 | network.statistics = synchronised",
        "2 | 1/2 | network.statistics = synchronised",
        "3 | 1/2 | network.statistics = synchronised",
        "2 | 1/2 | training.micro-batch = 5",
      })
  void seeTheSame(int ranks, String share, String setting) throws Exception {
    for (String part : List.of("", "look.parameters = [\"*layer3*\", \"*conv1*\"]")) {
      String[] lines = {
        "method { name = mgda, level = parameters }", "look.samples = " + share, setting, part
      };
      String[] gradients = {lines[0], lines[1], lines[2], part, BY_GRADIENTS};
      assertThat(seen(true, ranks, lines).distance(seen(true, ranks, gradients)))
          .as(part)
          .isLessThan(1e-12);
      assertThat(seen(false, ranks, lines).distance(seen(false, ranks, gradients)))
          .as(part)
          .isLessThan(1e-5);
    }
  }

  /** With the whole batch's statistics. */
  @Test
  void onAnyNumberOfRanks() throws Exception {
    String[] lines = {
      "method { name = mgda, level = parameters }", "look.samples = 1/2", SYNCHRONISED
    };
    SymmetricMatrix one = seen(true, 1, lines);
    assertThat(seen(true, 2, lines).distance(one)).isLessThan(1e-12);
    assertThat(seen(true, 3, lines).distance(one)).isLessThan(1e-12);
  }
}
