package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Block;
import org.sparkmto.network.Functional;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * A residual network (He et al., CVPR 2016) without its classifier. Parameter names are
 * torchvision's, and so are their numbers at width 64 for RGB images: 11,176,512 for depth 18,
 * 21,284,672 for 34, 23,508,032 for 50 and 42,500,160 for 101. Bottlenecks halve the map in their
 * 3x3 convolution.
 *
 * <p>Where the last stages would make the map coarser than the output stride, they dilate instead
 * of stride (Yu et al., CVPR 2017): behind each stride left out, kernels are spread twice as far,
 * so that the network computes at every second pixel what it would have computed with the stride,
 * and between them what it would have skipped. For bottlenecks this is torchvision's {@code
 * replace_stride_with_dilation}.
 */
final class ResidualEncoder {
  static final Option DEPTH =
      Option.of("depth", Option.oneOf(18, 34, 50, 101), 50, "layers of the residual network");

  static final Option WIDTH =
      Option.of("width", Option.count(1), 64, "channels of the first layer");

  /** The last stage; 0 is the first convolution with its pooling. */
  static final int STAGES = 4;

  /**
   * Residual blocks that are run again together. Of one at a time more would have to be kept
   * between them than their insides take; of three, the insides of the first stage's are most.
   */
  private static final int TOGETHER = 2;

  private final List<Integer> image;
  private final boolean bottlenecks;
  private final long width;
  private final long outputStride;
  private final NormalisedConvolution stem;
  private final List<List<ResidualBlock>> stages = new ArrayList<>();

  /**
   * Declares the parameters.
   *
   * @param name what their names begin with
   * @param image channels, height and width of the image
   * @param depth 18, 34, 50 or 101 layers
   * @param width channels of the first layer, 64 in the paper
   * @param outputStride pixels of the image for one of the last map: 8, 16 or 32
   */
  ResidualEncoder(
      ParameterBook.Section section,
      String name,
      List<Integer> image,
      long depth,
      long width,
      long outputStride) {
    this(section, name, image, depth, width, outputStride, 0, STAGES);
  }

  /**
   * Declares the parameters of some stages, where 0 is the first convolution with its pooling.
   *
   * @param from the first of them
   * @param to the last of them
   */
  ResidualEncoder(
      ParameterBook.Section section,
      String name,
      List<Integer> image,
      long depth,
      long width,
      long outputStride,
      int from,
      int to) {
    this.image = image;
    this.bottlenecks = isOfBottlenecks(depth);
    this.width = width;
    this.outputStride = outputStride;
    stem =
        from > 0
            ? null
            : NormalisedConvolution.of(
                section, name + ".conv1", name + ".bn1", image.get(0), width, 7, 2, 1);
    long in = width;
    long dilation = 1;
    for (int stage = 1; stage <= STAGES; stage++) {
      boolean finer = coarsest(stage) > outputStride;
      long stride = stage == 1 || finer ? 1 : 2;
      // The convolution that loses its stride still sees the finer map as it was.
      long entry = dilation;
      dilation = finer ? 2 * dilation : dilation;
      List<ResidualBlock> blocks = new ArrayList<>();
      int count = stage < from || stage > to ? 0 : blocks(depth, stage);
      for (int i = 0; i < count; i++) {
        String block = name + ".layer" + stage + "." + i;
        long mid = width << (stage - 1);
        blocks.add(
            i == 0
                ? block(section, block, in, mid, stride, entry, dilation)
                : block(section, block, in, mid, 1, dilation, dilation));
        in = channels(stage);
      }
      in = channels(stage);
      stages.add(blocks);
    }
  }

  /** How wide the heads behind the encoder are, as an option. */
  static Option features(int usual) {
    return Option.of(
        "features", Option.count(1), usual, "channels of what stands behind the residual network");
  }

  /** How far apart neighbours of the last map are, as an option. */
  static Option stride(int usual) {
    return Option.of(
        "stride", Option.oneOf(8, 16, 32), usual, "pixels of the image for one of the last map");
  }

  /** The encoder of a network for pixels, by its options depth, width and stride. */
  static ResidualEncoder of(NetworkShape shape, Options options, ParameterBook book) {
    return new ResidualEncoder(
        book.shared(),
        "encoder",
        shape.image().shape(),
        options.whole("depth"),
        options.whole("width"),
        options.whole("stride"));
  }

  /**
   * What it computes: its first convolution with the pooling, then two residual blocks at a time,
   * of one stage.
   *
   * @param kept stages from 1 to 3 whose maps are given, too, in order, before that of stage 4
   */
  List<Block> blocks(Set<Integer> kept) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(Block.replacing(this::pooled));
    for (int stage = 1; stage <= STAGES; stage++) {
      List<ResidualBlock> all = stages.get(stage - 1);
      for (int first = 0; first < all.size(); first += TOGETHER) {
        List<ResidualBlock> some = all.subList(first, Math.min(all.size(), first + TOGETHER));
        Block.Layers layers = (x, training) -> run(some, x, training);
        blocks.add(
            first == 0 && kept.contains(stage - 1)
                ? Block.adding(layers)
                : Block.replacing(layers));
      }
    }
    return blocks;
  }

  /** What the declared stages make of an image, or of the map of the stage before them. */
  Tensor apply(Tensor images, boolean training) {
    Tensor x = stem == null ? images : pooled(images, training);
    for (List<ResidualBlock> stage : stages) {
      x = run(stage, x, training);
    }
    return x;
  }

  private static Tensor run(List<ResidualBlock> blocks, Tensor images, boolean training) {
    Tensor x = images;
    for (ResidualBlock block : blocks) {
      x = block.apply(x, training);
    }
    return x;
  }

  /** As an encoder that gives its last map alone. */
  Encoder lastMap() {
    return new Encoder() {
      @Override
      public List<PackedMaps.Size> sizes() {
        return List.of(size(STAGES));
      }

      @Override
      public List<Block> blocks() {
        return ResidualEncoder.this.blocks(Set.of());
      }
    };
  }

  /** As an encoder that gives the maps of all four stages, of which the last is its end. */
  Encoder allStages() {
    return new Encoder() {
      @Override
      public List<PackedMaps.Size> sizes() {
        return IntStream.rangeClosed(1, STAGES).mapToObj(stage -> size(stage)).toList();
      }

      @Override
      public List<Integer> ends() {
        return List.of(STAGES - 1);
      }

      @Override
      public List<Block> blocks() {
        return ResidualEncoder.this.blocks(Set.of(1, 2, 3));
      }
    };
  }

  /**
   * As an encoder that gives two maps of each stage, in order: that in front of its last block, and
   * the one that it ends in.
   */
  Encoder endsOfStages() {
    return new Encoder() {
      @Override
      public List<PackedMaps.Size> sizes() {
        return IntStream.rangeClosed(1, STAGES)
            .mapToObj(stage -> size(stage))
            .flatMap(size -> Stream.of(size, size))
            .toList();
      }

      @Override
      public List<Integer> ends() {
        return List.of(2 * STAGES - 1);
      }

      @Override
      public List<Block> blocks() {
        List<Block> blocks =
            new ArrayList<>(List.of(Block.replacing(ResidualEncoder.this::pooled)));
        for (List<ResidualBlock> stage : stages) {
          List<ResidualBlock> first = stage.subList(0, stage.size() - 1);
          Block.Layers layers = (x, training) -> run(first, x, training);
          blocks.add(blocks.size() == 1 ? Block.replacing(layers) : Block.adding(layers));
          blocks.add(Block.adding(stage.get(stage.size() - 1)::apply));
        }
        return blocks;
      }
    };
  }

  private Tensor pooled(Tensor images, boolean training) {
    return Functional.maxPool2d(stem.rectified(images, training), 3, 2, 1);
  }

  /**
   * Declares a block of this network's kind that keeps the size of a stage's map and has the next
   * one's channels.
   */
  ResidualBlock widening(ParameterBook.Section section, String name, int stage) {
    return block(section, name, channels(stage), width << stage, 1, 1, 1);
  }

  /** How many times the channels of its 3x3 convolution a block gives. */
  long expansion() {
    return expansion(bottlenecks);
  }

  private static long expansion(boolean bottlenecks) {
    return bottlenecks ? ResidualBlock.EXPANSION : 1;
  }

  private static boolean isOfBottlenecks(long depth) {
    return depth >= 50;
  }

  /** Channels behind the last stage of a network of so many layers and such a width. */
  static long channels(long depth, long width) {
    return (width << (STAGES - 1)) * expansion(isOfBottlenecks(depth));
  }

  /** Channels behind a stage from 0 to 4. */
  long channels(int stage) {
    return stage == 0 ? width : (width << (stage - 1)) * expansion();
  }

  /** Channels behind the last stage. */
  long channels() {
    return channels(STAGES);
  }

  /** Pixels of the image for one of the last map, along an axis. */
  long outputStride() {
    return outputStride;
  }

  /** The size of the map behind a stage from 0 to 4. */
  PackedMaps.Size size(int stage) {
    long stride = Math.min(coarsest(Math.max(stage, 1)), outputStride);
    return new PackedMaps.Size(
        channels(stage),
        (image.get(1) + stride - 1) / stride,
        (image.get(2) + stride - 1) / stride);
  }

  private static long coarsest(int stage) {
    return 2L << stage;
  }

  private static int blocks(long depth, int stage) {
    List<Integer> counts =
        switch ((int) depth) {
          case 18 -> List.of(2, 2, 2, 2);
          case 34, 50 -> List.of(3, 4, 6, 3);
          case 101 -> List.of(3, 4, 23, 3);
          default -> throw new IllegalArgumentException("no residual network of depth " + depth);
        };
    return counts.get(stage - 1);
  }

  private ResidualBlock block(
      ParameterBook.Section section,
      String name,
      long in,
      long mid,
      long stride,
      long entry,
      long dilation) {
    return bottlenecks
        ? ResidualBlock.bottleneck(section, name, in, mid, stride, entry)
        : ResidualBlock.basic(section, name, in, mid, stride, entry, dilation);
  }
}
