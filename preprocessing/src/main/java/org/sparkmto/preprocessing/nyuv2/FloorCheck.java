package org.sparkmto.preprocessing.nyuv2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.data.ElementType;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * Whether normals from files have the axes of the shards: floors point up, so that the mean normal
 * of floor pixels is close to (0, -1, 0). Files that people pass around differ in the order and the
 * signs of their channels, and no file says which it has. A few samples are looked at, on the
 * driver, before the run; what does not fit is a warning with axes that would, because a data set
 * without upright cameras is possible.
 */
final class FloorCheck {
  private static final Logger LOG = LoggerFactory.getLogger(FloorCheck.class);

  private static final int SAMPLES = 12;
  private static final int FEWEST_PIXELS = 200;

  /** Cosine of 45 degrees: cameras look down by some 10 to 20 degrees. */
  private static final double CLOSE = Math.sqrt(0.5);

  private final SceneEncoder encoder;
  private final double[] floor = new double[3];
  private final double[] all = new double[3];

  /** How much each component grows from the left edge of the images to the right one. */
  private final double[] slope = new double[3];

  private long floorPixels;

  FloorCheck(SceneEncoder encoder) {
    this.encoder = encoder;
  }

  /** Looks at some of the samples and warns if their floors do not point up. */
  static void warn(List<RawSample> samples, SampleReader reader, SceneEncoder encoder)
      throws IOException {
    FloorCheck check = new FloorCheck(encoder);
    for (int i = 0; i < Math.min(SAMPLES, samples.size()); i++) {
      RawSample sample = samples.get((int) ((long) samples.size() * i / SAMPLES) % samples.size());
      try {
        check.add(reader.read(sample));
      } catch (UnreadableSampleException e) {
        LOG.debug("{} is no help in checking the axes: {}", sample.id(), e.getMessage());
      }
    }
    check.trouble().ifPresent(LOG::warn);
  }

  /** Adds a sample. */
  void add(List<byte[]> content) {
    byte[] labels = content.get(1);
    ShortBuffer normals =
        ByteBuffer.wrap(content.get(3)).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    int area = labels.length;
    int width = encoder.size().width();
    int floorLabel = NyuClasses.names(encoder.classes()).indexOf("floor");
    for (int i = 0; i < area; i++) {
      if (normals.get(i) == (short) ElementType.INT16.missing()) {
        continue;
      }
      boolean isFloor = (labels[i] & 0xff) == floorLabel;
      floorPixels += isFloor ? 1 : 0;
      for (int c = 0; c < 3; c++) {
        double component = normals.get(c * area + i) / (double) SceneEncoder.UNIT;
        all[c] += component;
        slope[c] += component * (i % width - (width - 1) / 2.0);
        floor[c] += isFloor ? component : 0;
      }
    }
  }

  /** What is wrong with the axes and which would be right; empty if nothing is. */
  Optional<String> trouble() {
    if (floorPixels < FEWEST_PIXELS) {
      return Optional.empty();
    }
    double length = Math.hypot(Math.hypot(floor[0], floor[1]), floor[2]);
    if (-floor[1] > CLOSE * length) {
      return Optional.empty();
    }
    int down = largest(floor, -1);
    int forward = largest(all, down);
    int right = 3 - down - forward;
    // Floors point up, visible surfaces towards the camera, walls away from their own side.
    NormalAxes better =
        encoder
            .axes()
            .then(
                new NormalAxes(
                    slope[right] > 0 ? ~right : right,
                    floor[down] > 0 ? ~down : down,
                    all[forward] > 0 ? ~forward : forward));
    return Optional.of(
        String.format(
            Locale.ROOT,
            "the mean normal of floor pixels is (%.2f, %.2f, %.2f), which is not close to"
                + " (0, -1, 0): with axes=%s these normals are not right, down, forward;"
                + " axes=%s would fit better",
            floor[0] / floorPixels,
            floor[1] / floorPixels,
            floor[2] / floorPixels,
            encoder.axes(),
            better));
  }

  private static int largest(double[] values, int except) {
    int largest = except == 0 ? 1 : 0;
    for (int i = 0; i < values.length; i++) {
      if (i != except && Math.abs(values[i]) > Math.abs(values[largest])) {
        largest = i;
      }
    }
    return largest;
  }
}
