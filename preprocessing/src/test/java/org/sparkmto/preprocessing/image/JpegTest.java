package org.sparkmto.preprocessing.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

class JpegTest {

  @Test
  void everyCutIsSeen() throws Exception {
    byte[] whole = resource("photo.jpg");
    int steps = 0;
    for (int length = whole.length - 1; length > 2; length -= length > whole.length - 50 ? 1 : 97) {
      assertThat(refusal(Arrays.copyOf(whole, length)))
          .as("the first %d of %d bytes", length, whole.length)
          .isEqualTo(Reason.TRUNCATED);
      steps++;
    }
    assertThat(steps).isGreaterThan(50);
  }

  @Test
  void theDecoderOfTheJdkAloneWouldNotSeeALateCut() throws Exception {
    byte[] cut = Arrays.copyOf(resource("photo.jpg"), 9_000);
    assertThat(ImageIO.read(new ByteArrayInputStream(cut))).isNotNull();
  }

  @Test
  void anEndMarkerBehindMissingDataIsSeen() throws Exception {
    byte[] whole = resource("photo.jpg");
    byte[] cut = Arrays.copyOf(whole, whole.length / 2);
    cut[cut.length - 2] = (byte) 0xFF;
    cut[cut.length - 1] = (byte) 0xD9;
    assertThat(refusal(cut)).isEqualTo(Reason.DAMAGED);
  }

  @Test
  void otherFormatsAreSeenByTheirFirstBytes() throws Exception {
    assertThat(refusal(new byte[0])).isEqualTo(Reason.WRONG_FORMAT);
    assertThat(refusal("<html>not found</html>".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isEqualTo(Reason.WRONG_FORMAT);
    assertThat(refusal(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10}))
        .isEqualTo(Reason.WRONG_FORMAT);
  }

  @Test
  void inksBecomeColours() throws Exception {
    Image image = Jpeg.decode(resource("cmyk.jpg"));
    assertThat(image.channels()).isEqualTo(3);
  }

  @Test
  void hugeSizesAreRefusedBeforeAnythingIsAllocated() throws Exception {
    byte[] bomb = resource("photo.jpg");
    int frame = frame(bomb);
    for (int i = 5; i < 9; i++) {
      bomb[frame + i] = (byte) 0xEA; // 60138 x 60138 pixels: 10 GB
    }
    assertThat(refusal(bomb)).isEqualTo(Reason.TOO_LARGE);
    byte[] empty = resource("photo.jpg");
    empty[frame + 5] = 0;
    empty[frame + 6] = 0;
    assertThat(refusal(empty)).isEqualTo(Reason.DAMAGED);
  }

  @Test
  void scansWithoutEndAreRefused() throws Exception {
    byte[] whole = resource("progressive.jpg");
    int scan = 0;
    while ((whole[scan] & 0xff) != 0xFF || (whole[scan + 1] & 0xff) != 0xDA) {
      scan++;
    }
    int header = 2 + (((whole[scan + 2] & 0xff) << 8) | (whole[scan + 3] & 0xff));
    java.io.ByteArrayOutputStream bomb = new java.io.ByteArrayOutputStream();
    bomb.write(whole, 0, scan);
    for (int i = 0; i < 100_000; i++) {
      bomb.write(whole, scan, header);
    }
    bomb.write(whole, scan, whole.length - scan);
    assertThat(refusal(bomb.toByteArray())).isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void garbageNeverEscapesAsAnotherException() throws Exception {
    byte[] whole = resource("photo.jpg");
    org.sparkmto.random.Draws draws = org.sparkmto.random.Draws.of(3);
    int refused = 0;
    for (int round = 0; round < 200; round++) {
      byte[] broken = whole.clone();
      for (int i = 0; i < 3; i++) {
        int position = 2 + draws.at(round).below(700, i);
        broken[position] = (byte) draws.at(round).below(256, 100 + i);
      }
      try {
        Image image = Jpeg.decode(broken);
        assertThat(image.channels()).isEqualTo(3);
      } catch (UnreadableSampleException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void anEmbeddedProfileDoesNotChangeThePixels() throws Exception {
    byte[] plain = resource("photo.jpg");
    byte[] profiled = resource("profile.jpg");
    int converted = ImageIO.read(new ByteArrayInputStream(profiled)).getRGB(60, 60);
    assertThat(converted)
        .as("the profile has an effect on a decoder that minds it")
        .isNotEqualTo(ImageIO.read(new ByteArrayInputStream(plain)).getRGB(60, 60));
    assertThat(Jpeg.decode(profiled).samples()).isEqualTo(Jpeg.decode(plain).samples());
  }

  @Test
  void progressiveFilesAreRead() throws Exception {
    assertThat(Jpeg.decode(resource("progressive.jpg")).resized(64, 64).samples())
        .isEqualTo(resource("photo-64x64.chw"));
  }

  @Test
  void grayBecomesThreeEqualChannels() throws Exception {
    Image gray = Jpeg.decode(resource("gray.jpg"));
    assertThat(gray.channels()).isEqualTo(3);
    int area = gray.height() * gray.width();
    byte[] first = Arrays.copyOf(gray.samples(), area);
    assertThat(Arrays.copyOfRange(gray.samples(), area, 2 * area)).isEqualTo(first);
    assertThat(Arrays.copyOfRange(gray.samples(), 2 * area, 3 * area)).isEqualTo(first);
  }

  @Test
  void bytesBehindTheEndAreIgnored() throws Exception {
    byte[] plain = resource("photo.jpg");
    byte[] padded = Arrays.copyOf(plain, plain.length + 100);
    assertThat(Jpeg.decode(padded).samples()).isEqualTo(Jpeg.decode(plain).samples());
  }

  @Test
  void encodingIsDeterministicAndKeepsChannelsApart() throws Exception {
    byte[] samples = new byte[3 * 32 * 32];
    Arrays.fill(samples, 0, 1024, (byte) 200);
    Arrays.fill(samples, 1024, 2048, (byte) 100);
    Arrays.fill(samples, 2048, 3072, (byte) 20);
    Image image = new Image(3, 32, 32, samples);
    byte[] file = Jpeg.encode(image, 0.95f);
    assertThat(Jpeg.encode(image, 0.95f)).isEqualTo(file);
    Image back = Jpeg.decode(file);
    assertThat(back.at(0, 16, 16)).isBetween(197, 203); // loss of a flat colour
    assertThat(back.at(1, 16, 16)).isBetween(97, 103);
    assertThat(back.at(2, 16, 16)).isBetween(17, 23);
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = JpegTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static Reason refusal(byte[] file) {
    UnreadableSampleException refusal =
        catchThrowableOfType(UnreadableSampleException.class, () -> Jpeg.decode(file));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal.reason();
  }

  private static int frame(byte[] file) {
    for (int i = 0; ; i++) {
      if ((file[i] & 0xff) == 0xFF && (file[i + 1] & 0xff) == 0xC0) {
        return i;
      }
    }
  }
}
