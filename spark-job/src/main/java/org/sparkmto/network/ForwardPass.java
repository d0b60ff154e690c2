package org.sparkmto.network;

/**
 * One batch through the network, ready for the backward passes that a method asks for. It owns all
 * native memory of the step and is closed at its end.
 *
 * <p>Losses are sums over the rank's labelled elements, and so are all gradients here: what is a
 * sum adds up over ranks. Whoever combines them divides by the labels of the whole batch.
 */
public sealed interface ForwardPass extends AutoCloseable permits SinglePass, PiecewisePass {

  /** How many elements of the rank's batch are labelled, by task: samples, numbers or pixels. */
  double[] labelled();

  /**
   * The sum of the losses over those elements, by task. Whoever asks waits for the device, so what
   * it can compute without an answer it is to be told before.
   */
  double[] lossSums();

  /**
   * One backward through heads and encoder, or through the heads alone if the pass does not reach
   * the encoder: the shared part of the gradient stays as it is then.
   *
   * @return the flat gradient of the replica, with {@code sum_k shared[k] * dS_k} in its shared
   *     part and {@code heads[k] * dS_k} in the part of head k
   */
  default FlatVector backward(double[] shared, double[] heads) {
    return backward(shared, heads, FoundGradient.UNHEARD);
  }

  /**
   * The same.
   *
   * @param heard hears of the gradient as it is found
   */
  FlatVector backward(double[] shared, double[] heads, FoundGradient heard);

  /**
   * A look at the task gradients at the representation z, which changes nothing of the pass: every
   * head's backward once more, none of the encoder's.
   *
   * @return the Gram matrix of the gradients {@code dS_k/dz} over the rank's samples, row-major, as
   *     {@link RepresentationGradients#gram} gives it
   */
  double[] gramAtRepresentation();

  /**
   * One backward through all heads; leaves {@code dS_k/dhead_k}, unweighted, in the heads' part of
   * {@link Replica#gradient}.
   *
   * @return the K gradients at z
   */
  RepresentationGradients backwardHeads();

  @Override
  void close();
}
