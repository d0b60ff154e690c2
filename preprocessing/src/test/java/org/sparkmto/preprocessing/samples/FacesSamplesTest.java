package org.sparkmto.preprocessing.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.celeba.Celeba;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.storage.HadoopDefaults;

class FacesSamplesTest {
  @TempDir private Path directory;

  @Test
  void theFilesAreThoseOfCelebaWhateverTheNumberOfTasks() throws Exception {
    write(SamplesRequest.of("faces", path("a")).withCounts(260, 3, 2));
    List<String> attributes = Files.readAllLines(directory.resolve("a/Anno/list_attr_celeba.txt"));
    assertThat(attributes).hasSize(2 + 265);
    assertThat(attributes.get(0)).isEqualTo("265");
    assertThat(attributes.get(1))
        .startsWith("5_o_Clock_Shadow Arched_Eyebrows ")
        .endsWith("Wearing_Necktie Young ");
    assertThat(Files.readAllLines(directory.resolve("a/Eval/list_eval_partition.txt")))
        .hasSize(265)
        .contains("000260.jpg 0", "000261.jpg 1", "000264.jpg 2");
    for (int i : new int[] {0, 1, 249, 250, 259}) { // runs of 250
      assertThat(image("a", i)).isEqualTo(FacesSamples.file(0, "train", i, Optional.empty()));
      assertThat(attributes.get(2 + i)).isEqualTo(row(i, "train", i));
    }
    assertThat(image("a", 261)).isEqualTo(FacesSamples.file(0, "val", 1, Optional.empty()));
    assertThat(attributes.get(2 + 264)).isEqualTo(row(264, "test", 1));
    Image decoded = Jpeg.decode(image("a", 0));
    assertThat(List.of(decoded.width(), decoded.height())).containsExactly(178, 218);

    write(SamplesRequest.of("faces", path("b")).withCounts(2, 3, 0));
    assertThat(image("b", 1)).isEqualTo(image("a", 1));
    assertThat(image("b", 3)).as("the second of val").isEqualTo(image("a", 261));
    write(SamplesRequest.of("faces", path("c")).withCounts(2, 0, 0).withSeed(1));
    assertThat(image("c", 1)).isNotEqualTo(image("a", 1));
  }

  @Test
  void theReaderOfCelebaFindsTheAttributesAndTheFaults() throws Exception {
    Faults faults =
        new Faults(
            Map.of(
                Fault.MISSING_TARGET, 2, Fault.TRUNCATED, 3, Fault.ALL_VOID, 1, Fault.ODD_SIZE, 2));
    write(SamplesRequest.of("faces", path("f")).withCounts(20, 4, 4).withFaults(faults));
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    var root = files.directory(path("f"));
    RawContents contents = Celeba.ENTRY.make(Map.of()).list(root, files.within(root));
    Map<String, Integer> reasons = new TreeMap<>();
    for (RefusedSample sample : contents.refused()) {
      reasons.merge(sample.reason().label(), 1, Integer::sum);
    }
    try (SampleReader reader = contents.opener().open(files.within(root))) {
      for (RawSample sample : contents.samples()) {
        try {
          List<byte[]> content = reader.read(sample);
          assertThat(content.get(0)).hasSize(3 * 64 * 64);
          assertThat(content.get(1)).isEqualTo(labels(sample));
          reasons.merge("kept", 1, Integer::sum);
        } catch (UnreadableSampleException e) {
          reasons.merge(e.reason().label(), 1, Integer::sum);
        }
      }
    }
    assertThat(reasons)
        .isEqualTo(Map.of("kept", 22, "truncated", 3, "no-attributes", 2, "no-labels", 1));
    Faults.Chosen chosen = faults.among(20, 0);
    int odd = 0;
    while (chosen.of("train", odd).filter(Fault.ODD_SIZE::equals).isEmpty()) {
      odd++;
    }
    Image narrow = Jpeg.decode(image("f", odd));
    assertThat(List.of(narrow.width(), narrow.height())).containsExactly(177, 217);
  }

  /** What was drawn for a sample of 20 for training and 4 each for validation and test. */
  private static byte[] labels(RawSample sample) {
    int number = Integer.parseInt(sample.id().substring(0, 6)) - 1;
    int first = sample.split().equals("train") ? 0 : sample.split().equals("val") ? 20 : 24;
    Set<FaceAttribute> face =
        FaceAttribute.of(FacesSamples.draws(0, sample.split(), number - first));
    byte[] labels = new byte[40];
    for (FaceAttribute attribute : face) {
      labels[Arrays.asList(FaceAttribute.values()).indexOf(attribute)] = 1;
    }
    return labels;
  }

  private static String row(int number, String split, int index) {
    Set<FaceAttribute> face = FaceAttribute.of(FacesSamples.draws(0, split, index));
    StringBuilder row = new StringBuilder(String.format("%06d.jpg", number + 1));
    Arrays.stream(FaceAttribute.values())
        .forEach(attribute -> row.append(face.contains(attribute) ? "  1" : " -1"));
    return row.toString();
  }

  private byte[] image(String name, int number) throws IOException {
    return Files.readAllBytes(
        directory.resolve(name + String.format("/Img/img_align_celeba/%06d.jpg", number + 1)));
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private static void write(SamplesRequest request) {
    SampleGeneration.write(LocalSpark.session(), request);
  }
}
