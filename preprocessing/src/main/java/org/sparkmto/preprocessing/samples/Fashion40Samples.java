package org.sparkmto.preprocessing.samples;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.fashion.FashionMnist;
import org.sparkmto.preprocessing.fashion.Garments;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.output.PlainFile;
import org.sparkmto.random.Draws;

/**
 * Four garments in one image and forty yes-or-no tasks: "is the garment at the top left a sneaker?"
 * The layout on disk is CelebA's official one, down to the size of the JPEG files, so that these
 * samples go through the same reader as the real CelebA.
 */
final class Fashion40Samples implements SampleGenerator {
  static final Entry<SampleGenerator> ENTRY =
      SampleGenerator.entry(
          "fashion-40",
          "Four garments side by side, 40 binary tasks, in the layout of CelebA.",
          8_000,
          500,
          2_000,
          Fashion40Samples::new,
          SampleGenerator.FASHION_DIRECTORY);

  static final List<String> QUADRANTS =
      List.of("top_left", "top_right", "bottom_left", "bottom_right");

  private static final int WIDTH = 178;
  private static final int HEIGHT = 218;
  private static final float QUALITY = 0.95f;
  private static final int SAMPLES_PER_TASK = 1_000;

  @Override
  public Set<String> entries() {
    return CelebaLayout.ENTRIES;
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
    writeTables(fashion, counts, seed, output);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<Map<String, Garments>> garments =
        context.broadcast(new LinkedHashMap<>(fashion.garments()));
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    List<CelebaLayout.Run> runs = CelebaLayout.runs(counts, SAMPLES_PER_TASK);
    String directory = output.path(CelebaLayout.IMAGES).toString();
    try {
      context
          .parallelize(runs, runs.size())
          .foreach(
              run ->
                  writeImages(
                      run,
                      garments.value().get(run.split()),
                      draws(seed, run.split()),
                      new Path(directory),
                      configuration.value().value()));
    } finally {
      garments.destroy();
      configuration.destroy();
    }
    return fashion.origin();
  }

  static Draws draws(long seed, String split) {
    return Draws.of(seed).of("fashion-40").of(split);
  }

  /** Indices of the garments of a sample, by quadrant. */
  static int[] chosen(Draws draws, int sample, Garments garments) {
    int[] indices = new int[QUADRANTS.size()];
    for (int q = 0; q < indices.length; q++) {
      indices[q] = draws.at(sample).below(garments.count(), q);
    }
    return indices;
  }

  /** Four gray images as a colour image of CelebA's size. */
  static Image collage(List<byte[]> garments) {
    int height = HEIGHT / 2;
    int width = WIDTH / 2;
    byte[] samples = new byte[3 * HEIGHT * WIDTH];
    for (int q = 0; q < garments.size(); q++) {
      Image tile =
          new Image(1, Garments.SIDE, Garments.SIDE, garments.get(q)).resized(height, width);
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < height; y++) {
          int row = c * HEIGHT + (q / 2) * height + y;
          System.arraycopy(
              tile.samples(), y * width, samples, row * WIDTH + (q % 2) * width, width);
        }
      }
    }
    return new Image(3, HEIGHT, WIDTH, samples);
  }

  private static void writeImages(
      CelebaLayout.Run run, Garments garments, Draws draws, Path directory, Configuration hadoop)
      throws IOException {
    for (int i = run.from(); i < run.to(); i++) {
      List<byte[]> tiles = new ArrayList<>();
      for (int index : chosen(draws, i, garments)) {
        tiles.add(garments.image(index));
      }
      Path path = new Path(directory, CelebaLayout.name(run.first() + i - run.from()));
      PlainFile.write(path, Jpeg.encode(collage(tiles), QUALITY), hadoop);
    }
  }

  private static void writeTables(
      FashionMnist fashion, Map<String, Integer> counts, long seed, OutputDirectory output)
      throws IOException {
    int total = counts.values().stream().mapToInt(Integer::intValue).sum();
    try (Writer attributes = CelebaLayout.text(output, CelebaLayout.ATTRIBUTES);
        Writer partition = CelebaLayout.text(output, CelebaLayout.PARTITION)) {
      attributes.write(total + "\n");
      for (String quadrant : QUADRANTS) {
        for (String garment : FashionMnist.CLASSES) {
          attributes.write(quadrant + "_" + garment + " ");
        }
      }
      attributes.write("\n");
      int number = 0;
      int splitNumber = 0;
      for (Map.Entry<String, Integer> entry : counts.entrySet()) {
        Garments garments = fashion.garments().get(entry.getKey());
        Draws draws = draws(seed, entry.getKey());
        for (int i = 0; i < entry.getValue(); i++) {
          String name = CelebaLayout.name(number++);
          partition.write(name + " " + splitNumber + "\n");
          attributes.write(name);
          for (int index : chosen(draws, i, garments)) {
            for (int c = 0; c < FashionMnist.CLASSES.size(); c++) {
              attributes.write(c == garments.label(index) ? "  1" : " -1");
            }
          }
          attributes.write("\n");
        }
        splitNumber++;
      }
    }
  }
}
