package org.sparkmto.preprocessing.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.random.Draws;

@Timeout(60)
class DecodingMemoryTest {
  private static final int PIXELS = 1024;
  private static final long PICTURE = PIXELS * DecodingMemory.BYTES_PER_PIXEL + 1024;

  @Test
  void threadsTogetherNeverHoldMoreThanThereIs() throws Exception {
    DecodingMemory memory = new DecodingMemory(4 * PICTURE);
    AtomicLong held = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(12);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 12; t++) {
        Draws draws = Draws.of(t);
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 300; i++) {
                    long pictures = 1L + draws.below(3, i);
                    if (i % 2 == 0) {
                      try (DecodingMemory.Held picture = memory.image(pictures * PIXELS)) {
                        use(held, pictures);
                      }
                    } else {
                      try (DecodingMemory.Sample sample = memory.newSample()) {
                        memory.image(PIXELS).close();
                        memory.image(pictures * PIXELS).close();
                        use(held, pictures);
                      }
                    }
                  }
                }));
      }
      for (Future<?> thread : all) {
        thread.get(50, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(memory.available()).isEqualTo(4 * PICTURE);
  }

  private static void use(AtomicLong held, long pictures) {
    assertThat(held.addAndGet(pictures)).isLessThanOrEqualTo(4);
    held.addAndGet(-pictures);
  }

  @Test
  void anImageBeyondTheBudgetIsAlone() {
    DecodingMemory memory = new DecodingMemory(PICTURE);
    try (DecodingMemory.Held all = memory.image(1_000_000)) {
      assertThat(memory.available()).isZero();
    }
    assertThat(memory.available()).isEqualTo(PICTURE);
  }

  @Test
  void aSampleKeepsTheMemoryOfItsLargestImage() {
    DecodingMemory memory = new DecodingMemory(10 * PICTURE);
    try (DecodingMemory.Sample sample = memory.newSample()) {
      memory.image(2 * PIXELS).close();
      long after = memory.available();
      assertThat(after).isLessThan(9 * PICTURE);
      memory.image(PIXELS).close();
      assertThat(memory.available()).isEqualTo(after);
      assertThatThrownBy(memory::newSample).isInstanceOf(IllegalStateException.class);
    }
    assertThat(memory.available()).isEqualTo(10 * PICTURE);
  }

  @Test
  void everyDecoderGivesBackWhatItHeldWhateverHappens() throws Exception {
    long before = DecodingMemory.SHARED.available();
    IntegerMap map = new IntegerMap(20, 20, new int[400]);
    byte[] photo = JpegTest.resource("photo.jpg");
    byte[] brokenPhoto = photo.clone();
    brokenPhoto[photo.length / 2] ^= 0x55;
    byte[] brokenRows = PngTest.file(PngTest.header(9, 9, 8, 0, 0), PngTest.data(new byte[5]));
    byte[] tiff = Tiff.encode(map);
    byte[] brokenTiff = tiff.clone();
    brokenTiff[8] ^= 0x7f;
    Png.decodeNumbers(Png.encode(map, 8));
    Png.decodeColour(Png.encode(map, 8));
    Tiff.decodeNumbers(tiff);
    Jpeg.decode(photo);
    for (Decoding decoding :
        List.<Decoding>of(
            () -> Png.decodeNumbers(brokenRows),
            () -> Png.decodeColour(brokenRows),
            () -> Tiff.decodeNumbers(brokenTiff),
            () -> Jpeg.decode(brokenPhoto))) {
      try {
        decoding.run();
      } catch (UnreadableSampleException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(DecodingMemory.SHARED.available()).isEqualTo(before);
  }

  private interface Decoding {
    void run() throws UnreadableSampleException;
  }
}
