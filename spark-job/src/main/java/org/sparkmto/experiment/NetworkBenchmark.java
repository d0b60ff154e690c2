package org.sparkmto.experiment;

import com.typesafe.config.ConfigRenderOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.trial.ProcessMemory;
import org.sparkmto.trial.SyntheticProblem;
import org.sparkmto.trial.TimedSteps;

/**
 * Measures time and memory of training steps of one network: the steps of a run of one rank on one
 * batch from memory, with the aggregator at hand instead of at the driver.
 */
public final class NetworkBenchmark {
  private static final int PROGRESS_LINES = 10;

  private NetworkBenchmark() {}

  /**
   * What to measure.
   *
   * @param method the method with its options
   * @param threads threads of the rank
   * @param steps all steps, the first one included
   * @param passes how passes are made, as a line of a configuration; empty as usual
   */
  public record Settings(
      SyntheticProblem problem, NamedOptions method, int threads, int steps, String passes) {

    /** Checks network, tasks and method against each other; allocates no parameter. */
    public Settings {
      if (steps < 2) {
        throw new IllegalArgumentException(
            "steps = " + steps + ": the first step is measured apart, so at least 2 are needed");
      }
      new TimedSteps(problem, threads, 1, steps - 1, passes).check(section(method));
    }

    private TimedSteps timed() {
      return new TimedSteps(problem, threads, 1, steps - 1, passes);
    }

    /** Index of the first step that counts for growth: a fifth of them lets memory settle. */
    int settled() {
      return (steps + 4) / 5;
    }
  }

  /**
   * One step.
   *
   * @param memory right after it, garbage included
   */
  record Sample(long nanos, ProcessMemory memory) {}

  /**
   * How a step was weighed.
   *
   * @param gram inner products of the task gradients, where the method sees them
   * @param answer weights of the shared part and of the heads
   */
  record Weighed(Optional<SymmetricMatrix> gram, Vector answer) {

    /** The largest difference of an entry from another's, in the norms that it is a product of. */
    Optional<Double> gramError(Weighed from) {
      return gram.flatMap(own -> from.gram.map(own::distance));
    }

    /** The largest difference of a weight from another's, of the largest there. */
    double weightError(Weighed from) {
      double difference = 0;
      double largest = 0;
      for (int i = 0; i < answer.size(); i++) {
        difference = Math.max(difference, Math.abs(answer.at(i) - from.answer.at(i)));
        largest = Math.max(largest, Math.abs(from.answer.at(i)));
      }
      return difference / largest;
    }
  }

  private static String section(NamedOptions method) {
    return method
        .toConfig("method")
        .getConfig("method")
        .root()
        .render(ConfigRenderOptions.concise().setJson(false));
  }

  /**
   * Measures, in this process.
   *
   * @param progress hears of the first step and of some others
   */
  public static NetworkMeasurement run(Settings settings, PrintWriter progress) {
    double loadBefore = StepBenchmark.load();
    List<Sample> samples = new ArrayList<>();
    List<ProcessMemory> collected = new ArrayList<>();
    List<Weighed> weighed = new ArrayList<>();
    int every = Math.max(1, settings.steps() / PROGRESS_LINES);
    collected.add(ProcessMemory.afterCollection());
    ProcessMemory.forgetPeak();
    settings
        .timed()
        .withoutSpark(
            section(settings.method()),
            new TimedSteps.Observer() {
              @Override
              public void weighed(Optional<SymmetricMatrix> gram, Vector answer) {
                // Of the first step: later ones have other parameters.
                if (weighed.isEmpty()) {
                  weighed.add(new Weighed(gram, answer));
                }
              }

              @Override
              public void made(int step, long nanos) {
                ProcessMemory memory = ProcessMemory.now();
                samples.add(new Sample(nanos, memory));
                int done = step + 1;
                if (done == 1 || done % every == 0) {
                  progress.printf(
                      Locale.ROOT,
                      "step %d of %d: %,.0f ms, %,.0f MiB resident%n",
                      done,
                      settings.steps(),
                      nanos / 1e6,
                      NetworkMeasurement.mebibytes(memory.resident()));
                }
                if (done == settings.settled() || done == settings.steps()) {
                  collected.add(ProcessMemory.afterCollection());
                }
              }
            });
    return new NetworkMeasurement(
        settings,
        StepBenchmark.environment(loadBefore),
        samples,
        weighed.get(0),
        collected.get(0),
        collected.get(1),
        collected.get(2));
  }
}
