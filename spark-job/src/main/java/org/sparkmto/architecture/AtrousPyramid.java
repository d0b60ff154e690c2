package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.ParameterBook;

/**
 * Atrous spatial pyramid pooling (Chen et al., "Rethinking atrous convolution", 2017, section 3.3):
 * a 1x1 convolution, three dilated 3x3 ones and the mean of the whole map, side by side, and a 1x1
 * convolution of all of them. Parameter names are torchvision's.
 *
 * <p>torchvision's dropout of one half behind the last convolution is left out: a step must be a
 * function of its seed alone, and libtorch's dropout draws from a generator of the process.
 */
final class AtrousPyramid {
  /** Three rates, as many times this number of pixels of the image. */
  private static final long REACH = 96;

  private final List<NormalisedConvolution> branches = new ArrayList<>();
  private final NormalisedConvolution pooled;
  private final NormalisedConvolution project;

  /**
   * Declares the parameters.
   *
   * @param stride pixels of the image for one of the map: the rates are 12, 24, 36 at stride 8 and
   *     6, 12, 18 at stride 16
   */
  AtrousPyramid(ParameterBook.Section section, String name, long in, long out, long stride) {
    branches.add(NormalisedConvolution.listed(section, name + ".convs.0", 0, in, out, 1, 1));
    for (int i = 1; i <= 3; i++) {
      branches.add(
          NormalisedConvolution.listed(
              section, name + ".convs." + i, 0, in, out, 3, i * REACH / stride));
    }
    pooled = NormalisedConvolution.listed(section, name + ".convs.4", 1, in, out, 1, 1);
    project = NormalisedConvolution.listed(section, name + ".project", 0, 5 * out, out, 1, 1);
  }

  /** A map of the same size. */
  Tensor apply(Tensor x, boolean training) {
    List<Tensor> maps = new ArrayList<>();
    for (NormalisedConvolution branch : branches) {
      maps.add(branch.rectified(x, training));
    }
    Tensor mean = pooled.rectified(Functional.adaptiveAvgPool2d(x, 1, 1), training);
    maps.add(Maps.sizedLike(mean, x));
    return project.rectified(Maps.beside(maps.toArray(Tensor[]::new)), training);
  }
}
