package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class DeviceTest {
  @Test
  void isWrittenAsPyTorchWritesIt() {
    assertThat(Device.CPU).hasToString("cpu");
    assertThat(Device.cuda(3)).hasToString("cuda:3");
    assertThat(Device.CPU.isCuda()).isFalse();
    assertThat(Device.cuda(0).isCuda()).isTrue();
  }

  @Test
  void hasAnIndexThatLibtorchKnows() {
    assertThatThrownBy(() -> Device.cuda(-1)).hasMessage("there is no device -1 of kind CUDA");
    assertThatThrownBy(() -> Device.cuda(128)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Device(Device.Kind.CPU, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysInOneSentenceThatTheBuildIsForTheCpuAlone() {
    assumeTrue(Device.withoutCudaBuild().isPresent(), "this is the build for GPUs");
    assertThat(Device.withoutCuda()).isEqualTo(Device.withoutCudaBuild());
    assertThat(Device.cuda(0).unusable()).isEqualTo(Device.withoutCudaBuild());
    assertThat(Device.withoutCuda().orElseThrow())
        .contains("has no CUDA", "./mvnw -P gpu package")
        .doesNotContain("\n");
  }

  @Test
  void theProcessorCanAlwaysBeUsed() {
    assertThat(Device.CPU.unusable()).isEmpty();
  }

  @Test
  void aGpuThatCudaDoesNotCountCannotBeUsed() {
    assumeTrue(torch.cuda_is_available(), "no GPU here");
    assertThat(Device.cuda(0).unusable()).isEmpty();
    assertThat(Device.cuda(127).unusable().orElseThrow()).contains("there is no cuda:127");
  }

  /** Flags of libtorch that CUDA alone reads, so that they can be set and seen anywhere. */
  @Test
  void cudnnTriesWhatIsFastestOnlyWhereBitsNeedNotRepeat() {
    Context context = torch.globalContext();
    try {
      for (boolean deterministic : new boolean[] {false, true}) {
        Device.cuda(0).settle(deterministic);
        assertThat(context.benchmarkCuDNN()).isEqualTo(!deterministic);
        assertThat(context.deterministicCuDNN()).isEqualTo(deterministic);
        assertThat(context.allowTF32CuDNN()).isFalse();
      }
    } finally {
      Device.cuda(0).settle(true);
    }
  }

  @Test
  void namesTheLibraryThatIsMissing() {
    LinkageError error = new UnsatisfiedLinkError("no jnitorch in java.library.path: natives");
    error.initCause(
        new UnsatisfiedLinkError(
            "natives/libjnitorch.so: libcupti.so.13: cannot open shared object file: No such file"
                + " or directory"));
    assertThat(NativeLibraries.words(error))
        .contains("needs the library libcupti.so.13,", "LD_LIBRARY_PATH");
    assertThat(NativeLibraries.words(new UnsatisfiedLinkError("no jnitorch")))
        .contains("needs Linux on x86_64 with glibc 2.35");
    assertThat(
            NativeLibraries.words(
                new UnsatisfiedLinkError(
                    "/lib/libm.so.6: version `GLIBC_2.35' not found (required by natives/x.so)")))
        .contains("needs GLIBC_2.35;");
  }
}
