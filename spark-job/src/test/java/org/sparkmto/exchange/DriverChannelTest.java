package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkmto.method.Vector;

/** Both ends of the plugin, joined without Spark's RPC between them. */
class DriverChannelTest {
  @BeforeEach
  void connect() {
    Wire.connect();
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

  @Test
  void theDriverSaysWithItsAnswerThatAStepIsTheLast() {
    StepAnswer answer = new StepAnswer.Noted();
    AtomicBoolean stops = new AtomicBoolean();
    try (DriverDesk desk =
        DriverDesk.open(
            "channel 11",
            report -> answer,
            failure -> {},
            stops::get,
            (rank, seconds) -> {},
            found -> {})) {
      DriverChannel channel = new DriverChannel("channel 11");
      channel.weigh(report(1, 2));
      assertThat(channel.stops()).isFalse();
      stops.set(true);
      channel.weigh(report(2, 2));
      assertThat(channel.stops()).isTrue();
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  private static StepReport report(long step, double... losses) {
    return new StepReport.Updated(step, Vector.of(losses));
  }

  @Test
  void aRankWaitsUntilAllAreReadyAndNamesThoseThatAreNot() throws Exception {
    try (DriverDesk desk = DriverDesk.open("channel 7", report -> null, failure -> {})) {
      DriverChannel channel = new DriverChannel("channel 7");
      for (int again = 0; again < 2; again++) {
        assertThatThrownBy(() -> channel.awaitReady(2, 4, soon()))
            .isInstanceOf(ExchangeException.class)
            .hasMessage("rank 2 of 4 waited 0.1 s for ranks 0, 1, 3 to come to attempt channel 7");
      }
      assertThatThrownBy(() -> channel.awaitReady(0, 4, soon())).hasMessageContaining("ranks 1, 3");
      assertThatThrownBy(() -> channel.awaitReady(1, 4, soon()))
          .hasMessage("rank 1 of 4 waited 0.1 s for rank 3 to come to attempt channel 7");
      for (int rank = 3; rank >= 0; rank--) {
        channel.awaitReady(rank, 4, soon());
      }
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
  void addressesTravelFromEveryRankToAll() throws Exception {
    try (DriverDesk desk = DriverDesk.open("channel 2", report -> null, failure -> {})) {
      DriverChannel channel = new DriverChannel("channel 2");
      assertThatThrownBy(() -> channel.awaitAddresses(1, 2, new byte[] {7, -7}, soon()))
          .isInstanceOf(ExchangeException.class)
          .hasMessage(
              "rank 1 of 2 waited 0.1 s for rank 0 to give their address in attempt channel 2");
      Map<Integer, byte[]> all = channel.awaitAddresses(0, 2, new byte[0], soon());
      assertThat(all.get(0)).isEmpty();
      assertThat(all.get(1)).containsExactly(7, -7);
      assertThat(channel.awaitAddresses(1, 2, new byte[] {7, -7}, soon())).hasSize(2);
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void whatRanksHaveFoundTravelsToAllAndTheDriverHearsIt() throws Exception {
    List<Integer> heard = new ArrayList<>();
    try (DriverDesk desk =
        DriverDesk.open(
            "channel 12",
            report -> null,
            failure -> {},
            () -> false,
            (rank, seconds) -> {},
            found -> heard.add(found.size()))) {
      DriverChannel channel = new DriverChannel("channel 12");
      assertThatThrownBy(() -> channel.awaitPlaces(1, 2, new byte[] {7}, Duration.ofMillis(100)))
          .isInstanceOf(ExchangeException.class)
          .hasMessage(
              "rank 1 of 2 waited 0.1 s for rank 0 to say where they compute in attempt channel"
                  + " 12");
      assertThat(heard).isNotEmpty().containsOnly(1);
      assertThat(channel.awaitPlaces(0, 2, new byte[0], Duration.ofSeconds(5)).get(1))
          .containsExactly(7);
      assertThat(heard).last().isEqualTo(2);
      assertThat(channel.addresses(0, new byte[0])).as("addresses are others").hasSize(1);
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void anAddressThatWasGivenIsNotReplaced() {
    try (DriverDesk desk = DriverDesk.open("channel 9", report -> null, failure -> {})) {
      DriverChannel channel = new DriverChannel("channel 9");
      channel.addresses(1, new byte[] {7});
      assertThatThrownBy(() -> channel.addresses(1, new byte[] {8}))
          .isInstanceOf(ExchangeException.class)
          .hasMessageEndingWith("rank 1 has given another address before");
      assertThat(channel.addresses(0, new byte[] {9}).get(1)).containsExactly(7);
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void theDeskCountsTheRanksThatHaveStarted() {
    try (DriverDesk desk = DriverDesk.open("channel 10", report -> null, failure -> {})) {
      assertThat(desk.started()).isZero();
      new DriverChannel("channel 10").started(1);
      new DriverChannel("channel 10").started(0);
      new DriverChannel("channel 10").started(1);
      assertThat(desk.started()).isEqualTo(2);
    }
  }

  @Test
  void aRankOfAnAttemptThatIsOverIsToldSo() {
    DriverDesk.open("channel 3", report -> null, failure -> {}).close();
    assertThatThrownBy(() -> new DriverChannel("channel 3").awaitReady(0, 1, soon()))
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
    assertThatThrownBy(() -> new DriverChannel("channel 5").started(0))
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
    assertThatThrownBy(() -> new DriverChannel("channel 6").started(0))
        .isInstanceOf(ExchangeException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  private static Deadline soon() {
    return Deadline.in(Duration.ofMillis(50));
  }
}
