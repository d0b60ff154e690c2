package org.sparkmto.preprocessing.samples;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.fashion.FashionMnist;
import org.sparkmto.preprocessing.fashion.Garments;
import org.sparkmto.preprocessing.fashion.MultiFashion;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.random.Draws;

/**
 * Two garments in one image, by the recipe of Sener and Koltun's Multi-MNIST (NeurIPS 2018): on a
 * canvas of 36x36 one stands at (0, 0), the other at (6, 6), the brighter pixel wins where they
 * overlap, and the canvas is resized to 28x28 by the nearest pixel.
 */
final class MultiFashionSamples implements SampleGenerator {
  static final Entry<SampleGenerator> ENTRY =
      SampleGenerator.entry(
          "multi-fashion",
          "Two overlapping garments of Fashion-MNIST, 2 tasks of 10 classes.",
          20_000,
          1_000,
          4_000,
          MultiFashionSamples::new,
          SampleGenerator.FASHION_DIRECTORY);

  private static final int CANVAS = 36;
  private static final int OFFSET = 6;
  private static final int IMAGE_MAGIC = 2051;
  private static final int LABEL_MAGIC = 2049;

  @Override
  public Set<String> entries() {
    Set<String> entries = new TreeSet<>();
    for (String split : List.of("train", "val", "test")) {
      entries.add(MultiFashion.imageFile(split) + ".gz");
      entries.add(MultiFashion.labelFile(split, "left") + ".gz");
      entries.add(MultiFashion.labelFile(split, "right") + ".gz");
    }
    return entries;
  }

  @Override
  public void check(SparkSession spark, SamplesOrder order) throws IOException {
    SampleGeneration.fashion(spark, order);
  }

  @Override
  public String write(SparkSession spark, SamplesOrder order, OutputDirectory output)
      throws IOException {
    Map<String, Integer> counts = order.counts();
    long seed = order.seed();
    FashionMnist fashion = SampleGeneration.fashion(spark, order);
    for (Map.Entry<String, Integer> entry : counts.entrySet()) {
      if (entry.getValue() > 0) {
        write(
            entry.getKey(),
            entry.getValue(),
            fashion.garments().get(entry.getKey()),
            draws(seed, entry.getKey()),
            output);
      }
    }
    return fashion.origin();
  }

  private static Draws draws(long seed, String split) {
    return Draws.of(seed).of("multi-fashion").of(split);
  }

  private static void write(
      String split, int count, Garments garments, Draws draws, OutputDirectory output)
      throws IOException {
    byte[] lefts = new byte[count];
    byte[] rights = new byte[count];
    try (DataOutputStream out = gzip(output, MultiFashion.imageFile(split))) {
      for (int header : List.of(IMAGE_MAGIC, count, Garments.SIDE, Garments.SIDE)) {
        out.writeInt(header);
      }
      for (int i = 0; i < count; i++) {
        int left = draws.at(i).below(garments.count(), 0);
        int right = draws.at(i).below(garments.count(), 1);
        out.write(overlaid(garments.image(left), garments.image(right)));
        lefts[i] = (byte) garments.label(left);
        rights[i] = (byte) garments.label(right);
      }
    }
    writeLabels(output, MultiFashion.labelFile(split, "left"), lefts);
    writeLabels(output, MultiFashion.labelFile(split, "right"), rights);
  }

  /** Both images on the canvas, resized to the size of one. */
  static byte[] overlaid(byte[] left, byte[] right) {
    int side = Garments.SIDE;
    byte[] result = new byte[side * side];
    for (int y = 0; y < side; y++) {
      int row = nearest(y);
      for (int x = 0; x < side; x++) {
        int column = nearest(x);
        result[y * side + x] =
            (byte) Math.max(at(left, row, column), at(right, row - OFFSET, column - OFFSET));
      }
    }
    return result;
  }

  /** The canvas pixel under the centre of an output pixel. */
  private static int nearest(int output) {
    return (2 * output + 1) * CANVAS / (2 * Garments.SIDE);
  }

  private static int at(byte[] image, int row, int column) {
    int side = Garments.SIDE;
    boolean inside = row >= 0 && row < side && column >= 0 && column < side;
    return inside ? image[row * side + column] & 0xff : 0;
  }

  private static void writeLabels(OutputDirectory output, String name, byte[] labels)
      throws IOException {
    try (DataOutputStream out = gzip(output, name)) {
      out.writeInt(LABEL_MAGIC);
      out.writeInt(labels.length);
      out.write(labels);
    }
  }

  private static DataOutputStream gzip(OutputDirectory output, String name) throws IOException {
    return new DataOutputStream(
        new BufferedOutputStream(
            new GZIPOutputStream(output.create(name + ".gz"), 1 << 16), 1 << 16));
  }
}
