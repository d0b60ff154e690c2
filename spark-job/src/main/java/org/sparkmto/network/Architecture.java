package org.sparkmto.network;

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
  Network build(NetworkShape shape, NetworkOptions options, ParameterBook book);
}
