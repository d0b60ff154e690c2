package org.sparkmto.preprocessing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;

/**
 * What the lists of a raw data set say.
 *
 * @param columns what every sample is decoded to
 * @param tasks what can be learned from them
 * @param samples to be decoded; identities are unique
 * @param refused named somewhere, but not fit to be decoded
 * @param opener opens the readers that decode the samples
 * @param embedded where the samples' bytes stand if they are rows of Parquet files; a reader finds
 *     them in {@link RawSample#embedded()} then
 * @param remarks sentences for people about what is odd, though no sample is bad
 */
public record RawContents(
    List<Column> columns,
    List<Task> tasks,
    List<RawSample> samples,
    List<RefusedSample> refused,
    SampleReader.Opener opener,
    Optional<EmbeddedRows> embedded,
    List<String> remarks) {
  /**
   * Most bytes of a stored sample, all columns together. Spark and Parquet hold several copies of a
   * row. Streets of full size, 1024x2048, with labels, offsets and disparities have 29 MB.
   */
  public static final long MAX_ROW = 32 << 20;

  /** Contents whose readers open the samples' files themselves. */
  public RawContents(
      List<Column> columns,
      List<Task> tasks,
      List<RawSample> samples,
      List<RefusedSample> refused,
      SampleReader.Opener opener) {
    this(columns, tasks, samples, refused, opener, Optional.empty(), List.of());
  }

  /**
   * These contents, with a remark for every split that should have samples and has none.
   *
   * @param expected splits of a whole copy of the data set
   */
  public RawContents expecting(List<String> expected) {
    Set<String> there = new HashSet<>();
    samples.forEach(sample -> there.add(sample.split()));
    List<String> all = new ArrayList<>(remarks);
    for (String split : expected) {
      if (!there.contains(split)) {
        all.add("split '" + split + "' has no sample");
      }
    }
    return new RawContents(columns, tasks, samples, refused, opener, embedded, all);
  }

  /**
   * @throws PreprocessingException if a row would be larger than {@link #MAX_ROW}
   */
  public RawContents {
    columns = List.copyOf(columns);
    tasks = List.copyOf(tasks);
    samples = List.copyOf(samples);
    refused = List.copyOf(refused);
    remarks = List.copyOf(remarks);
    long row = columns.stream().mapToLong(Column::bytes).sum();
    if (row > MAX_ROW) {
      throw PreprocessingException.wrongUsage(
          "a stored sample would have "
              + row
              + " bytes, and at most "
              + MAX_ROW
              + " are possible; choose a smaller size for images or targets");
    }
  }
}
