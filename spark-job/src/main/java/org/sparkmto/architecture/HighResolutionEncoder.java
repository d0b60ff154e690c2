package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Block;
import org.sparkmto.network.ParameterBook;

/**
 * HRNet (Wang et al., "Deep High-Resolution Representation Learning for Visual Recognition", TPAMI
 * 2021) without its classifier: maps of a fourth, eighth, sixteenth and thirty-second of the
 * image's size side by side, which keep telling each other what they see. Parameter names are those
 * of the authors' classifier, and so are their numbers for RGB images: 9,562,260 for W18 and
 * 3,860,720 for W18-Small-v2; the classifier's head has another 11,736,744.
 *
 * <p>A coarse map comes to a finer one by bilinear interpolation to its size, as in the authors'
 * networks for pixels, not by repeating pixels as in their classifier, which takes no images but
 * those of a multiple of 32; the parameters are the same.
 */
final class HighResolutionEncoder implements Encoder {
  private static final long STEM = 64;
  private static final int FINEST_STRIDE = 4;
  private static final int STAGES = 4;

  /** Pixels of the image for one of the coarsest map, along an axis. */
  private static final int SMALLEST = FINEST_STRIDE << (STAGES - 1);

  private final List<Integer> image;
  private final long width;
  private final NormalisedConvolution first;
  private final NormalisedConvolution second;
  private final List<ResidualBlock> layer = new ArrayList<>();
  private final NormalisedConvolution narrowing;

  /** By stage from the second on. */
  private final List<NormalisedConvolution> halvings = new ArrayList<>();

  private final List<List<HighResolutionModule>> stages = new ArrayList<>();

  /**
   * Declares the parameters.
   *
   * @param name what their names begin with
   * @param image channels, height and width of the image
   * @param width channels of the finest map; each other has twice as many as the one before
   * @param blocks of a branch and of the first stage: 4 for the network of the paper, 2 for the
   *     authors' "Small-v2", which has fewer modules too
   * @throws IllegalArgumentException if the image has less than 32 pixels along an axis
   */
  HighResolutionEncoder(
      ParameterBook.Section section, String name, List<Integer> image, long width, long blocks) {
    if (image.get(1) < SMALLEST || image.get(2) < SMALLEST) {
      throw new IllegalArgumentException(
          "an image of %d x %d is too small for HRNet, which halves it five times: %d x %d at least"
              .formatted(image.get(1), image.get(2), SMALLEST, SMALLEST));
    }
    this.image = image;
    this.width = width;
    first = unit(section, name + ".conv1", name + ".bn1", image.get(0), STEM, 2);
    second = unit(section, name + ".conv2", name + ".bn2", STEM, STEM, 2);
    long wide = ResidualBlock.EXPANSION * STEM;
    for (int i = 0; i < blocks; i++) {
      String block = name + ".layer1." + i;
      layer.add(ResidualBlock.bottleneck(section, block, i == 0 ? STEM : wide, STEM, 1, 1));
    }
    String transition = name + ".transition1.0";
    narrowing = unit(section, transition + ".0", transition + ".1", wide, channels(0), 1);
    for (int stage = 2; stage <= STAGES; stage++) {
      int added = stage - 1;
      String halving = name + ".transition" + added + "." + added + ".0";
      long in = stage == 2 ? wide : channels(added - 1);
      halvings.add(unit(section, halving + ".0", halving + ".1", in, channels(added), 2));
      List<Long> channels = LongStream.range(0, stage).map(i -> channels((int) i)).boxed().toList();
      List<HighResolutionModule> modules = new ArrayList<>();
      for (int i = 0; i < modules(stage, blocks); i++) {
        modules.add(
            new HighResolutionModule(section, name + ".stage" + stage + "." + i, channels, blocks));
      }
      stages.add(modules);
    }
  }

  private static NormalisedConvolution unit(
      ParameterBook.Section section,
      String convolution,
      String norm,
      long in,
      long out,
      long stride) {
    return NormalisedConvolution.of(section, convolution, norm, in, out, 3, stride, 1);
  }

  private static int modules(int stage, long blocks) {
    List<Integer> counts = blocks == 4 ? List.of(1, 4, 3) : List.of(1, 3, 2);
    return counts.get(stage - 2);
  }

  /** They give the four maps, the finest first. */
  @Override
  public List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        Block.replacing((x, training) -> second.rectified(first.rectified(x, training), training)));
    layer.forEach(one -> blocks.add(Block.replacing(one::apply)));
    for (int i = 0; i < stages.size(); i++) {
      NormalisedConvolution halving = halvings.get(i);
      boolean whole = i == 0;
      // What the first stage gives is read once as it is, and narrowed beside it.
      blocks.add(
          (maps, training) -> {
            Tensor coarsest = maps.get(maps.size() - 1);
            List<Tensor> more = new ArrayList<>(maps);
            if (whole) {
              more.set(0, narrowing.rectified(coarsest, training));
            }
            more.add(halving.rectified(coarsest, training));
            return more;
          });
      stages.get(i).forEach(module -> blocks.add(module::apply));
    }
    return blocks;
  }

  /** Sizes of the four maps, the finest first. */
  @Override
  public List<PackedMaps.Size> sizes() {
    List<PackedMaps.Size> sizes = new ArrayList<>();
    for (int branch = 0; branch < STAGES; branch++) {
      int stride = FINEST_STRIDE << branch;
      sizes.add(
          new PackedMaps.Size(
              channels(branch),
              (image.get(1) + stride - 1) / stride,
              (image.get(2) + stride - 1) / stride));
    }
    return sizes;
  }

  /** Channels of a map, the finest is 0. */
  private long channels(int branch) {
    return width << branch;
  }
}
