package org.sparkmto.experiment.sweep;

import com.typesafe.config.Config;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A combination of values, one of each axis.
 *
 * @param names of the values, by axis
 * @param settings what they set together
 */
record SweepPoint(Map<SweepAxis, String> names, Config settings) {
  private static final String USUAL = "run";

  SweepPoint {
    EnumMap<SweepAxis, String> copy = new EnumMap<>(SweepAxis.class);
    copy.putAll(names);
    names = Collections.unmodifiableMap(copy);
  }

  /** This and a value of a further axis, which overrides what was set before. */
  SweepPoint and(SweepAxis axis, SweepAxis.Choice choice) {
    Map<SweepAxis, String> more = new LinkedHashMap<>(names);
    more.put(axis, choice.name());
    return new SweepPoint(more, choice.settings().withFallback(settings));
  }

  /** The same without the names of some axes, to tell what belongs together. */
  Map<SweepAxis, String> without(Collection<SweepAxis> axes) {
    Map<SweepAxis, String> rest = new EnumMap<>(SweepAxis.class);
    rest.putAll(names);
    rest.keySet().removeAll(axes);
    return rest;
  }

  /** Points of a grid are told apart by their names. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SweepPoint point && point.names.equals(names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  /** The names by what tables call their axes. */
  Map<String, String> labels() {
    return labels(names);
  }

  /** Names by what tables call their axes. */
  static Map<String, String> labels(Map<SweepAxis, String> names) {
    Map<String, String> labels = new LinkedHashMap<>();
    names.forEach((axis, name) -> labels.put(axis.label(), name));
    return labels;
  }

  /** The folder of its runs, which differ in their seed. */
  String folder() {
    return names.isEmpty()
        ? USUAL
        : names.values().stream().map(SweepPoint::folder).collect(Collectors.joining(","));
  }

  /** A name with nothing in it that a path minds. */
  static String folder(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9.=-]+", "_").replaceAll("_$", "");
    return plain.replaceAll("^\\.+", "_");
  }

  /** {@code cagrad:c=0.4, adam, 0.001}. */
  @Override
  public String toString() {
    return names.isEmpty() ? USUAL : String.join(", ", names.values());
  }
}
