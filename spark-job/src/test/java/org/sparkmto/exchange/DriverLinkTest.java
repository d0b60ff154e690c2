package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkmto.method.Vector;
import org.sparkmto.timing.StepClock;

/** What a rank tells the driver while it goes on, without Spark's RPC between them. */
class DriverLinkTest {
  private static final StepAnswer NOTED = new StepAnswer.Noted();

  @BeforeEach
  void connect() {
    Wire.connect();
  }

  @AfterEach
  void disconnect() {
    DriverChannel.connect(null);
  }

  private static StepReport report(long step) {
    return new StepReport.Updated(step, Vector.of(1, 2));
  }

  private static DriverDesk desk(String attempt, Function<StepReport, StepAnswer> aggregator) {
    return DriverDesk.open(
        attempt, aggregator, failure -> {}, () -> true, (rank, seconds) -> {}, found -> {});
  }

  private static DriverLink link(String attempt) {
    return new DriverLink(new DriverChannel(attempt), new StepClock());
  }

  @Test
  void aRankGoesOnWhileTheDriverThinksAndTheOrderStays() throws Exception {
    CountDownLatch thinks = new CountDownLatch(1);
    List<Long> heard = new CopyOnWriteArrayList<>();
    try (DriverDesk desk =
            desk(
                "link 1",
                report -> {
                  await(thinks);
                  heard.add(report.step());
                  return NOTED;
                });
        DriverLink link = link("link 1")) {
      link.tell(report(1));
      link.tell(report(2));
      assertThat(heard).isEmpty();
      assertThat(link.stops()).isFalse();
      thinks.countDown();
      assertThat(link.ask(report(3))).isEqualTo(NOTED);
      assertThat(heard).containsExactly(1L, 2L, 3L);
      link.tell(report(4));
      link.settle();
      assertThat(heard).hasSize(4);
      assertThat(link.stops()).isTrue();
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatTheDriverRefusesIsThrownWhereTheRankSettles() {
    try (DriverDesk desk =
            desk(
                "link 2",
                report -> {
                  throw new IllegalStateException("the loss is not a number");
                });
        DriverLink link = link("link 2")) {
      link.tell(report(7));
      assertThatThrownBy(link::settle)
          .isInstanceOf(ExchangeException.class)
          .hasMessage(
              "the driver refused link 2: step 7: java.lang.IllegalStateException: the loss is not"
                  + " a number");
      link.settle();
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void aRankThatIsInterruptedDoesNotWaitForTheDriver() {
    CountDownLatch thinks = new CountDownLatch(1);
    try (DriverDesk desk =
            desk(
                "link 3",
                report -> {
                  await(thinks);
                  return NOTED;
                });
        DriverLink link = link("link 3")) {
      link.tell(report(1));
      Thread.currentThread().interrupt();
      assertThatThrownBy(link::settle)
          .isInstanceOf(ExchangeException.class)
          .hasMessage("interrupted while telling the driver of link 3");
      assertThat(Thread.interrupted()).isTrue();
      thinks.countDown();
      assertThat(desk.started()).isZero();
    }
  }
}
