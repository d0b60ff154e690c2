package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sparkmto.configuration.DeviceChoice;
import org.sparkmto.network.Device;
import org.sparkmto.options.ConfigurationException;

/** What all ranks conclude from what each has found. */
class PlacementTest {
  private static RankGpu good(int rank, String host, String address) {
    return named(rank, host, address, host + address);
  }

  private static RankGpu named(int rank, String host, String address, String uuid) {
    return RankGpu.found(
        rank,
        host,
        Optional.of(address),
        Optional.empty(),
        device -> Optional.empty(),
        device -> uuid);
  }

  private static RankGpu without(int rank, String host) {
    return RankGpu.found(
        rank, host, Optional.empty(), Optional.empty(), device -> Optional.of("?"), device -> "?");
  }

  private static RankGpu broken(int rank, String host, String reason) {
    return RankGpu.found(
        rank,
        host,
        Optional.of("0"),
        Optional.empty(),
        device -> Optional.of(reason),
        device -> "?");
  }

  private static void refused(String message, RankGpu... found) {
    assertThatThrownBy(() -> Placement.of(DeviceChoice.CUDA, List.of(found)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("cluster.device = cuda, but " + message);
  }

  @Test
  void ranksThatCanAllComputeOnTheirGpus() {
    List<RankGpu> found = List.of(good(0, "a", "1"), good(1, "a", "0"), good(2, "b", "1"));
    for (DeviceChoice choice : List.of(DeviceChoice.AUTO, DeviceChoice.CUDA)) {
      Placement placement = Placement.of(choice, found);
      assertThat(placement.devices())
          .containsExactly(Device.cuda(1), Device.cuda(0), Device.cuda(1));
      assertThat(placement.words())
          .isEqualTo(
              "rank 0 on a (GPU 1) computes on cuda:1, rank 1 on a (GPU 0) computes on cuda:0,"
                  + " rank 2 on b (GPU 1) computes on cuda:1");
    }
    assertThat(Placement.of(DeviceChoice.CPU, found))
        .isEqualTo(new Placement(List.of(Device.CPU, Device.CPU, Device.CPU), ""));
  }

  @Test
  void aMixtureIsRefusedWithItsRanksAndHosts() {
    refused(
        "Spark has assigned no GPU to rank 1 on b, rank 3 on d, but one to rank 0 on a (GPU 0),"
            + " rank 2 on c (GPU 0); ranks compute on GPUs all or none",
        good(0, "a", "0"),
        without(1, "b"),
        good(2, "c", "0"),
        without(3, "d"));
  }

  @Test
  void gpusThatWereAskedForAndNotAssignedAreRefused() {
    refused(
        "Spark has assigned no GPU to rank 0 on a, rank 1 on b; set"
            + " spark.task.resource.gpu.amount=1",
        without(0, "a"),
        without(1, "b"));
  }

  @Test
  void aGpuThatARankCannotUseIsRefusedAndEverybodyWithTheSameReasonNamed() {
    refused(
        "a GPU is of no use to rank 1 on b (GPU 0), rank 2 on b (GPU 0), because no driver",
        good(0, "a", "0"),
        broken(1, "b", "no\n driver"),
        broken(2, "b", "no driver"),
        broken(3, "c", "no library"));
  }

  /** Hosts of pods have names of their own, and containers count their GPUs from 0. */
  @Test
  void twoRanksOnOneGpuAreRefusedWhateverItIsCalledThere() {
    refused(
        "rank 0 on a (GPU 0), rank 2 on b (GPU 1) have one GPU, 7e1d, and each needs one of its"
            + " own; two workers of a machine must not report the same one, see SPARK_MTO_GPUS in"
            + " docs/gpu.md",
        named(0, "a", "0", "7e1d"),
        named(1, "a", "1", "c0de"),
        named(2, "b", "1", "7e1d"));
    List<RankGpu> same = List.of(named(0, "a", "0", "7e1d"), named(1, "a", "0", "7e1d"));
    assertThat(Placement.of(DeviceChoice.AUTO, same).words())
        .startsWith("all ranks compute on the CPU: rank 0 on a (GPU 0), rank 1 on a (GPU 0) have");
    assertThat(
            Placement.of(
                    DeviceChoice.CUDA, List.of(named(0, "a", "0", "1"), named(1, "a", "0", "2")))
                .devices())
        .containsExactly(Device.cuda(0), Device.cuda(0));
  }

  @Test
  void autoComputesOnTheCpuForAllAndSaysWhy() {
    Placement mixed = Placement.of(DeviceChoice.AUTO, List.of(good(0, "a", "0"), without(1, "b")));
    assertThat(mixed.devices()).containsExactly(Device.CPU, Device.CPU);
    assertThat(mixed.words())
        .startsWith("all ranks compute on the CPU: Spark has assigned no GPU to rank 1 on b, but");
    assertThat(
            Placement.of(DeviceChoice.AUTO, List.of(good(0, "a", "0"), broken(1, "b", "no driver")))
                .words())
        .isEqualTo(
            "all ranks compute on the CPU: a GPU is of no use to rank 1 on b (GPU 0), because no"
                + " driver");
  }

  @Test
  void ofManyRanksSomeAreNamed() {
    RankGpu[] many =
        IntStream.range(0, 40).mapToObj(rank -> without(rank, "a")).toArray(RankGpu[]::new);
    assertThatThrownBy(() -> Placement.of(DeviceChoice.CUDA, List.of(many)))
        .hasMessageContaining("rank 15 on a and 24 more; set");
  }

  @Test
  void anAddressIsTheNumberOfCudaOrThePlaceInItsList() {
    assertThat(good(0, "a", "3").device()).isEqualTo(Device.cuda(3));
    for (Map.Entry<String, Integer> place : Map.of("5", 1, "GPU-8a", 0, "MIG-1/2", 2).entrySet()) {
      RankGpu found =
          RankGpu.found(
              0,
              "a",
              Optional.of(place.getKey()),
              Optional.of("GPU-8a, 5,MIG-1/2"),
              device -> Optional.empty(),
              device -> "");
      assertThat(found.device()).isEqualTo(Device.cuda(place.getValue()));
      assertThat(found.words(found.device()))
          .isEqualTo("cuda:" + place.getValue() + ", GPU " + place.getKey());
    }
  }

  @Test
  void anAddressThatCudaCannotCountIsNotGuessed() {
    RankGpu hidden =
        RankGpu.found(
            0, "a", Optional.of("0"), Optional.of("2,3"), device -> Optional.empty(), device -> "");
    assertThat(hidden.obstacle())
        .startsWith("CUDA_VISIBLE_DEVICES = 2,3 hides it in this executor; the discovery script");
    assertThat(good(0, "a", "GPU-8a").obstacle()).contains("'GPU-8a' is no number");
    assertThat(good(0, "a", "128").obstacle()).contains("there is no device 128");
  }

  @Test
  void theChannelCarriesWhatARankHasFound() {
    for (RankGpu found :
        List.of(good(1, "a", "3"), without(1, "b"), broken(1, "c", "no driver\n at all"))) {
      assertThat(RankGpu.of(1, found.bytes())).isEqualTo(found);
    }
    assertThatThrownBy(() -> RankGpu.of(1, new byte[] {7}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
