package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * SegNet (Badrinarayanan et al., TPAMI 2017) as the multi-task literature uses it: one encoder and
 * decoder for all tasks, "SegNet split" of Liu et al., CVPR 2019; z is what the decoder ends in, at
 * the image's size. Every task has a 3x3 and a 1x1 convolution of its own.
 *
 * <p>At width 64 there are 24,943,296 shared parameters for RGB images and 36,928 + 65 n in the
 * head of a task with n outputs; the encoder is torchvision's {@code vgg16_bn} without its
 * classifier. The image must have 32 rows and columns at least, and need not be a multiple of 32.
 */
final class Segnet implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architectures.KIND,
          "segnet",
          "tasks of pixels: SegNet, one encoder and decoder for all tasks",
          List.of(SegnetTrunk.WIDTH),
          options -> new Segnet());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    SegnetTrunk trunk = new SegnetTrunk(shape, options, book);
    List<SegnetHead> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      heads.add(
          new SegnetHead(book.head(task), shape.pixels().get(task), trunk.decodedChannels(0)));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> inputs, boolean training) {
        return trunk.apply(inputs.get(0), training).decoded().get(0);
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        return heads.get(task).apply(representation);
      }
    };
  }
}
