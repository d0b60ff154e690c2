package org.sparkmto.runlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventRecordTest {
  /** The examples of RFC 3720, B.4, and the usual check of nine digits; unmasked again. */
  @Test
  void checksumsAreThoseOfTheStandard() {
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 0xFF);
    byte[] rising = new byte[32];
    for (int i = 0; i < rising.length; i++) {
      rising[i] = (byte) i;
    }
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    Map<byte[], Integer> known =
        Map.of(new byte[32], 0x8A9136AA, ones, 0x62A8AB43, rising, 0x46DD794E, digits, 0xE3069283);
    known.forEach(
        (data, checksum) -> {
          int rotated = EventRecord.maskedChecksum(data) - 0xa282ead8;
          assertThat((rotated >>> 17) | (rotated << 15)).isEqualTo(checksum);
          assertThat(EventFiles.checksum(data)).isEqualTo(checksum);
        });
  }

  /** Field by field: wall time 0, step 0, file version. */
  @Test
  void theFirstRecordIsByteForByteWhatTheFormatSays() {
    byte[] record = EventRecord.version(0);
    byte[] data = Arrays.copyOfRange(record, 12, record.length - 4);
    assertThat(record.length).isEqualTo(8 + 4 + 26 + 4);
    assertThat(HexFormat.of().formatHex(record, 0, 8)).isEqualTo("1a00000000000000");
    assertThat(HexFormat.of().formatHex(data))
        .isEqualTo(
            "09"
                + "00".repeat(8)
                + "1000"
                + "1a0d"
                + "627261696e2e4576656e743a32"); // brain.Event:2
  }

  @Test
  void anotherReaderFindsWhatWasWritten() {
    byte[] record =
        EventRecord.scalars(1.5e9 + 0.25, 300_000_000_000L, Map.of("loss/Größe 1", -0.125));
    assertThat(EventFiles.read(record))
        .containsExactly(
            new EventFiles.Event(
                1.5e9 + 0.25, 300_000_000_000L, "", 0, Map.of("loss/Größe 1", -0.125f)));
    assertThat(EventFiles.read(EventRecord.start(2, 128)))
        .containsExactly(new EventFiles.Event(2, 128, "", 1, Map.of()));
  }
}
