package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkmto.network.Device;

/** What can be seen of it without a GPU; the rest is in {@code bench device}. */
class NcclGroupTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @BeforeEach
  void connect() {
    Wire.connect();
  }

  @Test
  void aJarWithoutNcclSaysSoInOneSentence() {
    assumeTrue(Nccl.class.getResource("/org/bytedeco/cuda/linux-x86_64/libjninccl.so") == null);
    assertThat(NcclGroup.obstacle().orElseThrow())
        .contains("cannot call NCCL", "./mvnw -P gpu package")
        .doesNotContain("\n");
  }

  /** In the build for GPUs the sentence names a library instead: of CUDA's driver, or NCCL's. */
  @Test
  void aGroupThatCannotHaveNcclIsRefusedAndItsHostsPart() throws Exception {
    assumeTrue(NcclGroup.obstacle().isPresent(), "NCCL is here");
    List<String> answers =
        Ranks.run(
            2,
            hosts -> {
              hosts.sum(new double[1]); // one that leaves at once would end a peer's joining
              assertThatThrownBy(
                      () ->
                          NcclGroup.join(
                              new DriverChannel("nobody"),
                              hosts,
                              Device.cuda(0),
                              DEADLINE,
                              Transport.FLOAT32))
                  .isInstanceOf(ExchangeException.class)
                  .hasMessage(
                      "rank %d of 2: %s"
                          .formatted(hosts.rank(), NcclGroup.obstacle().orElseThrow()));
              return "refused";
            });
    assertThat(answers).containsExactly("refused", "refused");
  }

  /** Numbers of nccl.h; the binding has them as constants, which need no library. */
  @Test
  void floatsAndDoublesAreWhatNcclCallsSo() {
    try (PointerScope scope = new PointerScope()) {
      Tensor numbers = torch.zeros(3);
      assertThat(Nccl.type(numbers)).isEqualTo(7);
      assertThat(Nccl.type(numbers.toType(ScalarType.Double))).isEqualTo(8);
      Tensor labels = numbers.toType(ScalarType.Long);
      assertThatThrownBy(() -> Nccl.type(labels)).hasMessageContaining("are not exchanged");
    }
  }

  @Test
  void theIdGoesOverTheDriverToAllThatAskForIt() throws Exception {
    byte[] made = new byte[128];
    made[5] = 77;
    try (DriverDesk desk = DriverDesk.open("ids", report -> null)) {
      CompletableFuture<Map<Integer, byte[]>> other =
          CompletableFuture.supplyAsync(() -> ids("ids", 1, new byte[0]));
      assertThat(ids("ids", 0, made).get(0)).isEqualTo(made);
      assertThat(other.get(20, TimeUnit.SECONDS).get(0)).isEqualTo(made);
      assertThat(desk.bytesReceived()).isGreaterThan(made.length);
      assertThatThrownBy(() -> ids("ids", 0, new byte[128]))
          .hasMessageContaining("rank 0 has given another id before");
    }
    assertThatThrownBy(() -> ids("ids", 0, made)).hasMessageContaining("attempt ids is over");
  }

  @Test
  void aRankWhoseGpuNeverJoinsIsNamed() {
    try (DriverDesk desk = DriverDesk.open("one id", report -> null)) {
      assertThatThrownBy(
              () ->
                  new DriverChannel("one id")
                      .awaitIds(0, 2, new byte[128], Deadline.in(Duration.ofMillis(100))))
          .isInstanceOf(ExchangeException.class)
          .hasMessage("rank 0 of 2 waited 0.1 s for rank 1 to join their GPUs in attempt one id");
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  private static Map<Integer, byte[]> ids(String attempt, int rank, byte[] own) {
    try {
      return new DriverChannel(attempt).awaitIds(rank, 2, own, Deadline.in(DEADLINE));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
