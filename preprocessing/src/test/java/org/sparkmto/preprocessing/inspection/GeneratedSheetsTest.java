package org.sparkmto.preprocessing.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.preprocessing.samples.SampleGeneration;
import org.sparkmto.preprocessing.samples.SamplesRequest;
import org.sparkmto.storage.HadoopDefaults;

/** Generated data sets, from raw files to a valid data set and a sheet in target/ to look at. */
class GeneratedSheetsTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"fashion-40", "multi-fashion"})
  void aGeneratedDataSetIsValidAndCanBeSeen(String kind) throws Exception {
    String raw = directory.resolve("raw").toString();
    String shards = directory.resolve("shards").toString();
    SampleGeneration.write(LocalSpark.session(), SamplesRequest.of(kind, raw).withCounts(60, 8, 8));
    Preprocessing.run(LocalSpark.session(), PreprocessingRequest.of(kind, raw, shards));
    assertThat(Validation.of(LocalSpark.session(), shards).findings()).isEmpty();
    DatasetDirectory dataset = DatasetDirectory.open(shards, HadoopDefaults.copy());
    byte[] png =
        ContactSheet.png(
            dataset, new ShownSamples.AtRandom("train", 8, 1), 0, HadoopDefaults.copy());
    Files.write(Path.of("target", kind + ".png"), png);
    assertThat(Png.decodeColour(png).height()).isGreaterThan(256);
    assertThat(lines(dataset)).anySatisfy(line -> assertThat(line).startsWith("tasks ("));
    Files.write(Path.of("target", kind + ".txt"), lines(dataset));
  }

  private static List<String> lines(DatasetDirectory dataset) throws IOException {
    List<String> lines = new ArrayList<>();
    Inspection.print(dataset, HadoopDefaults.copy(), false, lines::add);
    return lines;
  }
}
