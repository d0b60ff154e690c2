package org.sparkmto.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the gradients of one step have to do with each other: for the whole shared part of the
 * network, for each of its stages and for each of its layers.
 *
 * @param groups the network first, then stages, then layers, in the order of the parameters
 * @param tasks sums of the tasks' mean gradients over the whole shared part, for the pairs by name;
 *     rows of tasks without a label are zero
 */
public record GradientAnalysis(List<Group> groups, PairSums tasks) {

  /** What a group of parameters is. */
  public enum Kind {
    /** The whole shared part. */
    NETWORK,
    /** Layers whose names are the same before their first part that is a number. */
    STAGE,
    /** Parameters whose names are the same but for their last part. */
    LAYER;

    /** Its name in files and for people. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A layer of the shared part.
   *
   * @param name unique, such as {@code encoder.layer1.0.conv1}
   * @param parameters how many it has
   */
  public record Layer(String name, long parameters) {
    private static final Pattern NUMBERED = Pattern.compile("(.+?)\\.[0-9]+(\\..*)?");

    /** The name of its stage, here {@code encoder.layer1}; its own if no part is a number. */
    String stage() {
      Matcher numbered = NUMBERED.matcher(name);
      return numbered.matches() ? numbered.group(1) : name;
    }
  }

  /**
   * What is found in a group of parameters.
   *
   * @param kind what it is
   * @param name unique among those of its kind
   * @param parameters how many it has
   * @param pairs by which gradients are compared; what was not looked at is left out
   * @param magnitudes by task, the mean magnitude of the components of its mean loss's gradient
   *     (Hervella et al., "Multi-Adaptive Optimization", 2023, Fig. 4 and 5, left); NaN of a task
   *     without a label
   * @param contributions by task, the mean magnitude of its contribution to the update: effective
   *     learning rate times the task's weighted gradient (same figures, right; eq. 4, 5 and 9);
   *     empty if the method does not tell what in its update is of which task
   */
  public record Group(
      Kind kind,
      String name,
      long parameters,
      Map<Pairing, PairStatistics> pairs,
      List<Double> magnitudes,
      List<Double> contributions) {
    /** Takes copies. */
    public Group {
      EnumMap<Pairing, PairStatistics> all = new EnumMap<>(Pairing.class);
      all.putAll(pairs);
      pairs = Collections.unmodifiableMap(all);
      magnitudes = List.copyOf(magnitudes);
      contributions = List.copyOf(contributions);
    }
  }

  /** Takes a copy. */
  public GradientAnalysis {
    groups = List.copyOf(groups);
  }

  /**
   * What sums say.
   *
   * @param layers those that the sums are of, in their order
   * @throws IllegalArgumentException if they are of another number of layers
   */
  public static GradientAnalysis of(GradientSums sums, List<Layer> layers) {
    if (layers.size() != sums.shape().layers()) {
      throw new IllegalArgumentException(
          "%d layers, but sums of %s".formatted(layers.size(), sums.shape()));
    }
    Map<String, List<Integer>> stages = new LinkedHashMap<>();
    List<Integer> all = new ArrayList<>();
    for (int layer = 0; layer < layers.size(); layer++) {
      stages.computeIfAbsent(layers.get(layer).stage(), name -> new ArrayList<>()).add(layer);
      all.add(layer);
    }
    Reading reading = new Reading(sums, layers);
    List<Group> groups = new ArrayList<>();
    groups.add(reading.group(Kind.NETWORK, "shared", all));
    stages.forEach((name, of) -> groups.add(reading.group(Kind.STAGE, name, of)));
    all.forEach(
        layer -> groups.add(reading.group(Kind.LAYER, layers.get(layer).name(), List.of(layer))));
    return new GradientAnalysis(groups, reading.tasks(all));
  }

  /** The whole shared part. */
  public Group network() {
    return groups.get(0);
  }

  /** The groups of a kind. */
  public List<Group> of(Kind kind) {
    return groups.stream().filter(group -> group.kind() == kind).collect(Collectors.toList());
  }

  /** Sums of layers, put together. */
  private record Reading(GradientSums sums, List<Layer> layers) {

    private PairSums together(List<Integer> of, IntFunction<PairSums> ofLayer) {
      return of.stream().map(ofLayer::apply).reduce(PairSums::plus).orElseThrow();
    }

    PairSums tasks(List<Integer> of) {
      return together(of, layer -> sums.tasks(layer, (double) layers.get(layer).parameters()));
    }

    Group group(Kind kind, String name, List<Integer> of) {
      long parameters = of.stream().mapToLong(layer -> layers.get(layer).parameters()).sum();
      Map<Pairing, PairStatistics> pairs = new EnumMap<>(Pairing.class);
      pairs.put(Pairing.TASKS, PairStatistics.of(tasks(of).select(sums.labelledTasks())));
      if (sums.shape().samples() > 0) {
        pairs.put(Pairing.TASKS_OF_SAMPLE, ofSamples(of));
        pairs.put(Pairing.SAMPLES_OF_TASK, ofTasks(of));
        pairs.put(
            Pairing.SAMPLES,
            PairStatistics.of(
                together(of, layer -> sums.samples(layer, (double) layers.get(layer).parameters()))
                    .select(sums.labelledSamples())));
      }
      double[] magnitudes = mean(of, parameters, sums::magnitudes);
      double[] contributions = mean(of, parameters, sums::contributions);
      boolean told = Arrays.stream(contributions).noneMatch(Double::isNaN);
      return new Group(
          kind,
          name,
          parameters,
          pairs,
          labelled(magnitudes),
          told ? labelled(contributions) : List.of());
    }

    private PairStatistics ofSamples(List<Integer> of) {
      PairStatistics all = PairStatistics.NONE;
      for (int sample = 0; sample < sums.shape().samples(); sample++) {
        int one = sample;
        PairSums pairs =
            together(of, layer -> sums.sample(layer, one, (double) layers.get(layer).parameters()));
        all = all.plus(PairStatistics.of(pairs.select(sums.labelledTasks(sample))));
      }
      return all;
    }

    private PairStatistics ofTasks(List<Integer> of) {
      PairStatistics all = PairStatistics.NONE;
      for (int task = 0; task < sums.shape().tasks(); task++) {
        int one = task;
        PairSums pairs =
            together(of, layer -> sums.task(layer, one, (double) layers.get(layer).parameters()));
        all = all.plus(PairStatistics.of(pairs.select(sums.labelledSamples(task))));
      }
      return all;
    }

    private double[] mean(List<Integer> of, long parameters, IntFunction<double[]> ofLayer) {
      double[] mean = new double[sums.shape().tasks()];
      for (int layer : of) {
        double[] own = ofLayer.apply(layer);
        Arrays.setAll(mean, task -> mean[task] + own[task] / parameters);
      }
      return mean;
    }

    private List<Double> labelled(double[] values) {
      Double[] known = new Double[values.length];
      Arrays.fill(known, Double.NaN);
      for (int task : sums.labelledTasks()) {
        known[task] = values[task];
      }
      return List.of(known);
    }
  }
}
