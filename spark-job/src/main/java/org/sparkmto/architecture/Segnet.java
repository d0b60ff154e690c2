package org.sparkmto.architecture;

import java.util.List;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * SegNet (Badrinarayanan et al., TPAMI 2017) as the multi-task literature uses it: one encoder and
 * decoder for all tasks, "SegNet split" of Liu et al., CVPR 2019; z is what the decoder ends in, at
 * the image's size. Every task of pixels has a 3x3 and a 1x1 convolution of its own, one of whole
 * images a {@link LinearHead} on the means of z.
 *
 * <p>At width 64 there are 24,943,296 shared parameters for RGB images and 36,928 + 65 n in the
 * head of a task with n outputs; the encoder is torchvision's {@code vgg16_bn} without its
 * classifier. The image must have 32 rows and columns at least, and need not be a multiple of 32.
 */
final class Segnet implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "segnet",
          "any tasks: SegNet, one encoder and decoder for all tasks",
          List.of(SegnetTrunk.WIDTH),
          options -> new Segnet());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    SegnetTrunk trunk = new SegnetTrunk(shape, options, book, true);
    return EncoderWithHeads.of(
        trunk.lastMap(),
        shape,
        book,
        (section, head, z) -> {
          SegnetHead last = new SegnetHead(section, head, trunk.decodedChannels(0));
          return (representation, training) -> last.apply(z.maps(representation).get(0));
        });
  }
}
