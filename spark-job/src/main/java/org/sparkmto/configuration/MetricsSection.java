package org.sparkmto.configuration;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.metric.MetricEntry;
import org.sparkmto.metric.Metrics;
import org.sparkmto.metric.Quirk;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code metrics}: by which definitions tasks are judged, and what counts. */
public record MetricsSection(
    List<String> quirks, List<String> edges, List<String> also, Map<String, List<String>> delta) {
  /** The key below which tasks and kinds of tasks have their figures. */
  static final String DELTA = "metrics.delta";

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "metrics",
          "",
          Option.of(
              "quirks",
              Option.texts(),
              List.of(),
              "Definitions of published code to judge by instead of those here, where a paper's"
                  + " table is to be repeated. Figures keep their names; those of runs with"
                  + " different quirks do not compare. Losses are the same with all of them.\n"
                  + Arrays.stream(Quirk.values())
                      .map(quirk -> "  %-16s %s".formatted(quirk.label(), quirk.words()))
                      .collect(Collectors.joining("\n"))),
          Option.of(
              "edges",
              Option.texts(),
              List.of(),
              "Names of the mask tasks whose masks are edges, one pixel wide: they are judged by"
                  + " ods-f alone, the best F of one threshold for the whole split, where an edge"
                  + " may be 0.0075 of the diagonal off."),
          Option.of(
              "also",
              Option.texts(),
              List.of(),
              "Figures to measure besides the usual ones, of the tasks that have them, of which"
                  + " there must be one; most keep"
                  + " every answer of the split in memory, and are exact whatever the ranks. What"
                  + " the validation split chose as threshold is used by evaluate and predict:\n"
                  + onRequest()),
          Option.of(
              "delta",
              Option.keys("lists of figures by task or kind of task"),
              Map.of(),
              "Which figures count in Delta_m, in the choice of the best checkpoint and in stopping"
                  + " early: names of figures by task or, for all tasks of a kind without a line of"
                  + " their own, by kind. Numbers with other figures do not compare, so what"
                  + " counted is printed beside each. Without a line, these count:\n"
                  + "  segmentation     mean-iou, pixel-accuracy\n"
                  + "  depth            absolute-error, relative-error\n"
                  + "  normals          mean-angle, median-angle, within-11.25, within-22.5,"
                  + " within-30\n"
                  + "  mask             iou, of edges ods-f\n"
                  + "  classification   accuracy\n"
                  + "  binary           accuracy, or f1 with the quirk binary-f1\n"
                  + "  multi-label      mean-average-precision, mean-f1\n"
                  + "  regression       mae\n"
                  + "  vectors          mae\n"
                  + "and these are measured but do not: rmse, mean-square-error, mean-cosine,"
                  + " balanced-accuracy, mse, f1 of masks, and those of metrics.also. For example:"
                  + " depth = [rmse]"));

  /** Of those that are built in: a page of the documentation has no others. */
  private static String onRequest() {
    List<MetricEntry> builtIn =
        Metrics.known().builtIn().stream().filter(MetricEntry::onRequest).toList();
    return builtIn.stream()
        .flatMap(entry -> entry.figures().stream())
        .map(Figure::name)
        .distinct()
        .sorted()
        .map(
            name ->
                "  %-23s %s"
                    .formatted(
                        name,
                        builtIn.stream()
                            .filter(entry -> entry.figures().get(0).name().equals(name))
                            .map(MetricEntry::tasks)
                            .collect(Collectors.joining(", "))))
        .collect(Collectors.joining("\n"));
  }

  static MetricsSection of(Options options) {
    Map<String, List<String>> delta = new TreeMap<>();
    Map<?, ?> given = options.value("delta", Map.class);
    given.forEach((name, figures) -> delta.put(String.valueOf(name), figures(name, figures)));
    return new MetricsSection(
        options.texts("quirks"), options.texts("edges"), options.texts("also"), delta);
  }

  private static List<String> figures(Object name, Object figures) {
    Option list = Option.required("delta." + name, Option.texts(), "");
    List<String> names =
        ConfigurationSection.checked(
            "metrics",
            () ->
                Options.read("metrics", List.of(list), Map.of(list.name(), figures))
                    .texts(list.name()));
    if (names.isEmpty()) {
      throw new ConfigurationException(
          "metrics." + list.name() + " is empty; leave it out for the usual figures");
    }
    return names;
  }

  /**
   * Refuses a figure that is asked for and that no task of a data set has: whoever asked would wait
   * for it in vain.
   *
   * @throws ConfigurationException naming the tasks that have it, and what these here have
   */
  public static void requireFigures(MetricChoices choices, DatasetManifest manifest) {
    MetricChoices every =
        new MetricChoices(
            choices.quirks(), choices.edges(), new TreeSet<>(Metrics.onRequest()), Map.of());
    Set<String> possible = new TreeSet<>();
    SplitEvaluation.of(manifest, manifest.tasks(), every)
        .figures()
        .values()
        .forEach(figures -> figures.forEach(figure -> possible.add(figure.name())));
    List<String> here = Metrics.onRequest().stream().filter(possible::contains).toList();
    for (String name : new TreeSet<>(choices.also())) {
      if (!possible.contains(name)) {
        String tasks =
            Metrics.known().all().stream()
                .filter(entry -> entry.figures().stream().anyMatch(one -> one.name().equals(name)))
                .map(MetricEntry::tasks)
                .collect(Collectors.joining(", "));
        throw new ConfigurationException(
            "metrics.also names '%s', which no task of data set '%s' has; it is a figure of %s. %s"
                .formatted(
                    name,
                    manifest.dataset(),
                    tasks,
                    here.isEmpty()
                        ? "Its tasks have none on request: leave the key out"
                        : "Its tasks have " + String.join(", ", here)));
      }
    }
  }

  MetricChoices choices() {
    Set<Quirk> chosen = quirks.stream().map(Quirk::ofLabel).collect(Collectors.toSet());
    return new MetricChoices(chosen, new LinkedHashSet<>(edges), new LinkedHashSet<>(also), delta);
  }

  /** What of {@link #DELTA} is about a task, as a configuration of its own. */
  static Config countedOnly(MetricChoices metrics, Task task) {
    Map<String, List<String>> own = new TreeMap<>(metrics.delta());
    own.keySet().retainAll(List.of(task.name(), task.kind().label()));
    return ConfigFactory.parseMap(Map.of("metrics", Map.of("delta", own)));
  }
}
