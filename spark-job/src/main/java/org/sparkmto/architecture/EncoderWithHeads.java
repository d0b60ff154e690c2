package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Block;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;

/** An encoder of maps and a head for each task, of whole images or of pixels in any mixture. */
record EncoderWithHeads(Encoder encoder, Representation z, List<TaskHead> heads)
    implements Network {

  /**
   * With linear heads for tasks of whole images.
   *
   * @param pixels the heads of tasks of pixels
   */
  static EncoderWithHeads of(
      Encoder encoder, NetworkShape shape, ParameterBook book, TaskHead.Kind pixels) {
    Representation z = Representation.of(encoder, shape);
    return of(
        encoder,
        z,
        shape,
        book,
        (section, head, read) -> new LinearHead(section, head, read, shape.dropout()),
        pixels);
  }

  /** With a kind of head for each kind of task. */
  static EncoderWithHeads of(
      Encoder encoder,
      Representation z,
      NetworkShape shape,
      ParameterBook book,
      TaskHead.Kind wholeImages,
      TaskHead.Kind pixels) {
    List<TaskHead> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      NetworkShape.Head head = shape.heads().get(task);
      TaskHead.Kind kind = head.hasPixels() ? pixels : wholeImages;
      heads.add(kind.build(book.head(task), head, z));
    }
    return new EncoderWithHeads(encoder, z, heads);
  }

  @Override
  public Tensor encode(List<Tensor> inputs, boolean training) {
    return Block.all(blocks(), inputs, training).get(0);
  }

  @Override
  public List<Block> blocks() {
    List<Block> blocks = new ArrayList<>(encoder.blocks());
    // z is made in the last one: it holds as much as the maps do, and they need not be kept too.
    Block last = blocks.remove(blocks.size() - 1);
    blocks.add((given, training) -> List.of(z.of(last.apply(given, training))));
    return blocks;
  }

  @Override
  public Tensor decode(int task, Tensor representation, boolean training) {
    return heads.get(task).apply(representation, training);
  }

  @Override
  public boolean heuristicRepresentation() {
    return z.isHeuristic();
  }
}
