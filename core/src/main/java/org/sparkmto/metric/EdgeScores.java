package org.sparkmto.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The optimal-dataset-scale F of edges (Martin et al., TPAMI 2004): predicted edges are thinned and
 * matched one to one with true edge pixels at most 0.0075 of the image's diagonal away; matched
 * pixels, and unmatched ones of either side, are summed over the split for each threshold 0.01,
 * 0.02, ..., 0.99 of the probability, and the best {@code 2 TP / (2 TP + FP + FN)} of one threshold
 * counts. In [0, 1]; NaN if there is no true edge in the split.
 *
 * <p>Differences from the MATLAB programs of the literature, all of which move values by little but
 * not by nothing: thinning is {@link EdgeThinning} on the whole map instead of morphological
 * thinning at every threshold, so the edges of a higher threshold are among those of a lower one;
 * the matching is the largest possible one instead of an approximation of the cheapest. True edges
 * are taken as they are and should be one pixel wide.
 *
 * <p>Pixels without a label are neither predicted nor true. A NaN output is a wrong answer at every
 * threshold. The sums are counts, so any partition of a split adds up to the same value.
 *
 * @param width of the maps in pixels
 */
public record EdgeScores(int width) implements Metric {
  static final Figure ODS_F = Figure.higher("ods-f").needs("an edge");

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "edge-scores",
              "mask, of the tasks in metrics.edges",
              "best F of one threshold for the whole split, where an edge may be 0.0075 of the"
                  + " diagonal off",
              ODS_F)
          .judging(
              task -> task.is(MetricTask.MASK) && task.choices().edges().contains(task.name()),
              task -> new EdgeScores(task.width()));

  private static final int THRESHOLDS = 99;
  private static final double REACH = 0.0075;

  public EdgeScores {
    if (width < 1) {
      throw new IllegalArgumentException("maps of width " + width);
    }
  }

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  /**
   * By the highest threshold that they reach: predicted pixels with a partner, then those without;
   * and the true pixels.
   */
  @Override
  public int sums() {
    return 2 * THRESHOLDS + 1;
  }

  @Override
  public void add(Tally tally, Answers answers) {
    if (answers.channels() != 1 || answers.pixels() % width != 0) {
      throw new IllegalArgumentException(
          "edges need one output for each pixel of a map of width %d, got %d for each of %d"
              .formatted(width, answers.channels(), answers.pixels()));
    }
    for (int sample = 0; sample < answers.samples(); sample++) {
      addImage(tally.sums(), answers, sample * answers.pixels());
    }
  }

  private void addImage(double[] sums, Answers answers, int first) {
    int pixels = answers.pixels();
    int height = pixels / width;
    double[] map = new double[pixels];
    boolean[] truth = new boolean[pixels];
    for (int pixel = 0; pixel < pixels; pixel++) {
      float logit = answers.output(first + pixel, 0);
      int label = answers.labels()[first + pixel];
      truth[pixel] = label == 1;
      sums[2 * THRESHOLDS] += label == 1 ? 1 : 0;
      if (Float.isNaN(logit)) {
        sums[2 * THRESHOLDS - 1] += label == 0 ? 1 : 0;
      } else {
        map[pixel] = 1 / (1 + Math.exp(-logit));
      }
    }
    boolean[] ridges = EdgeThinning.of(map, width);
    EdgeMatching matching = new EdgeMatching(truth, width, REACH * Math.hypot(width, height));
    IntStream.range(0, pixels)
        .filter(pixel -> ridges[pixel] && answers.labels()[first + pixel] != Answers.NO_LABEL)
        .filter(pixel -> reached(map[pixel]) > 0)
        .boxed()
        .sorted(Comparator.comparingDouble(pixel -> -map[pixel]))
        .forEach(
            pixel -> {
              int place = reached(map[pixel]) - 1;
              sums[matching.offer(pixel) ? place : THRESHOLDS + place]++;
            });
  }

  /** The number of thresholds that a probability reaches. */
  private static int reached(double probability) {
    int count = (int) Math.min(THRESHOLDS, 100 * probability);
    // 100 * 0.29 is below 29.
    return count < THRESHOLDS && probability >= (count + 1) / 100.0 ? count + 1 : count;
  }

  @Override
  public double[] values(Tally tally) {
    double[] sums = tally.sums();
    if (sums[2 * THRESHOLDS] == 0) {
      return new double[] {Double.NaN};
    }
    double hits = 0;
    double misses = 0;
    double[] scores = new double[THRESHOLDS];
    for (int place = THRESHOLDS - 1; place >= 0; place--) {
      hits += sums[place];
      misses += sums[THRESHOLDS + place];
      scores[place] = Logits.ratio(2 * hits, hits + misses + sums[2 * THRESHOLDS]);
    }
    return new double[] {
      Arrays.stream(scores).filter(f -> !Double.isNaN(f)).max().orElse(Double.NaN)
    };
  }
}
