package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

@Timeout(60)
class AugmentedStreamTest {
  private static final Column IMAGE =
      new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 8, 16));
  private static final Column LABELS =
      new Column("label", Column.Role.TARGET, ElementType.UINT8, List.of(4, 8));
  private static final Augmentation ALL =
      new Augmentation(true, List.of(1.0, 1.2, 1.5), 20, DepthRule.GEOMETRIC);
  private static final long SEED = 5;

  @TempDir Path root;
  private SplitSource source;

  @BeforeEach
  void write() {
    SplitSource written =
        ShardFixture.write(
            root,
            List.of(List.of(8, 8, 5), List.of(4, 4)),
            (sample, row) -> {
              row.add("image", Binary.fromConstantByteArray(random(IMAGE, sample, 256)));
              row.add("label", Binary.fromConstantByteArray(random(LABELS, sample, 7)));
            },
            "image",
            "label");
    DatasetManifest old = written.manifest();
    DatasetManifest manifest =
        new DatasetManifest(
            old.dataset(),
            old.writer(),
            old.seed(),
            List.of(IMAGE, LABELS),
            List.of(Task.of("parts", TaskKind.SEGMENTATION, List.of("image"), "label", 7)),
            old.splits(),
            old.statistics(),
            old.histograms(),
            Map.of(),
            old.sources(),
            old.settings(),
            List.of());
    source =
        new SplitSource(
            manifest, written.root(), written.hadoop(), written.split(), written.columns());
  }

  private static byte[] random(Column column, long sample, int bound) {
    SplittableRandom random = new SplittableRandom(sample * 31 + bound);
    byte[] bytes = new byte[column.bytes()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt(bound);
    }
    return bytes;
  }

  /** What a step trained on: image and labels of a sample in hexadecimal, by its number. */
  private static void add(RankBatch batch, Map<String, String> seen) {
    for (int i = 0; i < batch.samples(); i++) {
      StringBuilder content = new StringBuilder();
      for (Column column : List.of(IMAGE, LABELS)) {
        int each = column.bytes();
        content.append(
            Arrays.toString(
                Arrays.copyOfRange(batch.bytes(column.name()), i * each, (i + 1) * each)));
      }
      seen.put("step %d, sample %d".formatted(batch.step(), batch.index(i)), content.toString());
    }
  }

  private Map<String, String> seen(int ranks, long firstStep, long steps, Buffering buffering) {
    Map<String, String> seen = new TreeMap<>();
    for (int rank = 0; rank < ranks; rank++) {
      BatchPlan plan = new BatchPlan(6, rank, ranks, SEED, 10);
      try (BatchStream stream = BatchStream.open(source, plan, buffering, ALL, firstStep)) {
        for (long step = 0; step < steps; step++) {
          add(stream.next(), seen);
        }
      }
    }
    return seen;
  }

  /** Three epochs, with and without a cache: what is cached is not what is augmented. */
  @Test
  void ranksAndCachesDoNotChangeASample() {
    Map<String, String> alone = seen(1, 0, 12, Buffering.DEFAULT);
    assertThat(alone).hasSize(72);
    for (int ranks : new int[] {1, 2, 4}) {
      assertThat(seen(ranks, 0, 12, new Buffering(0, 1))).isEqualTo(alone);
      assertThat(seen(ranks, 0, 12, Buffering.DEFAULT)).isEqualTo(alone);
    }
    alone.forEach(
        (key, content) -> {
          String[] words = key.split("[ ,]+", -1);
          long epoch = Long.parseLong(words[1]) / 4;
          long index = Long.parseLong(words[3]);
          assertThat(content).isEqualTo(alone(epoch, index));
        });
  }

  /** A sample augmented by itself, from what was written. */
  private String alone(long epoch, long index) {
    List<Task> tasks = source.manifest().tasks();
    View view = Augmenter.of(ALL, List.of(IMAGE, LABELS), tasks, SEED).view(epoch, index);
    byte[] image = random(IMAGE, index, 256);
    byte[] labels = random(LABELS, index, 7);
    if (!view.isWhole()) {
      new PictureMap(IMAGE).show(view, image, 0);
      new LabelMap(LABELS, Task.MISSING).show(view, labels, 0);
    }
    return Arrays.toString(image) + Arrays.toString(labels);
  }

  @Test
  void aResumedStreamGivesTheSameBatches() {
    Map<String, String> whole = seen(2, 0, 14, Buffering.DEFAULT);
    Map<String, String> first = seen(2, 0, 6, Buffering.DEFAULT);
    Map<String, String> rest = seen(2, 6, 8, Buffering.DEFAULT);
    first.putAll(rest);
    assertThat(first).isEqualTo(whole);
  }

  @Test
  void aSampleIsAnotherInEveryEpochAndAsStoredInEvaluation() {
    Map<String, String> seen = seen(1, 0, 12, Buffering.DEFAULT);
    assertThat(seen.values()).doesNotHaveDuplicates();
    List<Long> indices = new ArrayList<>();
    try (SplitScan scan = SplitScan.open(source, 0, 1, 6)) {
      for (Optional<RankBatch> next = scan.next(); next.isPresent(); next = scan.next()) {
        RankBatch batch = next.get();
        for (int i = 0; i < batch.samples(); i++) {
          indices.add(batch.index(i));
          int each = IMAGE.bytes();
          assertThat(Arrays.copyOfRange(batch.bytes("image"), i * each, (i + 1) * each))
              .isEqualTo(random(IMAGE, batch.index(i), 256));
        }
      }
    }
    assertThat(indices).hasSize(29);
  }

  @Test
  void refusesBeforeItReads() {
    Task whole = Task.of("parts", TaskKind.NORMALS, List.of("image"), "label", 3);
    assertThatThrownBy(() -> ALL.check(source.manifest(), List.of(whole)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("normals 'label' have 1 channels instead of 3");
  }
}
