package org.sparkmto.network;

/**
 * How large the factors of a layer's gradient are, see {@link LayerFactors}.
 *
 * @param parameter the weight's place among the shared parameters
 * @param channels that come out
 * @param places of all maps that come out, the samples' together
 * @param weights of a channel
 */
public record LayerShape(int parameter, long channels, long places, long weights) {

  /** The same layer with other maps. */
  public LayerShape of(long otherPlaces) {
    return new LayerShape(parameter, channels, otherPlaces, weights);
  }

  /** Elements of the weight, and so of one gradient. */
  public long elements() {
    return channels * weights;
  }
}
