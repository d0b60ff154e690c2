package org.sparkmto.method;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.sparkmto.random.Draws;

/**
 * One step as a method may see it: the active tasks only, numbered from 0. A task is active when
 * the batch holds labels for it and its loss (and gradient, for a {@link GramMethod}) is usable.
 */
public final class StepView {
  private final long step;
  private final int epoch;
  private final int[] active;
  private final List<String> names;
  private final Vector losses;
  private final Draws draws;
  private final MethodState state;

  StepView(
      long step,
      int epoch,
      int[] active,
      List<String> names,
      Vector losses,
      Draws draws,
      MethodState state) {
    this.step = step;
    this.epoch = epoch;
    this.active = active;
    this.names = names;
    this.losses = losses;
    this.draws = draws;
    this.state = state;
  }

  /** The number of active tasks, at least 1. */
  public int count() {
    return active.length;
  }

  /** The losses of the active tasks: means over the labelled elements of the global batch. */
  public Vector losses() {
    return losses;
  }

  /** The number of this step since the start of the run, from 0. */
  public long step() {
    return step;
  }

  /** The number of this epoch, from 0. */
  public int epoch() {
    return epoch;
  }

  /** The number, among all tasks of the run, of an active task. */
  public int taskNumber(int activeTask) {
    return active[activeTask];
  }

  /** The names of all tasks of the run, in the order of their numbers. */
  public List<String> names() {
    return names;
  }

  /** The active task with this number among all tasks of the run; empty if it is not active. */
  public OptionalInt active(int taskNumber) {
    int found = Arrays.binarySearch(active, taskNumber);
    return found < 0 ? OptionalInt.empty() : OptionalInt.of(found);
  }

  /** Random numbers of this run's seed and this step. */
  public Draws draws() {
    return draws;
  }

  int[] taskNumbers() {
    return active;
  }

  /** What the method remembers, restricted to the active tasks. */
  public MethodState state() {
    return state;
  }

  /** The same step, with something else remembered. */
  StepView withState(MethodState other) {
    return new StepView(step, epoch, active, names, losses, draws, other);
  }

  /** The values of the active tasks of a vector over all tasks of the run. */
  public Vector select(Vector ofAllTasks) {
    return ofAllTasks.select(active);
  }
}
