package org.sparkmto.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/**
 * What is counted of one task beside its metrics: which class was taken for which, how often it was
 * right when it was how sure, and the samples of the highest loss. All of it adds up over the parts
 * of a split to the same, whatever the parts: counts are whole numbers, and so are the sums of
 * probabilities, in units of 2^-32.
 */
final class TaskFindings implements Serializable {
  private static final long serialVersionUID = 1;

  /** Ranges of probability, of equal width. */
  static final int BINS = 10;

  private static final double UNIT = 0x1p32;

  /**
   * A sample among the worst.
   *
   * @param index within its split
   * @param loss {@link SampleLoss}
   * @param label what is true, in words
   * @param said what the network has said, in words
   * @param pictures encoded; the sample, and of a map also what is true and what was said
   */
  record Worst(long index, double loss, String label, String said, List<byte[]> pictures)
      implements Serializable {
    static final Comparator<Worst> ORDER =
        Comparator.comparingDouble(Worst::loss).reversed().thenComparingLong(Worst::index);
  }

  private final int classes;
  private final int most;
  private final long[] confusion;
  private final long[] asked = new long[BINS];
  private final long[] right = new long[BINS];
  private final long[] sure = new long[BINS];
  private final ArrayList<Worst> worst = new ArrayList<>();

  /**
   * Nothing found yet.
   *
   * @param most how many of the worst samples are kept
   */
  TaskFindings(Task task, int most) {
    classes = task.kind().hasLabels() && task.kind() != TaskKind.MULTI_LABEL ? task.classes() : 0;
    confusion = new long[classes * classes];
    this.most = most;
  }

  /**
   * Takes in what was said of a batch.
   *
   * @param index of a sample within its split
   * @param shown a sample, encoded
   */
  void add(Reading reading, IntToLongFunction index, IntFunction<List<byte[]>> shown) {
    boolean labels = reading.task().kind().hasLabels();
    for (int sample = 0; sample < reading.samples(); sample++) {
      for (int question = 0; labels && question < reading.questions(); question++) {
        count(reading, sample, question);
      }
      double loss = SampleLoss.of(reading, sample);
      long number = index.applyAsLong(sample);
      if (!Double.isNaN(loss) && isAmongWorst(loss, number)) {
        AnswerWords words = new AnswerWords(reading, sample);
        keep(List.of(new Worst(number, loss, words.label(), words.said(), shown.apply(sample))));
      }
    }
  }

  private void count(Reading reading, int sample, int question) {
    int label = reading.label(sample, question);
    int said = reading.said(sample, question);
    if (label < 0 || said < 0) {
      return;
    }
    if (classes > 0) {
      confusion[label * classes + said]++;
    }
    double probability =
        reading.isOfClasses()
            ? reading.probability(sample, said, question)
            : reading.yes(sample, question);
    int bin = Math.min(BINS - 1, (int) (probability * BINS));
    asked[bin]++;
    right[bin] += (reading.isOfClasses() ? label == said : label == 1) ? 1 : 0;
    sure[bin] += Math.round(probability * UNIT);
  }

  private boolean isAmongWorst(double loss, long index) {
    if (worst.size() < most) {
      return true;
    }
    return most > 0
        && Worst.ORDER.compare(
                new Worst(index, loss, "", "", List.of()), worst.get(worst.size() - 1))
            < 0;
  }

  private void keep(List<Worst> more) {
    TreeSet<Worst> all = new TreeSet<>(Worst.ORDER);
    all.addAll(worst);
    all.addAll(more);
    worst.clear();
    all.stream().limit(most).forEach(worst::add);
  }

  /** Takes in what was found of another part of the split. */
  void add(TaskFindings other) {
    for (int i = 0; i < confusion.length; i++) {
      confusion[i] += other.confusion[i];
    }
    for (int bin = 0; bin < BINS; bin++) {
      asked[bin] += other.asked[bin];
      right[bin] += other.right[bin];
      sure[bin] += other.sure[bin];
    }
    keep(other.worst);
  }

  /** Rows of true classes, columns of those said; no rows of a task without classes. */
  List<List<Long>> confusion() {
    List<List<Long>> rows = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      List<Long> row = new ArrayList<>();
      for (int said = 0; said < classes; said++) {
        row.add(confusion[label * classes + said]);
      }
      rows.add(row);
    }
    return rows;
  }

  long asked(int bin) {
    return asked[bin];
  }

  /** The share of right answers, or of yes; NaN if nothing was asked. */
  double share(int bin) {
    return (double) right[bin] / asked[bin];
  }

  /** The mean probability; NaN if nothing was asked. */
  double probability(int bin) {
    return sure[bin] / UNIT / asked[bin];
  }

  /** The samples of the highest loss, the worst first. */
  List<Worst> worst() {
    return List.copyOf(worst);
  }
}
