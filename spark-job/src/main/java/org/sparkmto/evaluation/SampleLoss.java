package org.sparkmto.evaluation;

import org.sparkmto.data.TaskKind;

/**
 * How wrong the answer to one sample is: the mean over what is labelled of the negative logarithm
 * of the probability of what is true; of real numbers the mean absolute error in the unit of the
 * target; of normals the mean of one less the cosine. Without weights that a loss may have.
 */
final class SampleLoss {
  private SampleLoss() {}

  /** What the number is, in words. */
  static String words(TaskKind kind, String unit) {
    return switch (kind) {
      case CLASSIFICATION, BINARY, MULTI_LABEL, SEGMENTATION, MASK -> "cross-entropy";
      case NORMALS -> "one less the cosine";
      case REGRESSION, DEPTH, VECTORS -> "absolute error" + (unit.isEmpty() ? "" : " in " + unit);
    };
  }

  /** The loss of a sample; NaN if it has no label, infinite if the network gave no number. */
  static double of(Reading reading, int sample) {
    if (!reading.isLabelled(sample)) {
      return Double.NaN;
    }
    double loss =
        switch (reading.task().kind()) {
          case CLASSIFICATION, BINARY, MULTI_LABEL, SEGMENTATION, MASK -> ofLabels(reading, sample);
          case NORMALS -> ofNormals(reading, sample);
          case REGRESSION, DEPTH, VECTORS -> ofNumbers(reading, sample);
        };
    return Double.isNaN(loss) ? Double.POSITIVE_INFINITY : loss;
  }

  private static double ofLabels(Reading reading, int sample) {
    double sum = 0;
    int count = 0;
    for (int question = 0; question < reading.questions(); question++) {
      int label = reading.label(sample, question);
      if (label < 0) {
        continue;
      }
      count++;
      if (reading.isOfClasses()) {
        sum -= Math.log(reading.probability(sample, label, question));
      } else {
        double odds = reading.logOdds(sample, question);
        double against = label == 1 ? -odds : odds;
        // Without overflow on either side.
        sum += Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against)));
      }
    }
    return sum / count;
  }

  private static double ofNumbers(Reading reading, int sample) {
    double sum = 0;
    int count = 0;
    for (int channel = 0; channel < reading.channels(); channel++) {
      for (int pixel = 0; pixel < reading.pixels(); pixel++) {
        double truth = reading.number(sample, channel, pixel);
        if (!Double.isNaN(truth)) {
          sum += Math.abs(reading.output(sample, channel, pixel) - truth);
          count++;
        }
      }
    }
    return sum / count;
  }

  private static double ofNormals(Reading reading, int sample) {
    double sum = 0;
    int count = 0;
    for (int pixel = 0; pixel < reading.pixels(); pixel++) {
      double inner = 0;
      double own = 0;
      double true2 = 0;
      for (int axis = 0; axis < reading.channels(); axis++) {
        double truth = reading.number(sample, axis, pixel);
        double said = reading.output(sample, axis, pixel);
        inner += truth * said;
        own += said * said;
        true2 += truth * truth;
      }
      if (true2 > 0) {
        sum += 1 - inner / Math.sqrt(Math.max(own * true2, Double.MIN_NORMAL));
        count++;
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }
}
