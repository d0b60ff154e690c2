package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What the backward pass through the heads has found: the gradients of the tasks' losses at the
 * representation z, each a sum over the rank's samples. Valid as long as the {@link ForwardPass}.
 */
public sealed interface RepresentationGradients permits KeptGradients, PiecewiseGradients {

  /**
   * The Gram matrix of the K gradients over the rank's samples, row-major, accumulated in double.
   * Because z is per sample, the matrices of ranks add up to that of the whole batch.
   */
  double[] gram();

  /**
   * The layers before z of whose weights {@link #look(SharedGradients)} can give the gradients as
   * factors; none unless the pass was made with {@link Cut#AT_LAYERS}, and none where parts of the
   * batch or of the network are run again.
   */
  List<LayerFactors> layers();

  /**
   * Goes on from z: one backward of {@code sum_k weights[k] * dS_k/dz} through the encoder.
   *
   * @return the flat gradient of the replica, whose shared part has been replaced
   */
  default FlatVector backward(double[] weights) {
    return backward(weights, FoundGradient.UNHEARD);
  }

  /**
   * The same.
   *
   * @param heard hears of the shared part as it is found
   */
  FlatVector backward(double[] weights, FoundGradient heard);

  /**
   * The tasks' exact gradients with respect to the shared parameters: a backward pass through the
   * encoder for each task that is asked for. The encoder's part of the pass is used up.
   */
  void ofTasks(SharedGradients into);

  /** The same, and the pass can still be differentiated afterwards. */
  void look(SharedGradients into);

  /**
   * The same of what goes through one sample's part of z alone: where heads see samples one by one,
   * the gradients of that sample's losses, in the network as the whole batch goes through it.
   *
   * @param sample index in the rank's batch; a negative one of a sample that another rank has, of
   *     which the gradients here are zero
   */
  void look(int sample, SharedGradients into);

  /**
   * Weighted sums of the tasks' gradients in their place.
   *
   * @param weights of each sum, one for each task
   * @return as many gradients as there are sums, valid as long as these
   */
  RepresentationGradients mixed(List<double[]> weights);

  /**
   * One task's exact gradient with respect to the shared parameters.
   *
   * @param task which task
   * @param into a vector of {@link ParameterLayout#shared} floats, borrowed
   */
  void ofTask(int task, Tensor into);
}
