package org.sparkmto.network;

import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** A family of networks: declares the parameters for given inputs and tasks. */
public interface Architecture {
  /** What networks are called in a configuration. */
  String KIND = "network";

  /**
   * Declares a family of networks.
   *
   * @param name how a configuration names it: lower-case words and numbers joined by hyphens
   * @param summary one line for people: for which tasks, and what it is
   * @param options what can be set, in the order of help and tables; {@link #build} gets them
   * @param architecture the family; has no state
   */
  static Entry<Architecture> entry(
      String name, String summary, List<Option> options, Architecture architecture) {
    return new Entry<>(KIND, name, summary, options, unused -> architecture);
  }

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
   * What the names of the parts begin with that can start from weights trained elsewhere; behind it
   * they have the names of torchvision. Several parts start from the same weights.
   *
   * @param options the architecture's own settings
   */
  default List<String> backbones(NetworkShape shape, Options options) {
    return backbones(shape.inputs());
  }

  /** The same where it depends on the inputs at most. */
  default List<String> backbones(List<Column> inputs) {
    return List.of("encoder.");
  }
}
