package org.sparkmto.network;

import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.options.Options;

/** A family of networks: declares the parameters for given inputs and tasks. */
public interface Architecture {
  /**
   * Declares the parameters of a network and says how it computes.
   *
   * @param shape what goes in and what must come out
   * @param options the architecture's own settings
   * @param book where parameters are declared
   * @throws IllegalArgumentException if the architecture cannot take these inputs or options
   */
  Network build(NetworkShape shape, Options options, ParameterBook book);

  /**
   * Whether heads see more of the inputs than one representation at the end of the shared part, so
   * that the Gram matrix of gradients at z is no bound of that of the shared parameters, and
   * methods that compare gradients at z are a heuristic.
   */
  default boolean heuristicRepresentation() {
    return false;
  }

  /**
   * What the names of the parts begin with that can start from weights trained elsewhere; behind it
   * they have the names of torchvision. Several parts start from the same weights.
   */
  default List<String> backbones(List<Column> inputs) {
    return List.of("encoder.");
  }
}
