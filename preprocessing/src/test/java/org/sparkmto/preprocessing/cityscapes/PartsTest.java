package org.sparkmto.preprocessing.cityscapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

class PartsTest {
  /** Class by the digits of label and part, as published. */
  private static final Map<String, Integer> BY_DIGITS =
      Map.ofEntries(
          Map.entry("2401", 1),
          Map.entry("2501", 1),
          Map.entry("2402", 2),
          Map.entry("2502", 2),
          Map.entry("2403", 3),
          Map.entry("2503", 3),
          Map.entry("2404", 4),
          Map.entry("2504", 4),
          Map.entry("2405", 0),
          Map.entry("2505", 0),
          Map.entry("2601", 5),
          Map.entry("2701", 5),
          Map.entry("2801", 5),
          Map.entry("2602", 6),
          Map.entry("2702", 6),
          Map.entry("2802", 6),
          Map.entry("2603", 7),
          Map.entry("2703", 7),
          Map.entry("2803", 7),
          Map.entry("2604", 8),
          Map.entry("2704", 8),
          Map.entry("2804", 8),
          Map.entry("2605", 9),
          Map.entry("2705", 9),
          Map.entry("2805", 9));

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "7,0",
    "24,0",
    "26,0",
    "24001,0",
    "26000,0",
    "2400104,4",
    "2600105,9",
    "2400101,1",
    "2500002,2",
    "2599903,3",
    "2600001,5",
    "2701202,6",
    "2800003,7",
    "2600004,8",
    "2600100,0",
    "2400105,0",
    "2500005,0",
    "33005,0",
    "3300500,0"
  })
  void knownNumbers(int uid, int expected) throws UnreadableSampleException {
    assertThat(Parts.classOf(uid)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        -1,
        34,
        99,
        100,
        240,
        999,
        34000,
        99999,
        2400106,
        2400199,
        2600106,
        3300501,
        3400000,
        9_999_999,
        10_000_000,
        24_000_104,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE
      })
  void numbersThatDoNotExist(int uid) {
    assertThatThrownBy(() -> Parts.classOf(uid))
        .isInstanceOf(UnreadableSampleException.class)
        .hasMessageContaining("uid " + uid)
        .matches(e -> ((UnreadableSampleException) e).reason() == Reason.BAD_LABEL);
  }

  /** A second implementation, on the written digits. */
  @Test
  void agreesWithTheDigits() {
    for (int uid = 0; uid < 10_100_000; uid += uid < 110_000 ? 1 : 101) {
      OptionalInt expected = byDigits(Integer.toString(uid));
      OptionalInt found;
      try {
        found = OptionalInt.of(Parts.classOf(uid));
      } catch (UnreadableSampleException e) {
        found = OptionalInt.empty();
      }
      if (!found.equals(expected)) {
        assertThat(found).as("uid %d", uid).isEqualTo(expected);
      }
    }
  }

  private static OptionalInt byDigits(String uid) {
    String label =
        switch (uid.length()) {
          case 1, 2 -> uid;
          case 4, 5 -> uid.substring(0, uid.length() - 3);
          case 6, 7 -> uid.substring(0, uid.length() - 5);
          default -> "99";
        };
    String part = uid.length() < 6 ? "00" : uid.substring(uid.length() - 2);
    if (Integer.parseInt(label) > 33) {
      return OptionalInt.empty();
    }
    if (part.equals("00")) {
      return OptionalInt.of(0);
    }
    Integer known = BY_DIGITS.get(label + part);
    return known == null ? OptionalInt.empty() : OptionalInt.of(known);
  }
}
