package com.example.mto;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.samples.SampleGenerator;
import org.sparkmto.preprocessing.samples.SampleGeneratorProvider;
import org.sparkmto.preprocessing.samples.SamplesOrder;
import org.sparkmto.random.Draws;

/** Samples to try things on: dials with one hand, and a table for {@code preprocess own}. */
public final class ExampleSamples implements SampleGeneratorProvider {
  private static final String TABLE = "dials.csv";
  private static final String IMAGES = "dials";
  private static final int SIZE = 32;

  /** Draws the dials. */
  static final class Dials implements SampleGenerator {
    @Override
    public Set<String> entries() {
      return Set.of(TABLE, IMAGES);
    }

    @Override
    public String write(SparkSession spark, SamplesOrder order, OutputDirectory output)
        throws IOException {
      StringBuilder table = new StringBuilder("image,split,quarter,long,minutes\n");
      for (Map.Entry<String, Integer> split : order.counts().entrySet()) {
        for (int i = 0; i < split.getValue(); i++) {
          // The same seed gives the same sample, whatever the others are.
          Draws draws = Draws.of(order.seed()).of("dials").of(split.getKey()).at(i);
          double minutes = 60 * draws.of("minutes").uniform(0);
          boolean far = draws.of("long").below(2, 0) == 1;
          String image = String.format(Locale.ROOT, "%s/%s-%04d.png", IMAGES, split.getKey(), i);
          try (OutputStream out = output.create(image)) {
            ImageIO.write(dial(minutes, far), "png", out);
          }
          table.append(
              String.format(
                  Locale.ROOT,
                  "%s,%s,%d,%s,%.2f%n",
                  image,
                  split.getKey(),
                  (int) (minutes / 15),
                  far ? "yes" : "no",
                  minutes));
        }
      }
      try (OutputStream out = output.create(TABLE)) {
        out.write(table.toString().getBytes(StandardCharsets.UTF_8));
      }
      return "dials that the example has drawn";
    }

    private static BufferedImage dial(double minutes, boolean far) {
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
      Graphics2D canvas = image.createGraphics();
      canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      canvas.setColor(Color.WHITE);
      canvas.fillOval(1, 1, SIZE - 2, SIZE - 2);
      canvas.setColor(Color.BLUE);
      canvas.setStroke(new BasicStroke(2.5f));
      double angle = minutes / 30 * Math.PI;
      double length = far ? 13 : 7;
      int middle = SIZE / 2;
      canvas.drawLine(
          middle,
          middle,
          (int) Math.round(middle + length * Math.sin(angle)),
          (int) Math.round(middle - length * Math.cos(angle)));
      canvas.dispose();
      return image;
    }
  }

  @Override
  public List<Entry<SampleGenerator>> entries() {
    return List.of(
        SampleGenerator.entry(
            "dials", "Dials with one hand, and a table of three tasks.", 400, 80, 80, Dials::new));
  }
}
