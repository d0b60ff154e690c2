package org.sparkmto.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.TaskContext;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.TaskKind;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.network.LossEntry;
import org.sparkmto.network.LossProvider;
import org.sparkmto.optimizer.Adam;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.OptimizerProvider;
import org.sparkmto.options.Entry;

/**
 * A user's loss and a user's optimiser, the logistic loss and Adam, that wait where a test asks
 * them to: a rank that waits is in a known phase of a known step, for as long as the test needs to
 * look and to kill.
 *
 * <p>A test asks by a file {@code PHASE-RANK} with a number in the folder that {@link #FOLDER}
 * names on executors: the rank waits when it comes through the phase for that time, counted since
 * the file is there, and goes on when the file is gone. While it waits there is {@code
 * at-PHASE-RANK} with the number of its process and what it is doing. A file {@code slow-RANK} has
 * the milliseconds that each forward pass takes longer.
 */
public final class HeldPhases {
  /** The variable of an executor's environment. */
  static final String FOLDER = "HELD_PHASES";

  /** Reading the configuration, before the ranks meet. */
  static final String START = "start";

  /** A forward pass of training. */
  static final String FORWARD = "forward";

  /** A pass of validation. */
  static final String VALIDATION = "validation";

  /** The update of the parameters. */
  static final String UPDATE = "update";

  /** A checkpoint, after the weights and before the state of the optimiser. */
  static final String CHECKPOINT = "checkpoint";

  private static final long LOOK_NANOS = 5_000_000;

  private HeldPhases() {}

  /** The number of this pass, which processes count together: a rank goes from one to another. */
  private static long pass(Path counter) throws IOException {
    Files.write(counter, new byte[1], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return Files.size(counter);
  }

  /** Whether a method is under way: declarations are asked for in other places, too. */
  private static boolean called(String type, String method) {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame ->
                        frame.getClassName().endsWith("." + type)
                            && frame.getMethodName().equals(method)));
  }

  private static void through(String phase) {
    TaskContext task = TaskContext.get();
    String folder = System.getenv(FOLDER);
    if (task == null || folder == null) {
      return;
    }
    int rank = TaskContext.getPartitionId();
    try {
      if (phase.equals(FORWARD)) {
        Path slow = Path.of(folder, "slow-" + rank);
        if (Files.exists(slow)) {
          LockSupport.parkNanos(1_000_000L * Long.parseLong(Files.readString(slow)));
        }
      }
      String name = phase + "-" + rank;
      Path hold = Path.of(folder, name);
      if (!Files.exists(hold)) {
        return;
      }
      long at = Long.parseLong(Files.readString(hold));
      if (pass(Path.of(folder, "passes-" + name)) != at) {
        return;
      }
      Path here = Path.of(folder, "at-" + name);
      Path partial = Path.of(folder, ".at-" + name);
      StringBuilder doing = new StringBuilder();
      for (StackTraceElement element : Thread.currentThread().getStackTrace()) {
        doing.append(element).append('\n');
      }
      Files.writeString(partial, ProcessHandle.current().pid() + "\n" + doing);
      Files.move(partial, here, StandardCopyOption.ATOMIC_MOVE);
      while (Files.exists(hold)) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      Files.deleteIfExists(here);
    } catch (java.nio.file.NoSuchFileException e) {
      return; // the wish was taken back just now
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The loss. */
  public static final class Losses implements LossProvider {
    @Override
    public List<LossEntry> entries() {
      return List.of(
          new LossEntry(
              "held",
              "the logistic loss, which waits where a test asks it to",
              List.of(TaskKind.BINARY),
              List.of(),
              (options, task) ->
                  (outputs, target) -> {
                    through(outputs.requires_grad() ? FORWARD : VALIDATION);
                    return torch
                        .softplus(
                            outputs
                                .reshape(target.values().sizes())
                                .mul(target.values().mul(new Scalar(-2.0)).add(new Scalar(1.0))))
                        .mul(target.values().ne(new Scalar(target.missing())))
                        .sum();
                  }));
    }
  }

  /** Adam. */
  record Held(Adam adam) implements Optimizer {
    @Override
    public List<String> state() {
      if (called("ParameterUpdate", "save")) {
        through(CHECKPOINT);
      }
      return adam.state();
    }

    @Override
    public <V extends ElementVector<V>> void update(
        V parameters, V gradient, List<V> state, long step, double rate) {
      through(UPDATE);
      adam.update(parameters, gradient, state, step, rate);
    }
  }

  /** The optimiser. */
  public static final class Optimizers implements OptimizerProvider {
    @Override
    public List<Entry<Optimizer>> entries() {
      return List.of(
          Optimizer.entry(
              "held",
              "Adam, which waits where a test asks it to",
              List.of(),
              options -> {
                if (called("RankTask", "<init>")) {
                  through(START);
                }
                return new Held(new Adam(0.9, 0.999, 1e-8, 0));
              }));
    }
  }
}
