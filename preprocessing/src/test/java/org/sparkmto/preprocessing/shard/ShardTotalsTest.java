package org.sparkmto.preprocessing.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.TargetRange;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

class ShardTotalsTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 2, 2)),
          new Column("depth", Column.Role.TARGET, ElementType.FLOAT32, List.of(2, 2))
              .measured(1, 0, "m"),
          new Column("normals", Column.Role.TARGET, ElementType.INT16, List.of(3, 2, 2))
              .measured(1 / 32767.0, 0, ""),
          new Column("disparity", Column.Role.TARGET, ElementType.UINT16, List.of(2, 2))
              .measured(-1 / 256.0, 3, "px"),
          new Column("attributes", Column.Role.TARGET, ElementType.UINT8, List.of(3)),
          new Column("pose", Column.Role.TARGET, ElementType.FLOAT32, List.of(2)),
          new Column("classes", Column.Role.TARGET, ElementType.UINT8, List.of(2, 2)),
          new Column("group", Column.Role.GROUP, ElementType.UINT8, List.of(1)));
  private static final List<String> IMAGE = List.of("image");
  private static final List<Task> TASKS =
      List.of(
          Task.of("depth", TaskKind.DEPTH, IMAGE, "depth", 1),
          Task.of("normals", TaskKind.NORMALS, IMAGE, "normals", 3),
          Task.of("disparity", TaskKind.DEPTH, IMAGE, "disparity", 1),
          Task.of("attributes", TaskKind.MULTI_LABEL, IMAGE, "attributes", 3),
          Task.of("pose", TaskKind.REGRESSION, IMAGE, "pose", 2),
          new Task("second", TaskKind.REGRESSION, IMAGE, "pose", 1, 1, Task.MISSING),
          Task.of("classes", TaskKind.SEGMENTATION, IMAGE, "classes", 4));

  @Property(tries = 60)
  void totalsAreThoseOfANaiveCountInWhateverOrderAndParts(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int rows) {
    Random random = new Random(seed);
    List<List<byte[]>> samples = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      samples.add(sample(random));
    }
    ShardTotals whole = new ShardTotals(COLUMNS, TASKS);
    samples.forEach(sample -> whole.add("s", sample));

    List<List<byte[]>> shuffled = new ArrayList<>(samples);
    Collections.shuffle(shuffled, random);
    ShardTotals parts = new ShardTotals(COLUMNS, TASKS);
    int at = 0;
    while (at < rows) {
      ShardTotals part = new ShardTotals(COLUMNS, TASKS);
      int end = Math.min(rows, at + random.nextInt(5));
      shuffled.subList(at, end).forEach(sample -> part.add("s", sample));
      parts.add(part);
      at = end;
    }
    assertThat(parts.ranges()).isEqualTo(whole.ranges());
    assertThat(parts.histograms()).isEqualTo(whole.histograms());
    assertThat(parts.statistics()).isEqualTo(whole.statistics());

    for (int t = 0; t < 6; t++) {
      Task task = TASKS.get(t);
      TargetRange range = whole.ranges().get(task.name());
      for (int channel = 0; channel < range.channels().size(); channel++) {
        assertSame(
            task.name() + " " + channel,
            range.channels().get(channel),
            naive(samples, task, channel, range.channels().size()));
      }
    }
    assertThat(whole.ranges()).doesNotContainKey("classes").hasSize(6);
    assertThat(whole.histograms().keySet())
        .containsExactly("attributes", "classes", "group")
        .isNotEmpty();
    assertThat(whole.histograms().get("attributes")).isEqualTo(naiveYes(samples));
    assertThat(whole.histograms().get("group").labelled()).isEqualTo(rows);
  }

  private static void assertSame(
      String name, TargetRange.Channel actual, TargetRange.Channel expected) {
    assertThat(actual.valid()).as(name).isEqualTo(expected.valid());
    assertThat(actual.missing()).as(name).isEqualTo(expected.missing());
    assertThat(actual.least()).as(name).isEqualTo(Double.valueOf(expected.least()));
    assertThat(actual.greatest()).as(name).isEqualTo(Double.valueOf(expected.greatest()));
    if (expected.valid() == 0) {
      assertThat(actual.mean()).as(name).isNaN();
      assertThat(actual.deviation()).as(name).isNaN();
    } else {
      // The sum is exact, but division, scale and offset round once each, of numbers so large.
      double largest = Math.max(Math.abs(expected.least()), Math.abs(expected.greatest()));
      assertThat(actual.mean()).as(name).isCloseTo(expected.mean(), within(4 * Math.ulp(largest)));
      // Of exact sums the root alone is rounded: to 34 digits, of which a double keeps 16.
      assertThat(actual.deviation())
          .as(name)
          .isCloseTo(expected.deviation(), within(2 * Math.ulp(expected.deviation())));
    }
  }

  /** Exact decimals in place of sums by exponent. */
  private static TargetRange.Channel naive(
      List<List<byte[]>> samples, Task task, int channel, int channels) {
    int c = Column.position(COLUMNS, task.target());
    Column column = COLUMNS.get(c);
    int elements = task.element() == Task.WHOLE ? column.elements() / channels : 1;
    int first = task.element() == Task.WHOLE ? channel * elements : task.element();
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal squares = BigDecimal.ZERO;
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    long valid = 0;
    long missing = 0;
    for (List<byte[]> sample : samples) {
      ByteBuffer bytes = ByteBuffer.wrap(sample.get(c)).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = first; i < first + elements; i++) {
        double stored =
            switch (column.type()) {
              case FLOAT32 -> bytes.getFloat(4 * i);
              case INT16 -> bytes.getShort(2 * i);
              case UINT16 -> bytes.getShort(2 * i) & 0xffff;
              default -> bytes.get(i) & 0xff;
            };
        if (Double.isNaN(stored) || stored == column.type().missing()) {
          missing++;
        } else {
          double value = stored * column.scale() + column.offset();
          valid++;
          sum = sum.add(new BigDecimal(stored));
          squares = squares.add(new BigDecimal(stored).pow(2));
          least = Math.min(least, value);
          greatest = Math.max(greatest, value);
        }
      }
    }
    if (valid == 0) {
      return new TargetRange.Channel(0, missing, Double.NaN, Double.NaN, Double.NaN);
    }
    double mean =
        sum.divide(BigDecimal.valueOf(valid), new MathContext(60))
            .multiply(new BigDecimal(column.scale()))
            .add(new BigDecimal(column.offset()))
            .doubleValue();
    BigDecimal count = BigDecimal.valueOf(valid);
    double deviation =
        squares
            .multiply(count)
            .subtract(sum.pow(2))
            .sqrt(new MathContext(60))
            .divide(count, new MathContext(60))
            .multiply(new BigDecimal(Math.abs(column.scale())))
            .doubleValue();
    return new TargetRange.Channel(
        valid, missing, least, greatest, Math.max(least, Math.min(greatest, mean)), deviation);
  }

  private static LabelHistogram naiveYes(List<List<byte[]>> samples) {
    long[] yes = new long[3];
    long missing = 0;
    for (List<byte[]> sample : samples) {
      for (int k = 0; k < 3; k++) {
        yes[k] += sample.get(4)[k] == 1 ? 1 : 0;
        missing += sample.get(4)[k] == -1 ? 1 : 0;
      }
    }
    return new LabelHistogram(List.of(yes[0], yes[1], yes[2]), missing);
  }

  /** Values over all exponents, so that a sum in doubles would depend on the order. */
  private static List<byte[]> sample(Random random) {
    ByteBuffer depth = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer normals = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer disparity = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer pose = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    byte[] image = new byte[12];
    random.nextBytes(image);
    for (int i = 0; i < 4; i++) {
      boolean missing = random.nextInt(4) == 0;
      depth.putFloat(
          missing ? Float.NaN : Math.scalb(random.nextFloat() + 0.5f, random.nextInt(250) - 125));
      disparity.putShort((short) random.nextInt(65_536));
      for (int c = 0; c < 3; c++) {
        normals.putShort(
            2 * (c * 4 + i), missing ? Short.MIN_VALUE : (short) (random.nextInt(65_535) - 32_767));
      }
    }
    pose.putFloat((float) random.nextGaussian());
    pose.putFloat(random.nextBoolean() ? Float.NaN : (float) random.nextGaussian() * 1e30f);
    byte[] attributes = new byte[3];
    byte[] classes = new byte[4];
    for (int i = 0; i < 3; i++) {
      attributes[i] = (byte) List.of(0, 1, 255).get(random.nextInt(3)).intValue();
    }
    for (int i = 0; i < 4; i++) {
      classes[i] = (byte) (random.nextInt(5) == 4 ? 255 : random.nextInt(4));
    }
    return List.of(
        image,
        depth.array(),
        normals.array(),
        disparity.array(),
        attributes,
        pose.array(),
        classes,
        new byte[] {(byte) random.nextInt(20)});
  }

  @Test
  void extremesOfFloatsAreSummedExactly() {
    Column column = new Column("d", Column.Role.TARGET, ElementType.FLOAT32, List.of(1));
    NumberTotals totals = new NumberTotals(ElementType.FLOAT32);
    for (float value : new float[] {Float.MAX_VALUE, 1, -Float.MAX_VALUE, Float.MIN_VALUE, -0f}) {
      totals.add(value, false);
    }
    TargetRange.Channel range = totals.range(column);
    assertThat(range.mean()).isEqualTo(0.2); // 1.4e-45 / 5 more is below the last digit
    assertThat(range.least()).isEqualTo(-Float.MAX_VALUE);
  }
}
