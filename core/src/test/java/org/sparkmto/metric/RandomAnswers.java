package org.sparkmto.metric;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Answers of samples that can be counted whole, or in parts that meet again in any order. */
final class RandomAnswers {
  final int samples;
  final int channels;
  final int pixels;
  final float[] outputs;

  /** Labels, or none beside numbers. */
  final int[] labels;

  /** Numbers, or none beside labels. */
  final float[] truth;

  RandomAnswers(
      int samples, int channels, int pixels, float[] outputs, int[] labels, float[] truth) {
    this.samples = samples;
    this.channels = channels;
    this.pixels = pixels;
    this.outputs = outputs;
    this.labels = labels;
    this.truth = truth;
  }

  Tally whole(Metric metric) {
    Tally tally = Tally.of(metric);
    metric.add(tally, part(0, samples));
    return tally;
  }

  /** Splits, counts, sends as Spark does, and merges pairs at random until one is left. */
  Tally inParts(Metric metric, Random random) {
    List<Tally> tallies = new ArrayList<>();
    for (int from = 0; from < samples; ) {
      int to = from + 1 + random.nextInt(samples - from);
      Tally tally = Tally.of(metric);
      metric.add(tally, part(from, to));
      tallies.add(tally);
      from = to;
    }
    tallies.add(Tally.of(metric));
    while (tallies.size() > 1) {
      Collections.shuffle(tallies, random);
      Tally last = sent(tallies.remove(tallies.size() - 1));
      tallies.get(0).add(last);
    }
    return tallies.get(0);
  }

  private static Tally sent(Tally tally) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(tally);
      }
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        return (Tally) in.readObject();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answers part(int from, int to) {
    float[] some = part(outputs, from, to);
    if (truth.length > 0) {
      return Answers.ofNumbers(to - from, channels, pixels, some, part(truth, from, to));
    }
    int each = labels.length / samples;
    return Answers.ofLabels(
        to - from, channels, pixels, some, Arrays.copyOfRange(labels, from * each, to * each));
  }

  private float[] part(float[] all, int from, int to) {
    int each = all.length / samples;
    return Arrays.copyOfRange(all, from * each, to * each);
  }
}
