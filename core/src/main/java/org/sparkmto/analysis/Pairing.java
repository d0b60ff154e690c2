package org.sparkmto.analysis;

/** Which gradients are compared with which. */
public enum Pairing {
  /**
   * Those of the tasks' mean losses over a whole batch: what a method weighs (Common Paradigms App.
   * A5, "average gradient"; Aligned-MTL Fig. 4).
   */
  TASKS("tasks", "between tasks"),
  /** Those of different tasks on the same single sample (Common Paradigms, 4.2, setup 1). */
  TASKS_OF_SAMPLE("tasks-of-sample", "tasks on a sample"),
  /** Those of different samples of a batch for the same task (its setup 2). */
  SAMPLES_OF_TASK("samples-of-task", "samples of a task"),
  /**
   * Those of different samples of a batch, each the mean over the tasks that have a label in it
   * (App. A5, "average gradient", of setup 2).
   */
  SAMPLES("samples", "between samples");

  private final String label;
  private final String words;

  Pairing(String label, String words) {
    this.label = label;
    this.words = words;
  }

  /** Its name in files. */
  public String label() {
    return label;
  }

  /** Its name for people. */
  public String words() {
    return words;
  }
}
