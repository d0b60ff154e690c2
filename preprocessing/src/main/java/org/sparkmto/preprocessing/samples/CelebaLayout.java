package org.sparkmto.preprocessing.samples;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Serializable;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.sparkmto.preprocessing.output.OutputDirectory;

/** The official directories of CelebA: names and tables of generated samples are numbered alike. */
final class CelebaLayout {
  static final String IMAGES = "Img/img_align_celeba";
  static final String ATTRIBUTES = "Anno/list_attr_celeba.txt";
  static final String PARTITION = "Eval/list_eval_partition.txt";
  static final Set<String> ENTRIES = Set.of("Img", "Anno", "Eval");

  private CelebaLayout() {}

  /** The samples {@code from..to-1} of a split, which are {@code first..} of all. */
  record Run(String split, int from, int to, int first) implements Serializable {}

  /** All samples, in runs of at most {@code length} of one split. */
  static List<Run> runs(Map<String, Integer> counts, int length) {
    List<Run> runs = new ArrayList<>();
    int first = 0;
    for (Map.Entry<String, Integer> entry : counts.entrySet()) {
      for (int from = 0; from < entry.getValue(); from += length) {
        int to = Math.min(entry.getValue(), from + length);
        runs.add(new Run(entry.getKey(), from, to, first));
        first += to - from;
      }
    }
    return runs;
  }

  /** Name of the image file of a sample, counted over all splits from 0. */
  static String name(int index) {
    return String.format(Locale.ROOT, "%06d.jpg", index + 1);
  }

  /** A table to be written. */
  static Writer text(OutputDirectory output, String entry) throws IOException {
    return new BufferedWriter(
        new OutputStreamWriter(output.create(entry), StandardCharsets.US_ASCII));
  }
}
