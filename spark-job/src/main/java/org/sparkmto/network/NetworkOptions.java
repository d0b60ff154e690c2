package org.sparkmto.network;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Settings of an architecture: whole numbers by name, each with a default. */
public final class NetworkOptions {
  private final Map<String, Long> values;

  /** Options as a person set them; those not set take the architecture's default. */
  public NetworkOptions(Map<String, Long> values) {
    this.values = new TreeMap<>(values);
  }

  /** The value of an option, or its default; must be positive. */
  long positive(String name, long byDefault) {
    long value = values.getOrDefault(name, byDefault);
    if (value < 1) {
      throw new IllegalArgumentException("network." + name + " = " + value + " is not positive");
    }
    return value;
  }

  /** The value of an option, or its default; must be one of a few. */
  long oneOf(String name, long byDefault, List<Long> allowed) {
    long value = positive(name, byDefault);
    if (!allowed.contains(value)) {
      throw new IllegalArgumentException(
          "network." + name + " = " + value + " is not one of " + allowed);
    }
    return value;
  }
}
