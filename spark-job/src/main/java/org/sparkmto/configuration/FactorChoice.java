package org.sparkmto.configuration;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sparkmto.network.LayerFactors;
import org.sparkmto.network.LayerShape;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.SharedPart;

/**
 * Of which layers the inner products of gradients are taken from factors ({@link LayerFactors}),
 * and of which from the gradients themselves, as rows: whatever is less work. Work is counted in
 * multiplications over all ranks, so that it does not depend on their number. Here, and nowhere
 * else, is decided which way a Gram matrix is had.
 *
 * @param tasks rows of each block
 * @param blocks of rows that are multiplied with each other
 * @param ofUpdate whether the update would be combined of the rows, so that factors of any layer
 *     cost one more backward pass through all of them
 */
public record FactorChoice(int tasks, int blocks, boolean ofUpdate) {
  /** What an element of a gradient costs that is written and read, in multiplications. */
  private static final double OF_MEMORY = 20;

  /** A look at gradients, behind which there is a backward pass in any case. */
  public static FactorChoice ofLook(int tasks, int blocks) {
    return new FactorChoice(tasks, blocks, false);
  }

  /** A step whose update is a weighted sum of the gradients. */
  public static FactorChoice ofUpdate(int tasks) {
    return new FactorChoice(tasks, 1, true);
  }

  /**
   * The layers that are taken as factors, by their parameter.
   *
   * @param layers that have factors, with the places of a whole block
   */
  public Set<Integer> of(List<LayerShape> layers) {
    Set<Integer> chosen = new LinkedHashSet<>();
    double spared = 0;
    double pass = 0;
    for (LayerShape layer : layers) {
      double less = byRows(layer) - byFactors(layer);
      if (less > 0) {
        chosen.add(layer.parameter());
        spared += less;
      }
      pass += layer.elements() * (2.0 * layer.places() + OF_MEMORY);
    }
    return ofUpdate && spared < pass ? Set.of() : chosen;
  }

  private double byRows(LayerShape layer) {
    double rows = (double) blocks * tasks;
    return layer.elements() * rows * (layer.places() + rows + OF_MEMORY);
  }

  private double byFactors(LayerShape layer) {
    double places = layer.places();
    double rows = tasks;
    double pairs = blocks * (blocks + 1) / 2.0;
    double channels = layer.channels();
    return pairs * places * (places * layer.weights() + rows * channels * (places + rows))
        + OF_MEMORY * (blocks + pairs) * rows * channels * places;
  }

  /**
   * Floats that a rank keeps of gradients.
   *
   * @param part that is looked at
   * @param ofSample layers that have factors, with the places of one sample
   * @param samples of a block, of all ranks
   */
  long floats(
      ParameterLayout layout, SharedPart part, List<LayerShape> ofSample, long samples, int ranks) {
    long padded = (samples + ranks - 1) / ranks * ranks;
    List<LayerShape> layers = new ArrayList<>();
    for (LayerShape layer : ofSample) {
      if (part.has(layer.parameter())) {
        layers.add(layer.of(layer.places() * padded));
      }
    }
    Set<Integer> chosen = of(layers);
    long factors =
        layers.stream()
            .filter(layer -> chosen.contains(layer.parameter()))
            .mapToLong(this::floats)
            .sum();
    return factors + rows(part.without(chosen).elements(layout), ranks);
  }

  /** Of one layer all ranks have the factors of all. */
  private long floats(LayerShape layer) {
    return blocks * layer.places() * (layer.weights() + tasks * layer.channels());
  }

  /** Of gradients and their sum each rank has its slice, and among others a whole one travels. */
  private long rows(long elements, int ranks) {
    long slice = (elements + ranks - 1) / ranks;
    return slice * ((long) blocks * tasks + 1) + (ranks == 1 ? 0 : elements);
  }
}
