package org.sparkmto.preprocessing.samples;

import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.output.PlainFile;
import org.sparkmto.random.Draws;

/**
 * Schematic faces with the forty attributes of CelebA, in its official layout: the same names, 178
 * wide and 218 high JPEG files, runs of blanks in the table and a blank at the end of its header.
 *
 * <p>Defects: a face with {@link Fault#MISSING_TARGET} has no row in the table of attributes, one
 * with {@link Fault#ALL_VOID} a row of question marks, one with {@link Fault#TRUNCATED} three
 * fifths of its file. {@link Fault#ODD_SIZE} gives an image one pixel narrower and lower, which is
 * no error in CelebA, where targets have no size: it is kept and resized like the others.
 */
final class FacesSamples implements SampleGenerator {
  static final Entry<SampleGenerator> ENTRY =
      SampleGenerator.entry(
          "faces",
          "Drawn faces with 40 attributes, in the layout of CelebA.",
          6_000,
          1_000,
          1_000,
          FacesSamples::new,
          SampleGenerator.FAULTS);

  private static final float QUALITY = 0.9f;
  private static final int SAMPLES_PER_TASK = 250;

  @Override
  public Set<String> entries() {
    return CelebaLayout.ENTRIES;
  }

  @Override
  public String write(SparkSession spark, SamplesOrder order, OutputDirectory output)
      throws IOException {
    Faults.Chosen faults = order.chosenFaults();
    long seed = order.seed();
    writeTables(order.counts(), seed, faults, output);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    List<CelebaLayout.Run> runs = CelebaLayout.runs(order.counts(), SAMPLES_PER_TASK);
    String directory = output.path(CelebaLayout.IMAGES).toString();
    try {
      context
          .parallelize(runs, runs.size())
          .foreach(
              run -> {
                Configuration hadoop = configuration.value().value();
                for (int i = run.from(); i < run.to(); i++) {
                  String name = CelebaLayout.name(run.first() + i - run.from());
                  byte[] file = file(seed, run.split(), i, faults.of(run.split(), i));
                  PlainFile.write(new Path(directory, name), file, hadoop);
                }
              });
    } finally {
      configuration.destroy();
    }
    return "schematic faces that this program has drawn";
  }

  static Draws draws(long seed, String split, int index) {
    return Draws.of(seed).of("faces").of(split).at(index);
  }

  /** The image file of a sample. */
  static byte[] file(long seed, String split, int index, Optional<Fault> fault) {
    Draws draws = draws(seed, split, index);
    Image face = Face.of(FaceAttribute.of(draws), draws);
    if (has(fault, Fault.ODD_SIZE)) {
      face = face.resized(Face.HEIGHT - 1, Face.WIDTH - 1);
    }
    byte[] file = Jpeg.encode(face, QUALITY);
    return has(fault, Fault.TRUNCATED) ? Arrays.copyOf(file, file.length * 3 / 5) : file;
  }

  private static void writeTables(
      Map<String, Integer> counts, long seed, Faults.Chosen faults, OutputDirectory output)
      throws IOException {
    int rows = counts.values().stream().mapToInt(Integer::intValue).sum();
    for (int i = 0; i < counts.get("train"); i++) {
      rows -= has(faults.of("train", i), Fault.MISSING_TARGET) ? 1 : 0;
    }
    try (Writer attributes = CelebaLayout.text(output, CelebaLayout.ATTRIBUTES);
        Writer partition = CelebaLayout.text(output, CelebaLayout.PARTITION)) {
      attributes.write(rows + "\n");
      for (FaceAttribute attribute : FaceAttribute.values()) {
        attributes.write(attribute.label() + " ");
      }
      attributes.write("\n");
      int number = 0;
      int splitNumber = 0;
      for (Map.Entry<String, Integer> entry : counts.entrySet()) {
        for (int i = 0; i < entry.getValue(); i++) {
          String name = CelebaLayout.name(number++);
          partition.write(name + " " + splitNumber + "\n");
          Optional<Fault> fault = faults.of(entry.getKey(), i);
          if (!has(fault, Fault.MISSING_TARGET)) {
            attributes.write(name + row(seed, entry.getKey(), i, fault) + "\n");
          }
        }
        splitNumber++;
      }
    }
  }

  private static String row(long seed, String split, int index, Optional<Fault> fault) {
    Set<FaceAttribute> face = FaceAttribute.of(draws(seed, split, index));
    StringBuilder row = new StringBuilder();
    for (FaceAttribute attribute : FaceAttribute.values()) {
      row.append(has(fault, Fault.ALL_VOID) ? "  ?" : face.contains(attribute) ? "  1" : " -1");
    }
    return row.toString();
  }

  private static boolean has(Optional<Fault> fault, Fault kind) {
    return fault.filter(kind::equals).isPresent();
  }
}
