package org.sparkmto.preprocessing.samples;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.random.Draws;

/**
 * Photographs as a person has them: a table with tasks of four kinds, for {@code preprocess own}
 * with {@code conf/preprocess-portraits.conf}. A fifth of the labels of every task is missing.
 */
final class PortraitsSamples implements SampleGenerator {
  static final Entry<SampleGenerator> ENTRY =
      SampleGenerator.entry(
          "portraits",
          "Drawn heads with a table of five tasks, as data of one's own.",
          280,
          40,
          80,
          PortraitsSamples::new);

  private static final String TABLE = "portraits.csv";
  private static final String PHOTOS = "photos";
  private static final String MASKS = "masks";

  @Override
  public Set<String> entries() {
    return Set.of(TABLE, PHOTOS, MASKS);
  }

  @Override
  public String write(SparkSession spark, SamplesOrder order, OutputDirectory output)
      throws IOException {
    try (Writer table =
        new BufferedWriter(
            new OutputStreamWriter(output.create(TABLE), StandardCharsets.US_ASCII))) {
      table.write("image,split,smiles,hat,glasses,age,head\n");
      for (Map.Entry<String, Integer> split : order.counts().entrySet()) {
        Draws draws = Draws.of(order.seed()).of("portraits").of(split.getKey());
        for (int i = 0; i < split.getValue(); i++) {
          String file = String.format(Locale.ROOT, "%s-%05d.png", split.getKey(), i);
          table.write(row(file, split.getKey(), draws.at(i), output));
        }
      }
    }
    return "schematic heads that this program has drawn";
  }

  private static String row(String file, String split, Draws draws, OutputDirectory output)
      throws IOException {
    Portrait portrait = Portrait.of(draws);
    String photo = PHOTOS + "/" + file;
    write(output, photo, Png.encode(portrait.image(draws.of("noise"))));
    String mask = "";
    if (isKnown(draws, "head")) {
      mask = MASKS + "/" + file;
      write(output, mask, Png.encode(portrait.mask(), 8));
    }
    return String.join(
        ",",
        photo,
        split,
        isKnown(draws, "smiles") ? yesOrNo(portrait.smiles()) : "",
        isKnown(draws, "hat") ? yesOrNo(portrait.hat()) : "",
        isKnown(draws, "glasses") ? portrait.glasses().name().toLowerCase(Locale.ROOT) : "",
        isKnown(draws, "age") ? String.valueOf(portrait.age()) : "",
        mask + "\n");
  }

  private static boolean isKnown(Draws draws, String task) {
    return draws.of("known").of(task).below(5, 0) > 0;
  }

  private static String yesOrNo(boolean value) {
    return value ? "yes" : "no";
  }

  private static void write(OutputDirectory output, String entry, byte[] content)
      throws IOException {
    try (OutputStream out = output.create(entry)) {
      out.write(content);
    }
  }
}
