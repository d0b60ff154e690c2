package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A network that computes in a precision: what happens between its inputs and z, and between z and
 * the outputs of a head. z and outputs are of 32 bits.
 */
record NumericNetwork(Network network, Precision precision) {

  /** z of a batch. */
  Tensor encode(List<Tensor> inputs, boolean training) {
    return wide(precision.during(device(inputs), () -> network.encode(inputs, training)));
  }

  /** The same block by block. */
  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (Block block : network.blocks()) {
      blocks.add(
          (given, training) -> precision.during(device(given), () -> block.apply(given, training)));
    }
    Block last = blocks.remove(blocks.size() - 1);
    blocks.add(
        (given, training) ->
            last.apply(given, training).stream().map(NumericNetwork::wide).toList());
    return blocks;
  }

  /** Outputs of a head, which reads z in the precision that its layers compute in. */
  Tensor decode(int task, Tensor z, boolean training) {
    Tensor read = precision == Precision.BF16 ? z.toType(ScalarType.BFloat16) : z;
    return wide(precision.during(z.device().type(), () -> network.decode(task, read, training)));
  }

  /** What a head says besides, in the same way. */
  List<Tensor> early(int task, Tensor z, boolean training) {
    Tensor read = precision == Precision.BF16 ? z.toType(ScalarType.BFloat16) : z;
    List<Tensor> outputs = new ArrayList<>();
    precision.during(z.device().type(), () -> outputs.addAll(network.early(task, read, training)));
    return outputs.stream().map(NumericNetwork::wide).toList();
  }

  private static DeviceType device(List<Tensor> tensors) {
    return tensors.get(0).device().type();
  }

  private static Tensor wide(Tensor tensor) {
    return tensor.scalar_type().intern() == ScalarType.BFloat16
        ? tensor.toType(ScalarType.Float)
        : tensor;
  }
}
