package org.sparkmto.metric;

import java.util.List;

/**
 * What a metric may know of a task to judge it.
 *
 * @param name of the task
 * @param kind name of its kind, one of the constants here
 * @param classes classes, labels or numbers of a sample or pixel
 * @param prior the share of yes among the training labels, in (0, 1); one half where that says
 *     nothing
 * @param width of its maps in pixels; 1 where it has none
 * @param choices what the user chose
 * @param decisions where decisions begin
 */
public record MetricTask(
    String name,
    String kind,
    int classes,
    double prior,
    int width,
    MetricChoices choices,
    Decisions decisions) {
  /** One of several classes of a sample. */
  public static final String CLASSIFICATION = "classification";

  /** Yes or no of a sample. */
  public static final String BINARY = "binary";

  /** Yes or no of a sample for each of several labels. */
  public static final String MULTI_LABEL = "multi-label";

  /** Numbers of a sample. */
  public static final String REGRESSION = "regression";

  /** Numbers of each pixel. */
  public static final String VECTORS = "vectors";

  /** One of several classes of each pixel. */
  public static final String SEGMENTATION = "segmentation";

  /** Yes or no of each pixel. */
  public static final String MASK = "mask";

  /** Depth or disparity of each pixel. */
  public static final String DEPTH = "depth";

  /** Surface normal of each pixel. */
  public static final String NORMALS = "normals";

  /**
   * Where yes begins, for metrics that do not take one half.
   *
   * @param chosenHere whether the split that is judged chooses, as the validation split does
   * @param logits from which on the answer is yes, one for each label, NaN where none could be
   *     chosen; none if nobody has chosen
   */
  public record Decisions(boolean chosenHere, List<Double> logits) {
    /** The split that is judged chooses. */
    public static final Decisions CHOSEN_HERE = new Decisions(true, List.of());

    /** Takes a copy. */
    public Decisions {
      logits = List.copyOf(logits);
    }

    /** Those that another split has chosen; none if it has not. */
    public static Decisions given(List<Double> logits) {
      return new Decisions(false, logits);
    }

    /** That of a label; NaN if there is none. */
    double logit(int label) {
      return label < logits.size() ? logits.get(label) : Double.NaN;
    }
  }

  /** Whether it is of this kind. */
  public boolean is(String other) {
    return kind.equals(other);
  }

  /** The same with other thresholds. */
  public MetricTask decidedBy(Decisions other) {
    return new MetricTask(name, kind, classes, prior, width, choices, other);
  }
}
