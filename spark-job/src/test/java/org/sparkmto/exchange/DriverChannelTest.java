package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkmto.method.Vector;

/** Both ends of the plugin, joined without Spark's RPC between them. */
class DriverChannelTest {
  @BeforeEach
  void connect() {
    new AggregatorPlugin().executorPlugin().init(new Wire(), Map.of());
  }

  @AfterEach
  void disconnect() {
    DriverChannel.connect(null);
  }

  @Test
  void aReportComesBackAsWeights() {
    StepAnswer answer = new StepAnswer.Weights(Vector.of(0.1, Double.NaN), Vector.of(1, 2));
    try (DriverDesk desk =
        DriverDesk.open("channel 1", report -> report.step() == 5 ? answer : null, failure -> {})) {
      assertThat(new DriverChannel("channel 1").weigh(report(5, 1, 2))).isEqualTo(answer);
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  private static StepReport report(long step, double... losses) {
    return new StepReport.Updated(step, Vector.of(losses));
  }

  @Test
  void theLeaderDoesNotGoOnBeforeEveryOtherRankHasAsked() {
    try (DriverDesk desk = DriverDesk.open("channel 7", report -> null, failure -> {})) {
      DriverChannel channel = new DriverChannel("channel 7");
      for (int again = 0; again < 2; again++) {
        assertThatThrownBy(() -> channel.leaderPort(2, Duration.ofMillis(1)))
            .isInstanceOf(ExchangeException.class);
      }
      assertThatThrownBy(() -> channel.leaderListens(45_678, 3, Duration.ofMillis(50)))
          .isInstanceOf(ExchangeException.class)
          .hasMessage("channel 7: some of the 3 ranks did not come within 0.05 s");
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void aRankThatGivesUpIsHeard() {
    List<RankFailure> heard = new ArrayList<>();
    try (DriverDesk desk = DriverDesk.open("channel 8", report -> null, heard::add)) {
      DriverChannel channel = new DriverChannel("channel 8");
      channel.failed(new RankFailure(1, "a shard is damaged", true));
      channel.failed(new RankFailure(0, "ü".repeat(100_000), false));
      assertThat(desk.bytesReceived()).isPositive();
    }
    assertThat(heard.get(0)).isEqualTo(new RankFailure(1, "a shard is damaged", true));
    assertThat(heard.get(1).reason()).startsWith("üüü").hasSizeLessThan(3000);
  }

  @Test
  void followersLearnWhereTheLeaderListens() throws InterruptedException {
    try (DriverDesk desk = DriverDesk.open("channel 2", report -> null, failure -> {})) {
      DriverChannel channel = new DriverChannel("channel 2");
      assertThatThrownBy(() -> channel.leaderPort(1, Duration.ofMillis(50)))
          .isInstanceOf(ExchangeException.class)
          .hasMessage("channel 2: rank 0 did not listen within 0.05 s");
      // Rank 1 has asked, so rank 0 need not wait for it.
      channel.leaderListens(45_678, 2, Duration.ofSeconds(1));
      assertThat(channel.leaderPort(1, Duration.ofSeconds(1))).isEqualTo(45_678);
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void aRankOfAnAttemptThatIsOverIsToldSo() {
    DriverDesk.open("channel 3", report -> null, failure -> {}).close();
    assertThatThrownBy(
            () -> new DriverChannel("channel 3").leaderListens(1, 1, Duration.ofSeconds(1)))
        .isInstanceOf(ExchangeException.class)
        .hasMessage("the driver refused channel 3: attempt channel 3 is over");
  }

  @Test
  void anAnswerThatCannotBeMadeIsARefusal() {
    try (DriverDesk desk = DriverDesk.open("channel 4", report -> null, failure -> {})) {
      assertThatThrownBy(() -> new DriverChannel("channel 4").weigh(report(9, 0)))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("the driver refused channel 4: step 9");
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void withoutThePluginTheMessageNamesIt() {
    DriverChannel.connect(null);
    assertThatThrownBy(
            () -> new DriverChannel("channel 5").leaderListens(1, 1, Duration.ofSeconds(1)))
        .isInstanceOf(ExchangeException.class)
        .hasMessageContaining("spark.plugins must name org.sparkmto.exchange.AggregatorPlugin");
  }

  @Test
  void anInterruptIsKept() {
    DriverChannel.connect(
        new Wire() {
          @Override
          public Object ask(Object message) throws InterruptedException {
            throw new InterruptedException();
          }
        });
    assertThatThrownBy(
            () -> new DriverChannel("channel 6").leaderListens(1, 1, Duration.ofSeconds(1)))
        .isInstanceOf(ExchangeException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  /** Hands every question to the driver's side of the plugin. */
  private static class Wire implements PluginContext {
    private final DriverPlugin driver = new AggregatorPlugin().driverPlugin();

    @Override
    public Object ask(Object message) throws Exception {
      return driver.receive(message);
    }

    @Override
    public void send(Object message) {
      throw new UnsupportedOperationException("nothing is sent without an answer");
    }

    @Override
    public MetricRegistry metricRegistry() {
      return new MetricRegistry();
    }

    @Override
    public SparkConf conf() {
      return new SparkConf(false);
    }

    @Override
    public String executorID() {
      return "1";
    }

    @Override
    public String hostname() {
      return "127.0.0.1";
    }

    @Override
    public Map<String, ResourceInformation> resources() {
      return Map.of();
    }
  }
}
