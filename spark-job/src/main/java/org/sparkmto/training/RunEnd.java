package org.sparkmto.training;

import java.util.Optional;
import org.sparkmto.configuration.TrainingConfiguration;

/**
 * How a run ended.
 *
 * @param step steps made
 * @param steps that were planned
 * @param checkpoint directory of the last one, relative to the run; absent if there is none
 * @param reason why it ended before its last step, as the end of a sentence; absent if it did not
 * @param resumes whether it is to be gone on with
 * @param signal what asked it to end
 */
record RunEnd(
    long step,
    long steps,
    Optional<String> checkpoint,
    Optional<String> reason,
    boolean resumes,
    Optional<RunStop.Signal> signal) {

  /** The end of a run whose last checkpoint is this. */
  static RunEnd of(RunPlan plan, Optional<Checkpoint> last, RunStop stop) {
    TrainingConfiguration configuration = plan.configuration();
    long step = last.map(Checkpoint::step).orElse(0L);
    long patience = configuration.selection().patience();
    long since = last.map(checkpoint -> checkpoint.selection().since()).orElse(0L);
    boolean whole = step >= plan.steps();
    boolean patient = patience == 0 || since < patience;
    Optional<String> reason =
        whole
            ? Optional.empty()
            : Optional.of(
                !patient
                    ? "because "
                        + since
                        + " evaluations were no better than the best"
                        + plan.selectionRule().words()
                    : stop.asked()
                        .map(signal -> "because " + signal.words() + " asked it to")
                        .orElse(
                            "by its time limit, training.hours = "
                                + number(configuration.training().hours())
                                + "; --resume goes on"));
    return new RunEnd(
        step,
        plan.steps(),
        last.map(Checkpoint::directory),
        reason,
        !whole && patient,
        stop.asked());
  }

  private static String number(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  /** Whether the run leaves a model: not if it was interrupted. */
  boolean leavesModel() {
    return checkpoint.isPresent() && !(resumes && signal.isPresent());
  }

  /** The checkpoint that becomes the model, which tells if its run is to go on. */
  Checkpoint marked(Checkpoint chosen) {
    return resumes
        ? chosen.unfinished("ended after step " + step + " of " + steps + " " + reason.orElse(""))
        : chosen;
  }

  /**
   * Lets nothing follow a run that a signal has ended.
   *
   * @throws StoppedException if one has
   */
  void refuseToGoOn(RunDirectory directory) {
    if (signal.isEmpty()) {
      return;
    }
    String by = "stopped by " + signal.get().words();
    String where =
        !resumes
            ? ", when the run of " + directory.name() + " had ended and left its model"
            : checkpoint
                .map(
                    last ->
                        " after step %d of %d: %s is its checkpoint, and the same command with --resume goes on from there"
                            .formatted(step, steps, directory.path(last)))
                .orElse(
                    " before the first checkpoint of "
                        + directory.name()
                        + "; the same command with --resume begins it again");
    throw new StoppedException(by + where, signal.get());
  }
}
