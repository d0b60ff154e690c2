package org.sparkmto.training;

import java.util.Optional;
import org.sparkmto.options.ConfigurationException;

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
      checkpoints.publish(end.marked(checkpoint.with(plan.schema())));
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

  private Checkpoint chosen(Checkpoint last, Checkpoints checkpoints) {
    Optional<String> best = last.selection().best();
    if (!plan.configuration().selectsBest()) {
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
