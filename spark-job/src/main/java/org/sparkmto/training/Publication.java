package org.sparkmto.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkmto.exchange.TemporaryFolders;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;

/** Makes a checkpoint of a run its model. */
final class Publication {
  private final RunDirectory directory;
  private final RunPlan plan;
  private final RunListener console;

  Publication(RunDirectory directory, RunPlan plan, RunListener console) {
    this.directory = directory;
    this.plan = plan;
    this.console = console;
  }

  /** Publishes the checkpoint that is chosen at the end of a run. */
  void publish(Checkpoint last, RunEnd end) {
    Checkpoints checkpoints = new Checkpoints(directory);
    Checkpoint checkpoint = chosen(last, checkpoints);
    try {
      // One of an earlier version lacks it.
      Checkpoint described = end.marked(checkpoint.with(plan.schema()));
      if (plan.network().scripts().isEmpty()) {
        checkpoints.publish(described);
      } else {
        publishWithScripts(described, checkpoints);
      }
    } catch (UnsoundException e) {
      throw new ConfigurationException(
          e.getMessage()
              + ", so it does not become the model of "
              + directory.name()
              + "; restore it, or delete "
              + checkpoint.directory()
              + " and go on from the checkpoint before with --resume",
          e);
    }
  }

  /** The network's files with the trained weights, made here and gone when they are published. */
  private void publishWithScripts(Checkpoint checkpoint, Checkpoints checkpoints)
      throws UnsoundException {
    List<Path> files = new ArrayList<>();
    try {
      Path folder = TemporaryFolders.create("spark-mto-model-");
      try (Replica replica = Replica.of(plan.network(), Draws.of(0))) {
        checkpoints.read(checkpoint.directory(), checkpoint.toPublish(), replica.weights()::read);
        files.addAll(replica.saveScripts(folder));
        checkpoints.publish(checkpoint, files);
      } finally {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the network's files: " + e.getMessage(), e);
    }
  }

  private Checkpoint chosen(Checkpoint last, Checkpoints checkpoints) {
    Optional<String> best = last.selection().best();
    if (!plan.configuration().selection().takesBest()) {
      return last;
    }
    if (best.isEmpty()) {
      console.note(
          "the model is the last checkpoint, that of step %d: nothing on %s was defined that could"
                  .formatted(last.step(), plan.configuration().validationSplit())
              + " choose one");
      return last;
    }
    Checkpoint chosen = checkpoints.at(best.get());
    console.note(
        "the model is the best checkpoint%s, that of step %d"
            .formatted(plan.selectionRule().words(), chosen.step()));
    return chosen;
  }
}
