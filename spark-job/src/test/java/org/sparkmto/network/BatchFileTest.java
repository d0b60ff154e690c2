package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Batch;
import org.sparkmto.data.TaskKind;

class BatchFileTest {
  @Test
  void holdsInputsAndTargetsAsLossesSeeThem() throws IOException {
    NetworkPlan plan =
        Photos.plan(
            "small-unet",
            Map.of("width", 2L),
            4,
            6,
            List.of(TaskKind.CLASSIFICATION, TaskKind.REGRESSION, TaskKind.MASK, TaskKind.DEPTH));
    Batch batch = Photos.batch(plan, 3, 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BatchFile.write(out, plan, batch);
    SafetensorsReader reader =
        new SafetensorsReader(new ByteArrayInputStream(out.toByteArray()), "batch");
    Map<String, float[]> found = new HashMap<>();
    Map<String, List<Long>> shapes = new HashMap<>();
    for (Safetensors.Declared tensor : reader.tensors()) {
      float[] values = new float[(int) tensor.elements()];
      reader.floats(values, 0, values.length);
      found.put(tensor.name(), values);
      shapes.put(tensor.name(), tensor.shape());
    }
    reader.finish();
    for (String kind : List.of("target.", "valid.")) {
      assertThat(shapes).containsEntry(kind + "classification", List.of(3L, 1L));
      assertThat(shapes).containsEntry(kind + "regression", List.of(3L, 2L));
      assertThat(shapes).containsEntry(kind + "mask", List.of(3L, 1L, 4L, 6L));
      assertThat(shapes).containsEntry(kind + "depth", List.of(3L, 1L, 4L, 6L));
    }
    // Standardised by mean 120 and deviation 70 in the first channel.
    int first = Byte.toUnsignedInt(batch.column("image")[0]);
    assertThat(shapes).hasSize(9).containsEntry("image", List.of(3L, 3L, 4L, 6L));
    assertThat(found.get("image")[0]).isEqualTo((first - 120f) / 70);
    // The first number of each task is missing in this batch.
    assertThat(found.get("valid.classification")).containsExactly(0, 1, 1);
    assertThat(found.get("target.classification"))
        .containsExactly(0, batch.column("classification")[1], batch.column("classification")[2]);
    assertThat(found.get("valid.mask")).startsWith(0, 1, 1, 1, 1, 1, 1, 0);
    assertThat(found.get("target.depth")).startsWith(0, depth(batch, 1));
    assertThat(reader.metadata())
        .containsOnly(
            Map.entry("loss.classification", "cross-entropy"),
            Map.entry("loss.regression", "l1"),
            Map.entry("loss.mask", "bce"),
            Map.entry("loss.depth", "l1"),
            Map.entry("option.width", "2"));
  }

  /** A depth as {@link Photos} tells it. */
  private static float depth(Batch batch, int pixel) {
    return Byte.toUnsignedInt(batch.column("image")[pixel]) / 128f;
  }
}
