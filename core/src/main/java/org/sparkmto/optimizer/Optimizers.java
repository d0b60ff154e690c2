package org.sparkmto.optimizer;

import java.util.Map;
import java.util.Set;

/** The update rules by the name a configuration gives them. */
public final class Optimizers {
  private static final Registry<Optimizer> KNOWN =
      new Registry<>(
          "optimizer",
          Map.of(
              "sgd", Sgd::of,
              "adam", Adam::of,
              "adamw", AdamW::of,
              "signum", Signum::of,
              "rmsprop", RmsProp::of,
              "adagrad", AdaGrad::of));

  private Optimizers() {}

  /** All names, in alphabetical order. */
  public static Set<String> names() {
    return KNOWN.names();
  }

  /**
   * The update rule of this name: {@code sgd}, {@code adam}, {@code adamw}, {@code signum}, {@code
   * rmsprop} or {@code adagrad}. Options are named as the record's components, in kebab case
   * ({@code weight-decay}); those left out have the documented defaults.
   *
   * @param options numbers and booleans by name, for example from a configuration file
   * @throws IllegalArgumentException if the name or an option is unknown (the message names the
   *     nearest known one) or a value is out of its range
   */
  public static Optimizer byName(String name, Map<String, ?> options) {
    return KNOWN.create(name, options);
  }
}
