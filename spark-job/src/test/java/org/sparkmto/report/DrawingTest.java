package org.sparkmto.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DrawingTest {

  @Test
  void ticksStandAtRoundNumbers() {
    assertThat(Axis.linear(0, 0.93, 5).ticks()).hasSize(5);
    assertThat(labels(Axis.linear(0, 0.93, 5))).containsExactly("0.0", "0.2", "0.4", "0.6", "0.8");
    assertThat(labels(Axis.linear(-1, 1, 4))).containsExactly("−1.0", "−0.5", "0.0", "0.5", "1.0");
    assertThat(labels(Axis.linear(0, 1, 4)))
        .containsExactly("0.00", "0.25", "0.50", "0.75", "1.00");
    assertThat(labels(Axis.steps(0, 200_000, 5)))
        .containsExactly("0", "50 k", "100 k", "150 k", "200 k");
    assertThat(labels(Axis.steps(0, 3, 5))).containsExactly("0", "1", "2", "3");
    assertThat(labels(Axis.log(0.004, 2.1))).containsExactly("0.01", "0.1", "1");
  }

  private static List<String> labels(Axis axis) {
    return axis.ticks().stream().map(axis::label).toList();
  }

  @Property
  void ticksAreInsideInOrderAndToldApart(
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double low,
      @ForAll @IntRange(min = -6, max = 6) int magnitude) {
    // Below this a double has too few digits left for a tick at a round number.
    double high = low + Math.max(Math.pow(10, magnitude), Math.abs(low) * 1e-6);
    Axis axis = Axis.linear(low, high, 5);
    assertThat(axis.ticks()).hasSizeBetween(2, 7).isSorted();
    for (double tick : axis.ticks()) {
      assertThat(axis.at(tick)).isBetween(-1e-6, 1 + 1e-6);
    }
    if (Math.max(Math.abs(low), Math.abs(high)) < 1000 * (high - low)) {
      assertThat(labels(axis)).doesNotHaveDuplicates();
    }
  }

  @Test
  void anAxisWithoutExtentIsWidened() {
    assertThat(Axis.linear(0, 0, 5).at(0)).isEqualTo(0.5);
    assertThat(Axis.linear(3, 3, 5).at(3)).isEqualTo(0.5, within(1e-12));
  }

  /** However long the run, the buckets keep every value: same mean, same extremes. */
  @Property(tries = 200)
  void bucketsLoseNeitherMeanNorExtremes(
      @ForAll @IntRange(min = 1, max = 5000) int steps, @ForAll long seed) {
    Random random = new Random(seed);
    Series series = new Series();
    double sum = 0;
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int step = 0; step < steps; step++) {
      double value = random.nextGaussian();
      series.add(1000 + step, value);
      sum += value;
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    Curve means = series.means();
    assertThat(means.size()).isBetween(Math.min(steps, 250), Series.BUCKETS);
    assertThat(series.leasts().sorted()[0]).isEqualTo(least);
    assertThat(series.greatests().sorted()[means.size() - 1]).isEqualTo(greatest);
    if (steps <= Series.BUCKETS) {
      double total = 0;
      for (int point = 0; point < means.size(); point++) {
        assertThat(means.x(point)).isEqualTo(1000.0 + point);
        total += means.y(point);
      }
      assertThat(total).isEqualTo(sum, within(1e-9));
    }
  }

  @Test
  void aRewoundSeriesIsTheOneThatWasNeverAhead() {
    Series straight = new Series();
    Series rewound = new Series();
    for (int step = 0; step < 300; step++) {
      straight.add(step, step);
      rewound.add(step, step);
      if (step == 200) {
        rewound.rewind(120);
        for (int again = 120; again <= 200; again++) {
          rewound.add(again, again);
        }
      }
    }
    assertThat(rewound.means().size()).isEqualTo(straight.means().size());
    for (int point = 0; point < 300; point++) {
      assertThat(rewound.means().y(point)).isEqualTo(straight.means().y(point));
    }
  }

  @Test
  void smoothingKeepsAConstantAndForgetsHalfInAHalfLife() {
    double[] x = new double[41];
    double[] constant = new double[41];
    double[] jump = new double[41];
    for (int point = 0; point < x.length; point++) {
      x[point] = 10 * point;
      constant[point] = 3;
      jump[point] = point <= 30 ? 1 : 0;
    }
    Curve smooth = new Curve(x, constant).smoothed(50);
    assertThat(smooth.y(0)).isEqualTo(3, within(1e-12));
    assertThat(smooth.last()).isEqualTo(3, within(1e-12));
    // Five points of 10 are one half-life of 50; the bias correction at point 30 is 1 - 2^-6.2.
    double left = new Curve(x, jump).smoothed(50).y(35);
    assertThat(left).isEqualTo(0.5, within(0.02));
  }

  @Property
  void labelsDoNotOverlapAndStayInside(
      @ForAll @IntRange(min = 1, max = 9) int labels, @ForAll long seed) {
    double[] top = new Random(seed).doubles(labels, 0, 230).sorted().toArray();
    Plot.spread(top, 17, 230);
    for (int label = 0; label < labels; label++) {
      assertThat(top[label]).isBetween(0.0, 230.0);
      if (label > 0) {
        assertThat(top[label] - top[label - 1]).isGreaterThanOrEqualTo(17 - 1e-9);
      }
    }
  }

  @Test
  void numbersReadWell() {
    assertThat(NumberText.metric(0.81235)).isEqualTo("0.8124");
    assertThat(NumberText.metric(Double.NaN)).isEqualTo("–");
    assertThat(NumberText.percent(-1.267)).isEqualTo("−1.27 %");
    assertThat(NumberText.percent(1.267)).isEqualTo("+1.27 %");
    assertThat(NumberText.count(11_176_512)).isEqualTo("11,176,512");
    assertThat(NumberText.significant(0.0004, 3)).isEqualTo("0.0004");
    assertThat(NumberText.significant(0.00000123, 3)).isEqualTo("1.23e−6");
    assertThat(NumberText.significant(2e9, 3)).isEqualTo("2e9");
    assertThat(NumberText.significant(12_345, 3)).isEqualTo("12,300");
    assertThat(NumberText.fixed(-0.0001, 2)).isEqualTo("0.00");
  }

  @Test
  void markupIsClosedOrRefused() {
    List<String> written = new ArrayList<>();
    written.add(new Markup().open("p", "title", "a\"<b").text("1 < 2 & 3").close().toString());
    assertThat(written).containsExactly("<p title=\"a&quot;&lt;b\">1 &lt; 2 &amp; 3</p>");
    assertThat(new Markup().empty("i").toString()).isEqualTo("<i></i>");
    assertThat(new Markup().empty("path", "d", null).toString()).isEqualTo("<path/>");
    assertThatThrownBy(() -> new Markup().open("p").toString())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new Markup().raw("a < b")).hasMessageContaining("without < and &");
  }
}
