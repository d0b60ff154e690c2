package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Column;
import org.sparkmto.network.Block;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * What the tasks share in {@link Segnet} and {@link Mtan}: the convolutions of VGG-16, and the same
 * in mirror image, with max pooling and its inverse between the five levels. Level 0 is the image's
 * size, level 4 a sixteenth of it. The names behind {@code encoder.} are torchvision's.
 */
final class SegnetTrunk {
  static final Option WIDTH =
      Option.of("width", Option.count(1), 64, "channels of the first layer");

  static final int LEVELS = ConvolutionStack.VGG_COUNTS.size();
  private static final int SMALLEST = 1 << LEVELS;

  private final List<ConvolutionStack> encoder;
  private final List<ConvolutionStack> decoder = new ArrayList<>();
  private final long width;
  private final int rows;
  private final int columns;

  /**
   * Declares the trunk's parameters.
   *
   * @param decodes whether there is the half in mirror image, which tasks of pixels need
   * @throws IllegalArgumentException if the input is no image or too small to be halved five times
   */
  SegnetTrunk(NetworkShape shape, Options options, ParameterBook book, boolean decodes) {
    Column image = shape.image();
    rows = image.shape().get(1);
    columns = image.shape().get(2);
    if (rows < SMALLEST || columns < SMALLEST) {
      throw new IllegalArgumentException(
          "an image of %d x %d is too small for SegNet, which halves it five times: %d x %d at least"
              .formatted(rows, columns, SMALLEST, SMALLEST));
    }
    width = options.whole("width");
    encoder = ConvolutionStack.vgg16(book.shared(), image.shape().get(0), width);
    for (int level = 0; decodes && level < LEVELS; level++) {
      decoder.add(
          new ConvolutionStack(
              book.shared(),
              "decoder." + level,
              0,
              channels(level),
              decodedChannels(level),
              ConvolutionStack.VGG_COUNTS.get(level)));
    }
  }

  /** Channels of the encoder at a level, and of what is unpooled to it. */
  long channels(int level) {
    return width * ConvolutionStack.VGG_FACTORS.get(level);
  }

  /** Channels that the decoder gives at a level: those of the next larger one. */
  long decodedChannels(int level) {
    return channels(Math.max(0, level - 1));
  }

  /**
   * The maps of one pass; each list by level, the last two empty in a trunk that does not decode.
   *
   * @param first what the first convolution of a block of the encoder gives
   * @param last what its last one gives
   * @param unpooled what enters a block of the decoder
   * @param decoded what leaves it
   */
  record Features(
      List<Tensor> first, List<Tensor> last, List<Tensor> unpooled, List<Tensor> decoded) {}

  private List<PackedMaps.Size> allSizes() {
    List<PackedMaps.Size> encoded = new ArrayList<>();
    List<PackedMaps.Size> decoded = new ArrayList<>();
    for (int level = 0; level < LEVELS; level++) {
      encoded.add(new PackedMaps.Size(channels(level), rows >> level, columns >> level));
      decoded.add(new PackedMaps.Size(decodedChannels(level), rows >> level, columns >> level));
    }
    List<PackedMaps.Size> all = new ArrayList<>(encoded);
    all.addAll(encoded);
    if (!decoder.isEmpty()) {
      all.addAll(encoded);
      all.addAll(decoded);
    }
    return all;
  }

  /** The maps of {@link #allMaps}, by list and level: list after list, each by level. */
  static Features features(List<Tensor> maps) {
    boolean decodes = maps.size() > 2 * LEVELS;
    return new Features(
        maps.subList(0, LEVELS),
        maps.subList(LEVELS, 2 * LEVELS),
        decodes ? maps.subList(2 * LEVELS, 3 * LEVELS) : List.of(),
        decodes ? maps.subList(3 * LEVELS, 4 * LEVELS) : List.of());
  }

  /** As an encoder that gives the map alone in which it ends. */
  Encoder lastMap() {
    return new Encoder() {
      @Override
      public List<PackedMaps.Size> sizes() {
        return List.of(new PackedMaps.Size(decodedChannels(0), rows, columns));
      }

      @Override
      public List<Block> blocks() {
        return SegnetTrunk.this.blocks(false);
      }
    };
  }

  /** As an encoder that gives all its maps, those of {@link Features}, list after list. */
  Encoder allMaps() {
    return new Encoder() {
      @Override
      public List<PackedMaps.Size> sizes() {
        return allSizes();
      }

      @Override
      public List<Integer> ends() {
        return List.of(decoder.isEmpty() ? 2 * LEVELS - 1 : 3 * LEVELS);
      }

      @Override
      public List<Block> blocks() {
        return SegnetTrunk.this.blocks(true);
      }
    };
  }

  /**
   * A block for each level of the encoder, and of the decoder. What stands between them is what
   * will be given, by level, then where each level's largest numbers were, then what the next one
   * goes on with.
   *
   * @param all whether all maps are given in the end, or the decoder's last one
   */
  private List<Block> blocks(boolean all) {
    List<Block> blocks = new ArrayList<>();
    for (int level = 0; level < LEVELS; level++) {
      int here = level;
      blocks.add((given, training) -> encoded(given, here, all, training));
    }
    for (int level = decoder.size() - 1; level >= 0; level--) {
      int here = level;
      blocks.add((given, training) -> decoded(given, here, all, training));
    }
    if (all) {
      blocks.add((given, training) -> sorted(given));
    }
    return blocks;
  }

  private List<Tensor> encoded(List<Tensor> given, int level, boolean all, boolean training) {
    int last = given.size() - 1;
    ConvolutionStack block = encoder.get(level);
    List<Tensor> tensors = new ArrayList<>(given.subList(0, last));
    Tensor first = block.first(given.get(last), training);
    Tensor rest = block.rest(first, training);
    if (all) {
      tensors.addAll(List.of(first, rest));
    }
    Pooling pooling = Pooling.of(rest);
    tensors.addAll(List.of(pooling.places(), pooling.largest()));
    return tensors;
  }

  private List<Tensor> decoded(List<Tensor> given, int level, boolean all, boolean training) {
    int last = given.size() - 1;
    int ofLevel = all ? 3 : 1;
    Tensor places = given.get(ofLevel * (level + 1) - 1);
    Tensor unpooled =
        new Pooling(given.get(last), places, rows >> level, columns >> level)
            .undone(given.get(last));
    Tensor decoded = decoder.get(level).apply(unpooled, training);
    if (!all) {
      List<Tensor> tensors = new ArrayList<>(given.subList(0, level));
      tensors.add(decoded);
      return tensors;
    }
    List<Tensor> tensors = new ArrayList<>(given.subList(0, last));
    // The deepest level goes on with a pooled map, which is not given; the others with a given one.
    if (level < LEVELS - 1) {
      tensors.add(given.get(last));
    }
    tensors.addAll(List.of(unpooled, decoded));
    return tensors;
  }

  /** The maps alone, as {@link #features} finds them. */
  private List<Tensor> sorted(List<Tensor> given) {
    List<Tensor> first = new ArrayList<>();
    List<Tensor> last = new ArrayList<>();
    List<Tensor> unpooled = new ArrayList<>();
    List<Tensor> decoded = new ArrayList<>();
    for (int level = 0; level < LEVELS; level++) {
      first.add(given.get(3 * level));
      last.add(given.get(3 * level + 1));
      if (!decoder.isEmpty()) {
        int behind = 3 * LEVELS + 2 * (LEVELS - 1 - level);
        unpooled.add(given.get(behind));
        decoded.add(given.get(behind + 1));
      }
    }
    List<Tensor> all = new ArrayList<>(first);
    all.addAll(last);
    all.addAll(unpooled);
    all.addAll(decoded);
    return all;
  }
}
