package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.ParameterBook;

/** 3x3 convolutions with batch normalisation and ReLU, one after the other, at one size. */
final class ConvolutionStack {
  /** Layers of a sequence that one of them takes: convolution, normalisation and ReLU. */
  private static final int LAYERS = 3;

  private final List<NormalisedConvolution> convolutions = new ArrayList<>();

  /** Named from {@code name.index} on; the first goes from {@code in} channels to {@code out}. */
  ConvolutionStack(
      ParameterBook.Section section, String name, int index, long in, long out, int count) {
    for (int i = 0; i < count; i++) {
      convolutions.add(
          NormalisedConvolution.biased(
              section, name, index + LAYERS * i, i == 0 ? in : out, out, 3));
    }
  }

  /** What the first convolution gives. */
  Tensor first(Tensor x, boolean training) {
    return convolutions.get(0).rectified(x, training);
  }

  /** All the others, on what the first gave. */
  Tensor rest(Tensor first, boolean training) {
    Tensor x = first;
    for (NormalisedConvolution one : convolutions.subList(1, convolutions.size())) {
      x = one.rectified(x, training);
    }
    return x;
  }

  Tensor apply(Tensor x, boolean training) {
    return rest(first(x, training), training);
  }

  /**
   * The thirteen convolutions of VGG-16 (Simonyan and Zisserman, ICLR 2015) in their five blocks,
   * with batch normalisation; {@code encoder.} and torchvision's name of them in {@code vgg16_bn}.
   * A pooling that halves stands between two blocks.
   *
   * @param width channels of the first block; the others have 2, 4, 8 and 8 times as many
   */
  static List<ConvolutionStack> vgg16(ParameterBook.Section section, long channels, long width) {
    List<ConvolutionStack> blocks = new ArrayList<>();
    int index = 0;
    long in = channels;
    for (int block = 0; block < VGG_FACTORS.size(); block++) {
      long out = width * VGG_FACTORS.get(block);
      int count = VGG_COUNTS.get(block);
      blocks.add(new ConvolutionStack(section, "encoder.features", index, in, out, count));
      index += LAYERS * count + 1;
      in = out;
    }
    return blocks;
  }

  /** Convolutions in each block of VGG-16. */
  static final List<Integer> VGG_COUNTS = List.of(2, 2, 3, 3, 3);

  /** Channels of each block of VGG-16, in widths. */
  static final List<Integer> VGG_FACTORS = List.of(1, 2, 4, 8, 8);
}
