package org.sparkmto.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What is true of a sample and what a network has said of it, in a few words. */
final class AnswerWords {
  private static final int MOST_NUMBERS = 4;

  private final Reading reading;
  private final int sample;

  AnswerWords(Reading reading, int sample) {
    this.reading = reading;
    this.sample = sample;
  }

  String label() {
    return switch (reading.task().kind()) {
      case CLASSIFICATION -> name(reading.label(sample, 0));
      case BINARY -> reading.label(sample, 0) == 1 ? "yes" : "no";
      case MULTI_LABEL -> names(true);
      case REGRESSION -> numbers(true);
      case DEPTH -> mean(true);
      case SEGMENTATION, MASK, NORMALS, VECTORS -> "";
    };
  }

  String said() {
    return switch (reading.task().kind()) {
      case CLASSIFICATION -> classSaid();
      case BINARY -> yesSaid();
      case MULTI_LABEL -> names(false);
      case REGRESSION -> numbers(false);
      case DEPTH -> mean(false);
      case SEGMENTATION, MASK -> wrongPixels();
      case NORMALS, VECTORS -> "";
    };
  }

  private String name(int label) {
    List<String> names = reading.task().classNames();
    return names.isEmpty() ? Integer.toString(label) : names.get(label);
  }

  private String classSaid() {
    int said = reading.said(sample, 0);
    return said < 0
        ? "no number"
        : name(said) + " " + percent(reading.probability(sample, said, 0));
  }

  private String yesSaid() {
    double yes = reading.yes(sample, 0);
    return Double.isNaN(yes)
        ? "no number"
        : yes >= 0.5 ? "yes " + percent(yes) : "no " + percent(1 - yes);
  }

  private String names(boolean truth) {
    List<String> names = new ArrayList<>();
    for (int question = 0; question < reading.questions(); question++) {
      int label = truth ? reading.label(sample, question) : reading.said(sample, question);
      if (label == 1) {
        names.add(name(question));
      }
    }
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private String numbers(boolean truth) {
    List<String> numbers = new ArrayList<>();
    for (int channel = 0; channel < Math.min(MOST_NUMBERS, reading.channels()); channel++) {
      numbers.add(
          number(truth ? reading.number(sample, channel, 0) : reading.output(sample, channel, 0)));
    }
    return String.join(", ", numbers) + (reading.channels() > MOST_NUMBERS ? ", ..." : "") + unit();
  }

  private String mean(boolean truth) {
    double[] values =
        IntStream.range(0, reading.pixels())
            .filter(pixel -> !Float.isNaN(reading.number(sample, 0, pixel)))
            .mapToDouble(
                pixel ->
                    truth ? reading.number(sample, 0, pixel) : reading.output(sample, 0, pixel))
            .toArray();
    return number(Arrays.stream(values).average().orElse(Double.NaN)) + unit() + " on average";
  }

  private String wrongPixels() {
    int wrong = 0;
    int all = 0;
    for (int pixel = 0; pixel < reading.questions(); pixel++) {
      int label = reading.label(sample, pixel);
      if (label >= 0) {
        all++;
        wrong += label == reading.said(sample, pixel) ? 0 : 1;
      }
    }
    return percent((double) wrong / all) + " of the pixels wrong";
  }

  private String unit() {
    String unit = reading.target().unit();
    return unit.isEmpty() ? "" : " " + unit;
  }

  private static String percent(double share) {
    return Math.round(100 * share) + " %";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
