package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.sparkmto.metric.AveragePrecision;
import org.sparkmto.metric.ConfusionMatrix;
import org.sparkmto.metric.DepthErrors;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.LabelCounts;
import org.sparkmto.metric.Median;
import org.sparkmto.metric.NormalAngles;
import org.sparkmto.metric.ParetoFront;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.RelativePerformance.Convention;
import org.sparkmto.metric.RelativePerformance.Term;

/** Evaluation metrics on recorded predictions. */
final class MetricRules {
  private static final Pattern THRESHOLD = Pattern.compile("(f1|accuracy)_at_([0-9.]+)");

  /** Counts and means of a few numbers carry all digits of the file. */
  private static final double COUNTED = 1e-12;

  private MetricRules() {}

  static void check(String name, Fields fields, Findings findings) {
    if (name.startsWith("segmentation")) {
      segmentation(fields, findings);
    } else if (name.startsWith("depth")) {
      depth(fields, findings);
    } else if (name.startsWith("normals")) {
      normals(fields, findings);
    } else if (name.startsWith("delta_m")) {
      relativePerformance(fields, findings);
    } else if (name.startsWith("pareto")) {
      pareto(fields, findings);
    } else if (name.startsWith("multilabel")) {
      multilabel(fields, findings);
    } else {
      throw new NotOfferedException("there is no check for '" + name + "'");
    }
  }

  private static void compareIfThere(Fields fields, Findings findings, String field, double ours) {
    if (fields.has(field)) {
      findings.near(field, ours, fields.number(field), COUNTED);
    }
  }

  /** Classes by row or by image and row. */
  private static int[] pixels(Fields fields, String name) {
    boolean images = fields.raw(name).path(0).path(0).isArray();
    List<double[][]> all =
        images ? fields.matrices(name) : Collections.singletonList(fields.matrix(name));
    return Fields.wholes(
        name, all.stream().flatMap(Arrays::stream).flatMapToDouble(Arrays::stream).toArray());
  }

  private static void segmentation(Fields fields, Findings findings) {
    ConfusionMatrix matrix = new ConfusionMatrix(fields.count("num_classes", 2));
    int ignored = (int) fields.number("ignore", -1);
    int[] truth = Arrays.stream(pixels(fields, "gt")).map(c -> c == ignored ? -1 : c).toArray();
    int[] predicted = pixels(fields, "pred");
    Fields.requireSize("pred", predicted.length, truth.length);
    if (IntStream.range(0, truth.length)
        .filter(i -> truth[i] >= 0 && truth[i] < matrix.classes())
        .anyMatch(i -> predicted[i] < 0 || predicted[i] >= matrix.classes())) {
      throw new MalformedEntryException("the field 'pred' holds what is no class");
    }
    double[] sums = new double[matrix.sums()];
    matrix.add(sums, predicted, truth);
    if (fields.has("confusion_rows_gt")) {
      double[][] theirs = fields.matrix("confusion_rows_gt", matrix.classes(), matrix.classes());
      findings.near(
          "confusion_rows_gt",
          sums,
          Arrays.stream(theirs).flatMapToDouble(Arrays::stream).toArray(),
          COUNTED);
    }
    double[] union = matrix.intersectionOverUnion(sums);
    if (fields.has("iou")) {
      findings.near("iou", union, fields.vector("iou"), COUNTED);
    }
    double plain = Arrays.stream(union).average().orElse(Double.NaN);
    compareIfThere(fields, findings, "miou_nanmean", matrix.meanIntersectionOverUnion(sums));
    compareIfThere(fields, findings, "miou_mean", plain);
    compareIfThere(fields, findings, "miou_mean_libmtl_mtan", plain);
    compareIfThere(fields, findings, "pixel_acc", matrix.pixelAccuracy(sums));
  }

  private static void depth(Fields fields, Findings findings) {
    DepthErrors errors = new DepthErrors(fields.number("invalid_value"));
    double[][] truth = fields.matrix("gt");
    double[][] predicted = fields.matrix("pred", truth.length, truth[0].length);
    double[] sums = new double[errors.sums()];
    double means = 0;
    for (int batch = 0; batch < truth.length; batch++) {
      double[] part = new double[errors.sums()];
      errors.add(part, predicted[batch], truth[batch]);
      Arrays.setAll(sums, i -> sums[i] + part[i]);
      means += errors.absolute(part) / truth.length;
    }
    compareIfThere(fields, findings, "abs_err", errors.absolute(sums));
    compareIfThere(fields, findings, "rel_err", errors.relative(sums));
    compareIfThere(fields, findings, "rmse", errors.rootMeanSquare(sums));
    compareIfThere(fields, findings, "mse", errors.meanSquare(sums));
    compareIfThere(fields, findings, "log_rmse", errors.logRootMeanSquare(sums));
    compareIfThere(fields, findings, "mean_over_batches_abs_err", means);
  }

  private static void normals(Fields fields, Findings findings) {
    double[][] truth = fields.matrix("gt");
    double[][] predicted = fields.matrix("pred_unnormalised", truth.length, 3);
    Fields.requireSize("gt", truth[0].length, 3);
    compareNormals(
        "mask_sum_nonzero_libmtl_mtan", NormalAngles.Valid.SUM, fields, findings, predicted, truth);
    compareNormals(
        "mask_norm_nonzero_correct", NormalAngles.Valid.LENGTH, fields, findings, predicted, truth);
  }

  private static void compareNormals(
      String name,
      NormalAngles.Valid valid,
      Fields fields,
      Findings findings,
      double[][] predicted,
      double[][] truth) {
    if (!fields.has(name)) {
      return;
    }
    Fields theirs = fields.child(name);
    NormalAngles metric = new NormalAngles(valid);
    double[] angles =
        metric.angles(
            Arrays.stream(predicted).flatMapToDouble(Arrays::stream).toArray(),
            Arrays.stream(truth).flatMapToDouble(Arrays::stream).toArray());
    double[] sums = new double[metric.sums()];
    metric.add(sums, angles);
    compareIfThere(theirs, findings, "n", sums[0]);
    compareAngle(theirs, findings, "mean", metric.mean(sums));
    compareAngle(theirs, findings, "median", Median.of(angles));
    compareAngle(theirs, findings, "rmse", metric.rootMeanSquare(sums));
    compareIfThere(theirs, findings, "within_11.25", metric.within(sums, NormalAngles.SMALL));
    compareIfThere(theirs, findings, "within_22.5", metric.within(sums, NormalAngles.MIDDLE));
    compareIfThere(theirs, findings, "within_30", metric.within(sums, NormalAngles.LARGE));
    compareAngle(theirs, findings, "cos_loss", metric.cosineLoss(sums));
  }

  /** An arc cosine is known absolutely, in degrees; so is a cosine. */
  private static void compareAngle(Fields fields, Findings findings, String field, double ours) {
    if (fields.has(field)) {
      double[] theirs = {fields.number(field)};
      findings.near(field, new double[] {ours}, theirs, 1, EXACT);
    }
  }

  private static void relativePerformance(Fields fields, Findings findings) {
    Fields ours = fields.child("mtl");
    Fields baselines = fields.child("stl");
    Fields directions = fields.child("higher_is_better");
    List<Term> terms = new ArrayList<>();
    for (String task : ours.names()) {
      double[] values = ours.vector(task);
      double[] baseline = baselines.vector(task, values.length);
      double[] higher = directions.vector(task, values.length);
      for (int i = 0; i < values.length; i++) {
        terms.add(new Term(task, "metric-" + i, direction(higher[i]), values[i], baseline[i]));
      }
    }
    if (terms.isEmpty()) {
      throw new MalformedEntryException("the field 'mtl' holds no metric");
    }
    RelativePerformance drop = new RelativePerformance(terms, Convention.DROP);
    RelativePerformance improvement = new RelativePerformance(terms, Convention.IMPROVEMENT);
    compareIfThere(fields, findings, "drop_task_weighted_percent", drop.taskWeighted());
    compareIfThere(fields, findings, "drop_metric_weighted_percent", drop.metricWeighted());
    compareIfThere(
        fields,
        findings,
        "improvement_task_weighted_percent_libmtl_sign",
        improvement.taskWeighted());
  }

  private static Direction direction(double higherIsBetter) {
    if (higherIsBetter != 0 && higherIsBetter != 1) {
      throw new MalformedEntryException("the field 'higher_is_better' holds neither 0 nor 1");
    }
    return higherIsBetter == 1 ? Direction.HIGHER_IS_BETTER : Direction.LOWER_IS_BETTER;
  }

  private static void pareto(Fields fields, Findings findings) {
    double[][] points = fields.matrix("points");
    List<Direction> directions =
        Arrays.stream(fields.vector("higher_is_better", points[0].length))
            .mapToObj(MetricRules::direction)
            .toList();
    boolean[] theirs = fields.flags("is_pareto");
    Fields.requireSize("is_pareto", theirs.length, points.length);
    findings.same(
        "is_pareto", Arrays.toString(ParetoFront.of(points, directions)), Arrays.toString(theirs));
  }

  private static void multilabel(Fields fields, Findings findings) {
    double[][] truth = fields.matrix("y");
    double[][] scores = fields.matrix("score", truth.length, truth[0].length);
    int labels = truth[0].length;
    double[] precision = new double[labels];
    Arrays.setAll(precision, k -> AveragePrecision.of(column(scores, k), positive(truth, k)));
    if (fields.has("ap")) {
      findings.near("ap", precision, fields.vector("ap"), COUNTED);
    }
    compareIfThere(fields, findings, "map", mean(precision));
    for (String field : List.copyOf(fields.names())) {
      Matcher matcher = THRESHOLD.matcher(field);
      if (matcher.matches()) {
        double threshold = Double.parseDouble(matcher.group(2));
        boolean f1 = matcher.group(1).equals("f1");
        double[] values = new double[labels];
        Arrays.setAll(values, k -> counted(threshold, f1, column(scores, k), positive(truth, k)));
        findings.near(field, values, fields.vector(field), COUNTED);
        if (f1) {
          compareIfThere(fields, findings, "mf1", mean(values));
        }
      }
    }
  }

  private static double counted(double threshold, boolean f1, double[] scores, boolean[] positive) {
    LabelCounts counts = new LabelCounts(threshold);
    double[] sums = new double[counts.sums()];
    counts.add(sums, scores, positive);
    return f1 ? counts.f1(sums) : counts.accuracy(sums);
  }

  /** Over the labels where it is defined. */
  private static double mean(double[] values) {
    return Arrays.stream(values).filter(value -> !Double.isNaN(value)).average().orElse(Double.NaN);
  }

  private static double[] column(double[][] rows, int column) {
    return Arrays.stream(rows).mapToDouble(row -> row[column]).toArray();
  }

  private static boolean[] positive(double[][] truth, int label) {
    boolean[] positive = new boolean[truth.length];
    for (int i = 0; i < positive.length; i++) {
      if (truth[i][label] != 0 && truth[i][label] != 1) {
        throw new MalformedEntryException("the field 'y' holds neither 0 nor 1");
      }
      positive[i] = truth[i][label] == 1;
    }
    return positive;
  }
}
