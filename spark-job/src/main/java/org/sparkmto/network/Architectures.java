package org.sparkmto.network;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The registered networks. */
public final class Architectures {
  private record Entry(Architecture architecture, Set<String> options) {}

  private static final Map<String, Entry> REGISTERED =
      new TreeMap<>(
          Map.of(
              "small-conv",
              new Entry(new SmallConvolutional(), Set.of("width", "features", "hidden")),
              "resnet18",
              new Entry(new ResNet18(), Set.of("width"))));

  private Architectures() {}

  /** Names of all networks. */
  public static Set<String> names() {
    return REGISTERED.keySet();
  }

  /** Names of a network's options. */
  public static Set<String> options(String name) {
    return entry(name).options();
  }

  static Architecture byName(String name) {
    return entry(name).architecture();
  }

  private static Entry entry(String name) {
    Entry entry = REGISTERED.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "network '" + name + "' is not one of " + REGISTERED.keySet());
    }
    return entry;
  }
}
