package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * In which order the numbers of images and maps lie in memory in training, as PyTorch calls it. The
 * order of the inputs is that of everything which convolutions, batch normalisation and pooling
 * make of them; what a formula says about shapes stays as it is.
 */
public enum MemoryFormat {
  /** Channel after channel. */
  CONTIGUOUS,
  /** Pixel after pixel, each with all its channels. */
  CHANNELS_LAST;

  private static final int IMAGE_AXES = 4;

  /** The inputs in this order, in the scope of the caller; those that are no images as they are. */
  List<Tensor> laid(List<Tensor> inputs) {
    return this == CONTIGUOUS
        ? inputs
        : inputs.stream()
            .map(
                input ->
                    input.dim() == IMAGE_AXES
                        ? input.contiguous(torch.MemoryFormat.ChannelsLast)
                        : input)
            .toList();
  }
}
