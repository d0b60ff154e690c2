package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkmto.random.Draws;

class WeightsTest {
  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void parametersAndBuffersComeBackBitForBit() throws IOException {
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    try (Replica written = Replica.of(plan, Draws.of(1));
        Replica read = Replica.of(plan, Draws.of(2))) {
      // Moves the running statistics away from where they start.
      written.forward(Tiny.batch(plan, 8, 3, false), Cut.NONE).close();
      float[] special = {Float.NaN, Float.NEGATIVE_INFINITY, -0f, Float.MIN_VALUE};
      written.parameters().write(5, special, 0, special.length);
      byte[] file = bytes(written);
      read.weights().read(new ByteArrayInputStream(file), "model.safetensors");
      assertThat(Tiny.values(read.parameters())).isEqualTo(Tiny.values(written.parameters()));
      assertThat(Tiny.values(read.buffers())).isEqualTo(Tiny.values(written.buffers()));
      assertThat(Tiny.values(read.buffers())).isNotEqualTo(startingBuffers(plan));
      assertThat(bytes(read)).isEqualTo(file);
    }
  }

  @Test
  void everyParameterAndBufferIsATensorOfItsOwnNameAndShape() throws IOException {
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    try (Replica replica = Replica.of(plan, Draws.of(1))) {
      SafetensorsReader reader =
          new SafetensorsReader(new ByteArrayInputStream(bytes(replica)), "f");
      assertThat(reader.metadata()).containsEntry("architecture", "resnet18");
      List<String> expected =
          Stream.concat(replica.layout().entries().stream(), replica.bufferEntries().stream())
              .map(e -> e.name() + " F32" + e.shape())
              .toList();
      assertThat(reader.tensors()).map(Object::toString).containsExactlyElementsOf(expected);
      assertThat(expected)
          .contains(
              "encoder.conv1.weight F32[2, 3, 7, 7]",
              "encoder.layer4.1.bn2.running_var F32[16]",
              "heads.digit.weight F32[4, 16]");
    }
  }

  @Test
  void weightsOfOtherTasksAreRefusedByNameBeforeAnythingIsReplaced() throws IOException {
    NetworkPlan three = Tiny.smallConvolutional(Tiny.threeTasks());
    NetworkPlan two = Tiny.smallConvolutional(Tiny.threeTasks().subList(0, 2));
    try (Replica written = Replica.of(two, Draws.of(1));
        Replica read = Replica.of(three, Draws.of(2))) {
      float[] before = Tiny.values(read.parameters());
      byte[] file = bytes(written);
      assertThatThrownBy(
              () -> read.weights().read(new ByteArrayInputStream(file), "best.safetensors"))
          .isInstanceOf(SafetensorsException.class)
          .hasMessage(
              "best.safetensors: not the expected tensors; missing: heads.colour.fc1.weight, "
                  + "heads.colour.fc1.bias, heads.colour.fc2.weight, heads.colour.fc2.bias");
      assertThat(Tiny.values(read.parameters())).isEqualTo(before);
    }
  }

  @Test
  void aFileThatEndsTooEarlyIsRefused() throws IOException {
    NetworkPlan plan = Tiny.smallConvolutional(Tiny.threeTasks());
    try (Replica replica = Replica.of(plan, Draws.of(1))) {
      byte[] file = bytes(replica);
      ByteArrayInputStream truncated = new ByteArrayInputStream(file, 0, file.length - 1);
      assertThatThrownBy(() -> replica.weights().read(truncated, "f"))
          .isInstanceOf(SafetensorsException.class)
          .hasMessage("f: the file ends within tensor heads.colour.fc2.bias F32[3]");
    }
  }

  private static float[] startingBuffers(NetworkPlan plan) {
    try (Replica replica = Replica.of(plan, Draws.of(1))) {
      return Tiny.values(replica.buffers());
    }
  }

  private static byte[] bytes(Replica replica) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    replica.weights().write(out);
    return out.toByteArray();
  }
}
