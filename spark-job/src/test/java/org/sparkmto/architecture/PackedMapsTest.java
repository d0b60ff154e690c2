package org.sparkmto.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.sparkmto.network.CentralDifferences;
import org.sparkmto.random.Draws;

class PackedMapsTest {
  private final PackedMaps packed =
      new PackedMaps(List.of(new PackedMaps.Size(2, 3, 4), new PackedMaps.Size(5, 1, 2)));

  @Test
  void mapsComeBackAsViewsOfTheirSamples() {
    try (PointerScope scope = new PointerScope()) {
      Tensor first = CentralDifferences.normal(List.of(3, 2, 3, 4), Draws.of(1));
      Tensor second = CentralDifferences.normal(List.of(3, 5, 1, 2), Draws.of(2));
      Tensor z = packed.pack(List.of(first, second));
      assertThat(CentralDifferences.shape(z)).containsExactly(3, 2 * 3 * 4 + 5 * 1 * 2);
      assertThat(packed.elements()).isEqualTo(34);
      assertThat(packed.maps(z).get(0).equal(first)).isTrue();
      assertThat(packed.maps(z).get(1).equal(second)).isTrue();
      z.zero_();
      assertThat(packed.maps(z).get(1).abs().max().item_double()).isZero();
    }
  }

  @Test
  void aSingleMapStaysAsItIs() {
    PackedMaps single = new PackedMaps(List.of(new PackedMaps.Size(2, 3, 4)));
    try (PointerScope scope = new PointerScope()) {
      Tensor map = CentralDifferences.normal(List.of(3, 2, 3, 4), Draws.of(1));
      Tensor z = single.pack(List.of(map));
      assertThat(CentralDifferences.shape(z)).containsExactly(3, 2, 3, 4);
      assertThat(single.maps(z)).containsExactly(z);
    }
  }

  @Test
  void gradientsGoToTheMapsTheyBelongTo() {
    try (PointerScope scope = new PointerScope()) {
      Tensor first = CentralDifferences.normal(List.of(1, 2, 3, 4), Draws.of(1));
      Tensor second = CentralDifferences.normal(List.of(1, 5, 1, 2), Draws.of(2));
      first.requires_grad_(true);
      second.requires_grad_(true);
      Tensor z = packed.pack(List.of(first, second));
      Tensor sum = packed.maps(z).get(0).square().sum().add(packed.maps(z).get(1).sum());
      TensorVector gradients = torch.grad(new TensorVector(sum), new TensorVector(first, second));
      assertThat(gradients.get(0).equal(first.add(first))).isTrue();
      assertThat(gradients.get(1).equal(torch.ones_like(second))).isTrue();
    }
  }

  @Test
  void mapsOfOtherSizesAreRefused() {
    try (PointerScope scope = new PointerScope()) {
      Tensor first = CentralDifferences.normal(List.of(3, 2, 4, 3), Draws.of(1));
      Tensor second = CentralDifferences.normal(List.of(3, 5, 1, 2), Draws.of(2));
      assertThatThrownBy(() -> packed.pack(List.of(first, second)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Size[channels=2, height=4, width=3]")
          .hasMessageContaining("not those declared");
      assertThatThrownBy(() -> packed.pack(List.of(second)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
