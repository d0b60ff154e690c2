package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;

/**
 * For pixels, behind an encoder that shows its maps from fine to coarse: the top-down way of a
 * feature pyramid (Lin et al., CVPR 2017), which a task has for itself. Each map is brought to the
 * same number of channels by a 1x1 convolution; from the coarsest on, sums are brought to the size
 * of the next finer map and added to it; the finest sum goes through a 3x3 convolution, a
 * classifier, and bilinear interpolation to the size of the target. The paper repeats the nearest
 * pixel where this interpolates.
 */
final class TopDownHead implements TaskHead {
  private final Representation z;
  private final List<Convolution> laterals = new ArrayList<>();
  private final MapClassifier classifier;

  /**
   * Declares the parameters.
   *
   * @param features channels of the sums
   */
  TopDownHead(
      ParameterBook.Section section, NetworkShape.Head shape, Representation z, long features) {
    this.z = z;
    String name = "heads." + shape.name();
    for (PackedMaps.Size size : z.sizes()) {
      String lateral = name + ".lateral." + laterals.size();
      laterals.add(Convolution.biased(section, lateral, size.channels(), features, 1, 0));
    }
    classifier =
        new MapClassifier(
            NormalisedConvolution.listed(section, name, 0, features, features, 3, 1),
            Convolution.biased(section, name + ".3", features, shape.outputs(), 1, 0),
            shape);
  }

  @Override
  public Tensor apply(Tensor representation, boolean training) {
    List<Tensor> maps = z.maps(representation);
    int coarsest = maps.size() - 1;
    Tensor sum = laterals.get(coarsest).apply(maps.get(coarsest));
    for (int i = coarsest - 1; i >= 0; i--) {
      Tensor lateral = laterals.get(i).apply(maps.get(i));
      sum = Functional.add(lateral, Maps.sizedLike(sum, lateral));
    }
    return classifier.apply(sum, training);
  }
}
