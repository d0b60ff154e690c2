package org.sparkmto.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void whatIsNotFiniteIsNullAndNullIsReadAsNaN() throws JsonProcessingException {
    ObjectNode node = Json.object();
    Json.put(node, "one", Double.NEGATIVE_INFINITY);
    Json.put(node, "many", List.of(0.5, Double.NaN, Double.POSITIVE_INFINITY));
    Json.put(node, "named", Map.of("f1", Double.NaN));
    assertThat(node.toString())
        .isEqualTo("{\"one\":null,\"many\":[0.5,null,null],\"named\":{\"f1\":null}}");
    var read = Json.parse(node.toString());
    assertThat(Json.number(read.path("one"))).isNaN();
    assertThat(Json.number(read.path("absent"))).isNaN();
    assertThat(Json.numbers(read.path("many"))).containsExactly(0.5, Double.NaN, Double.NaN);
    assertThat(Json.numbersByName(read.path("named"))).containsExactly(Map.entry("f1", Double.NaN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1",
        "{\"a\":1} {\"b\":2}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "[1,]"
      })
  void whatIsNotOneWholeValueIsRefused(String text) {
    assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonProcessingException.class);
  }

  @Test
  void bytesAreUtf8AndNothingElse() throws JsonProcessingException {
    assertThat(Json.parse("\"ü\"".getBytes(StandardCharsets.UTF_8)).textValue()).isEqualTo("ü");
    for (byte[] bytes :
        List.of(
            "\"ü\"".getBytes(StandardCharsets.ISO_8859_1),
            "[1]".getBytes(StandardCharsets.UTF_16),
            new byte[] {0, 0, (byte) 0xFE, (byte) 0xFF, 0, 0, 0})) {
      assertThatThrownBy(() -> Json.parse(bytes)).isInstanceOf(JsonProcessingException.class);
    }
  }

  @Test
  void depthAndLengthsHaveLimits() {
    assertThatThrownBy(() -> Json.parse("[".repeat(101) + "]".repeat(101)))
        .isInstanceOf(JsonProcessingException.class);
    assertThatThrownBy(() -> Json.parse("[" + "1".repeat(500) + "]"))
        .isInstanceOf(JsonProcessingException.class);
    assertThatThrownBy(() -> Json.parse("[\"" + "x".repeat((16 << 20) + 1) + "\"]"))
        .isInstanceOf(JsonProcessingException.class);
  }
}
