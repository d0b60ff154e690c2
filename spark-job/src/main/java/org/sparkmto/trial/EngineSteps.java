package org.sparkmto.trial;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.sparkmto.data.Batch;
import org.sparkmto.network.BatchFile;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;

/**
 * The forward and the backward pass of a step, of the sum of all losses; and the files from which
 * another engine can make them, too. Aggregation and update are left out. Not thread-safe.
 */
public final class EngineSteps implements AutoCloseable {
  private static final long SEED = 1;

  private final Replica replica;
  private final Batch batch;
  private final double[] ones;

  /**
   * Passes of a problem.
   *
   * @param threads that compute
   */
  public EngineSteps(SyntheticProblem problem, int threads) {
    ComputeThreads.use(threads);
    replica = Replica.of(problem.plan(), Draws.of(SEED));
    batch = problem.part(0, 1);
    ones = new double[problem.data().tasks().size()];
    Arrays.fill(ones, 1);
  }

  /**
   * Writes what they are made of.
   *
   * @param weights file for parameters and buffers
   * @param numbers file for the batch, see {@link BatchFile}
   */
  public void write(Path weights, Path numbers) throws IOException {
    try (OutputStream out = Files.newOutputStream(weights)) {
      replica.weights().write(out);
    }
    try (OutputStream out = Files.newOutputStream(numbers)) {
      BatchFile.write(out, replica.plan(), batch);
    }
  }

  /** Makes both passes once, and says how many milliseconds that took. */
  public double make() {
    long start = System.nanoTime();
    try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      pass.backward(ones, ones);
    }
    return (System.nanoTime() - start) / 1e6;
  }

  @Override
  public void close() {
    replica.close();
  }
}
