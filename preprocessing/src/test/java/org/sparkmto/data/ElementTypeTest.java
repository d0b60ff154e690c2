package org.sparkmto.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class ElementTypeTest {
  @Test
  void elementsAreLittleEndianAndExact() {
    byte[] bytes =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) -2)
            .putShort((short) 40_000)
            .putInt(-123_456_789)
            .putFloat(0.1f)
            .array();
    assertThat(ElementType.INT16.at(bytes, 0)).isEqualTo(-2);
    assertThat(ElementType.UINT16.at(bytes, 0)).isEqualTo(65_534);
    assertThat(ElementType.UINT16.at(bytes, 1)).isEqualTo(40_000);
    assertThat(ElementType.INT32.at(bytes, 1)).isEqualTo(-123_456_789);
    assertThat(ElementType.FLOAT32.at(bytes, 2)).isEqualTo(0.1f);
    assertThat(ElementType.UINT8.at(bytes, 0)).isEqualTo(254);
    assertThat(ElementType.INT8.at(bytes, 0)).isEqualTo(-2);
  }

  @Test
  void everyTypeKnowsItsMissingElement() {
    for (ElementType type : ElementType.values()) {
      assertThat(type.isMissing(type.missing())).isTrue();
      assertThat(type.isMissing(1)).isFalse();
    }
  }
}
