package org.sparkmto.preprocessing.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * Files of many kinds, written by {@code variants.py}, and the digests of what Pillow 13.0.0 with
 * libjpeg-turbo 3.2.0 reads from them. There is no tolerance: all that is read is read as there.
 */
class SameAsPillowTest {
  private static final Map<String, byte[]> FILES = new LinkedHashMap<>();

  /** What stands in the refusal of files that Pillow reads and the decoders here set aside. */
  private static final Map<String, String> SET_ASIDE =
      Map.of(
          "j-arithmetic-name.jpg", "arithmetic coding",
          "j-restart-wrong.jpg", "found marker 0xd5 instead of RST0",
          "j-restart-missing.jpg", "extraneous bytes before marker",
          "j-stray-200-odd-before-end.jpg", "extraneous bytes before marker",
          "p-no-end.png", "ends after",
          "p-palette-missing.png", "there is no palette",
          "p-palette-outside.png", "of a palette of 8");

  @BeforeAll
  static void unpack() throws IOException {
    try (InputStream in = SameAsPillowTest.class.getResourceAsStream("variants.zip");
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
        FILES.put(entry.getName(), zip.readAllBytes());
      }
    }
  }

  @Test
  void everyFileIsReadAsPillowReadsIt() throws Exception {
    List<String> differing = new ArrayList<>();
    int same = 0;
    for (String[] line : lines()) {
      String name = line[0];
      if (line[1].equals("refused") || SET_ASIDE.containsKey(name) || isDeep(name)) {
        continue;
      }
      byte[] file = FILES.get(name);
      try {
        String read = digest(ImageFile.decode(file)) + "," + digest(ImageFile.decodeUpright(file));
        if (read.equals(String.join(",", List.of(line).subList(1, 5)))) {
          same++;
        } else {
          differing.add(name + " is " + read);
        }
      } catch (UnreadableSampleException e) {
        differing.add(name + " is set aside: " + e.getMessage());
      }
    }
    assertThat(differing).isEmpty();
    assertThat(same).isEqualTo(207);
  }

  @Test
  void whatIsNotReadIsSetAsideWithItsReason() {
    SET_ASIDE.forEach(
        (name, reason) ->
            assertThat(
                    catchThrowableOfType(
                        UnreadableSampleException.class, () -> ImageFile.decode(FILES.get(name))))
                .as(name)
                .hasMessageContaining(reason));
  }

  @Test
  void whatPillowRefusesIsRefusedOrReadWithoutHarm() {
    List<String> read = new ArrayList<>();
    for (String[] line : lines()) {
      if (line[1].equals("refused")) {
        try {
          ImageFile.decode(FILES.get(line[0]));
          read.add(line[0]);
        } catch (UnreadableSampleException e) {
          assertThat(e).hasMessageMatching(".{10,}");
        }
      }
    }
    // libjpeg reads both; Pillow's own walk over the segments does not.
    assertThat(read).containsExactly("j-jfif-short.jpg", "j-stray-tem.jpg");
  }

  /** Pillow clips gray of 16 bits and halves the rest; to lose bits is the user's choice here. */
  private static boolean isDeep(String name) {
    return name.matches("p-[0-9]-16.*");
  }

  private static List<String[]> lines() {
    return new String(FILES.get("pillow.csv"), StandardCharsets.UTF_8)
        .lines()
        .skip(1)
        .map(line -> line.split(",", -1))
        .toList();
  }

  private static String digest(Image image) throws Exception {
    int area = image.height() * image.width();
    byte[] interleaved = new byte[3 * area];
    for (int i = 0; i < area; i++) {
      for (int c = 0; c < 3; c++) {
        interleaved[3 * i + c] = image.samples()[c * area + i];
      }
    }
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(interleaved);
    return image.height()
        + "x"
        + image.width()
        + ","
        + HexFormat.of().formatHex(sum).substring(0, 16);
  }
}
