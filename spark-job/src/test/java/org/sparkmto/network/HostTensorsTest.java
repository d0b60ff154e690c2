package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.data.Batch;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.TaskKind;

class HostTensorsTest {
  @ParameterizedTest
  @EnumSource(ElementType.class)
  void everyElementTypeKeepsItsValues(ElementType type) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    double[] expected =
        switch (type) {
          case UINT8 -> {
            bytes.put((byte) 200).put((byte) 7);
            yield new double[] {200 / 255.0, 7 / 255.0};
          }
          case INT8 -> {
            bytes.put((byte) -100).put((byte) 7);
            yield new double[] {-100, 7};
          }
          case UINT16 -> {
            bytes.putShort((short) 60_000).putShort((short) 7);
            yield new double[] {60_000, 7};
          }
          case INT16 -> {
            bytes.putShort((short) -20_000).putShort((short) 7);
            yield new double[] {-20_000, 7};
          }
          case INT32 -> {
            bytes.putInt(-70_000).putInt(7);
            yield new double[] {-70_000, 7};
          }
          case FLOAT32 -> {
            bytes.putFloat(-0.125f).putFloat(7);
            yield new double[] {-0.125, 7};
          }
        };
    Column column = new Column("c", Column.Role.INPUT, type, List.of(1));
    Batch batch = new Batch(2, Map.of("c", bytes.array()));
    try (PointerScope scope = new PointerScope()) {
      Tensor x = HostTensors.input(batch, column, null, ScalarType.Float);
      assertThat(x.size(0)).isEqualTo(2);
      for (int i = 0; i < 2; i++) {
        assertThat(x.get(i).item_double()).isCloseTo(expected[i], Offset.offset(1e-7));
      }
    }
  }

  @Test
  void imagesAreStandardisedByChannelAndTheBatchIsLeftAlone() {
    Column column = new Column("c", Column.Role.INPUT, ElementType.FLOAT32, List.of(2, 1, 2));
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(1).putFloat(3).putFloat(10).putFloat(30);
    Batch batch = new Batch(1, Map.of("c", bytes.array()));
    byte[] before = bytes.array().clone();
    ChannelStatistics statistics = new ChannelStatistics(List.of(2.0, 10.0), List.of(0.5, 4.0));
    try (PointerScope scope = new PointerScope()) {
      Tensor x = HostTensors.input(batch, column, statistics, ScalarType.Float).reshape(4);
      double[] expected = {-2, 2, 0, 5};
      for (int i = 0; i < 4; i++) {
        assertThat(x.get(i).item_double()).isEqualTo(expected[i]);
      }
    }
    assertThat(batch.column("c")).isEqualTo(before);
  }

  @Test
  void aConstantChannelStaysFinite() {
    Column column = new Column("c", Column.Role.INPUT, ElementType.UINT8, List.of(1, 1, 1));
    ChannelStatistics statistics = new ChannelStatistics(List.of(9.0), List.of(0.0));
    try (PointerScope scope = new PointerScope()) {
      Batch batch = new Batch(1, Map.of("c", new byte[] {9}));
      assertThat(HostTensors.input(batch, column, statistics, ScalarType.Float).item_double())
          .isZero();
    }
  }

  @Test
  void aColumnOfAnotherLengthIsRefused() {
    Column column = new Column("c", Column.Role.INPUT, ElementType.UINT8, List.of(4));
    Batch batch = new Batch(2, Map.of("c", new byte[7]));
    assertThatThrownBy(() -> HostTensors.raw(batch, column))
        .isInstanceOf(DataContractException.class)
        .hasMessage("column 'c' has 7 bytes in a batch");
  }

  @Test
  void labelsThatAreNotUint8AreRefusedWithTheTask() {
    Column column = new Column("labels", Column.Role.TARGET, ElementType.INT32, List.of(1));
    Batch batch = new Batch(1, Map.of("labels", new byte[4]));
    assertThatThrownBy(
            () -> Target.of(batch, column, Tiny.task("digit", TaskKind.CLASSIFICATION, 0, 4)))
        .isInstanceOf(DataContractException.class)
        .hasMessage("labels of task 'digit' are int32, not uint8");
  }
}
