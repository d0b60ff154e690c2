package org.sparkmto.optimizer;

import java.util.List;
import java.util.Map;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Registry;

/**
 * The update rules by the name a configuration gives them: the built-in ones, then those of jars of
 * a user's own, see {@link OptimizerProvider}.
 */
public final class Optimizers {
  static final String KIND = "optimizer";

  private static final Registry<Entry<Optimizer>> KNOWN =
      Registry.open(
          KIND,
          List.of(Sgd.ENTRY, Adam.ENTRY, AdamW.ENTRY, Signum.ENTRY, RmsProp.ENTRY, AdaGrad.ENTRY),
          OptimizerProvider.class);

  private Optimizers() {}

  /** All of them, with their options. */
  public static Registry<Entry<Optimizer>> known() {
    return KNOWN;
  }

  /**
   * The update rule of this name. Options are named as the record's components, in kebab case
   * ({@code weight-decay}); those left out have the documented defaults.
   *
   * @param options numbers and booleans by name, for example from a configuration file
   * @throws IllegalArgumentException if the name or an option is unknown (the message names the
   *     nearest known one) or a value is out of its range
   */
  public static Optimizer byName(String name, Map<String, ?> options) {
    return KNOWN.entry(name).make(options);
  }
}
