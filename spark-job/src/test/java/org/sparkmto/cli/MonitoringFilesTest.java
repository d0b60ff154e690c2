package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkmto.cli.DeployFiles.at;
import static org.sparkmto.cli.DeployFiles.list;
import static org.sparkmto.cli.DeployFiles.map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.metrics.sink.PrometheusServlet;
import org.junit.jupiter.api.Test;
import org.sparkmto.exchange.AggregatorPlugin;
import org.sparkmto.json.Json;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.EvaluationLine;
import org.sparkmto.runlog.LineNumbers;
import org.sparkmto.runlog.PhasesLine;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.SharedWeights;
import org.sparkmto.runlog.StepLine;
import org.sparkmto.timing.StepPhase;

/**
 * deploy/monitoring against the gauges of this program: what Prometheus makes of each by the rules
 * of its configuration, and whether the dashboard asks for nothing else.
 */
class MonitoringFilesTest {
  private static final Path FOLDER = DeployFiles.DEPLOY.resolve("monitoring");

  /** Of Spark itself; seen on the pages of a standalone cluster of Spark 4.1.3. */
  private static final Set<String> OF_SPARK =
      Set.of(
          "metrics_master_aliveWorkers_Value",
          "metrics_master_workers_Value",
          "metrics_master_apps_Value",
          "metrics_master_waitingApps_Value",
          "metrics_worker_coresUsed_Value",
          "metrics_executor_memoryUsed_bytes");

  /** One rule of relabelling; Prometheus compares the whole name. */
  private record Rule(Pattern name, String label, String replacement) {}

  private static List<Rule> rules(Object list, String label) {
    List<Rule> rules = new ArrayList<>();
    for (Object each : list(list)) {
      Map<String, Object> rule = map(each);
      if (rule.containsKey(label)) {
        rules.add(
            new Rule(
                Pattern.compile(rule.get("regex").toString()),
                rule.get(label).toString(),
                rule.get("replacement").toString()));
      }
    }
    return rules;
  }

  private static Map<String, Object> job(String name) {
    return list(DeployFiles.yaml(FOLDER.resolve("prometheus.yml")).get(0).get("scrape_configs"))
        .stream()
        .map(DeployFiles::map)
        .filter(job -> job.get("job_name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Every gauge of a run of two tasks on two ranks. */
  private static Set<String> gauges() {
    Set<String> gauges = new LinkedHashSet<>(List.of("running", "step", "steps"));
    LineNumbers numbers =
        new LineNumbers(
            RunHeader.parse(
                "{\"format\":2,\"run\":\"r\",\"tasks\":[\"left eye\",\"b\"],\"globalBatch\":24}",
                "run.json"));
    Map<String, Double> phases = new TreeMap<>();
    for (StepPhase phase : StepPhase.values()) {
      phases.put(phase.word(), 1.0);
      gauges.add("rank.1." + phase.word());
      gauges.add(phase.gauge());
    }
    List<Double> two = List.of(1.0, 2.0);
    List.of(
            new StepLine(
                1,
                0,
                two,
                SharedWeights.of(SharedWeights.Blocks.ONE, new double[] {1, 1}, 2),
                two,
                Optional.of(two),
                Optional.empty(),
                0.1,
                5,
                Optional.empty(),
                Optional.empty()),
            new PhasesLine(2, 0, List.of(new PhasesLine.Rank("node", phases))),
            new EvaluationLine(
                new Evaluation(
                    "val",
                    2,
                    Map.of("b", Map.of("balanced-accuracy", 0.5)),
                    Map.of(),
                    Map.of("b", 2.0),
                    Optional.of(new Evaluation.Delta(1, 2, "drop", Map.of(), "")))))
        .forEach(
            line -> numbers.of(line).keySet().forEach(name -> gauges.add(name.replace('/', '.'))));
    return gauges;
  }

  /** As Spark's servlet shows a gauge of the plugin on the driver. */
  private static String shown(String gauge) {
    String key = "spark_mto.driver.plugin." + AggregatorPlugin.class.getName() + "." + gauge;
    return "metrics_" + key.replaceAll("[^a-zA-Z0-9]", "_") + "_Value";
  }

  /** What Prometheus makes of a name: the new name and the labels. */
  private static Map<String, String> relabelled(List<Rule> rules, String shown) {
    Map<String, String> labels = new TreeMap<>(Map.of("__name__", shown));
    for (Rule rule : rules) {
      Matcher matcher = rule.name().matcher(labels.get("__name__"));
      if (matcher.matches()) {
        StringBuilder value = new StringBuilder();
        matcher.reset();
        assertThat(matcher.find()).isTrue();
        matcher.appendReplacement(value, rule.replacement());
        labels.put(rule.label(), value.substring(matcher.start()));
      }
    }
    return labels;
  }

  @Test
  void everyGaugeHasAShortNameAndItsLabels() {
    List<Rule> rules = rules(job("spark-mto-driver").get("metric_relabel_configs"), "target_label");
    for (String gauge : gauges()) {
      assertThat(relabelled(rules, shown(gauge)).get("__name__"))
          .as(gauge)
          .startsWith("spark_mto_");
    }
    assertThat(relabelled(rules, shown("loss.left eye")))
        .containsOnly(Map.entry("__name__", "spark_mto_loss"), Map.entry("task", "left_eye"));
    assertThat(relabelled(rules, shown("rank.12.gram")))
        .containsEntry("__name__", "spark_mto_rank_share")
        .containsEntry("rank", "12")
        .containsEntry("phase", "gram");
    assertThat(relabelled(rules, shown("val-delta.task-weighted")))
        .containsEntry("__name__", "spark_mto_delta_percent")
        .containsEntry("weighting", "task");
    assertThat(relabelled(rules, shown("val-loss.b")))
        .containsEntry("__name__", "spark_mto_evaluation_loss")
        .containsEntry("task", "b");
    assertThat(relabelled(rules, shown("val.b.balanced-accuracy")))
        .containsEntry("__name__", "spark_mto_evaluation")
        .containsEntry("figure", "b_balanced_accuracy");
  }

  @Test
  void theDashboardAsksForNothingElse() {
    List<Rule> rules = rules(job("spark-mto-driver").get("metric_relabel_configs"), "target_label");
    Map<String, Set<String>> known = new TreeMap<>();
    for (String gauge : gauges()) {
      Map<String, String> labels = relabelled(rules, shown(gauge));
      known
          .computeIfAbsent(labels.get("__name__"), name -> new TreeSet<>(Set.of("instance")))
          .addAll(labels.keySet());
    }
    Set<String> asked = new TreeSet<>();
    for (String query : queries()) {
      Matcher name = Pattern.compile("(?<![a-z_])(spark_mto|metrics)_\\w+").matcher(query);
      assertThat(name.find()).as(query).isTrue();
      do {
        asked.add(name.group());
        assertThat(known.containsKey(name.group()) || OF_SPARK.contains(name.group()))
            .as(query)
            .isTrue();
        Matcher labels =
            Pattern.compile(Pattern.quote(name.group()) + "\\{([^}]*)}").matcher(query);
        if (labels.find()) {
          Matcher label = Pattern.compile("(\\w+) *=").matcher(labels.group(1));
          while (label.find()) {
            assertThat(known.getOrDefault(name.group(), Set.of("instance")))
                .as(query)
                .contains(label.group(1));
          }
        }
      } while (name.find());
    }
    // The executors' own seconds are for those who scrape executors; the rest is on the dashboard.
    known.keySet().remove("spark_mto_phase_seconds_total");
    assertThat(asked).containsAll(known.keySet()).containsAll(OF_SPARK);
  }

  private static List<String> queries() {
    List<String> queries = new ArrayList<>();
    JsonNode dashboard = dashboard();
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(target.path("expr").asText());
      }
    }
    for (JsonNode variable : dashboard.at("/templating/list")) {
      if (variable.path("type").asText().equals("query")) {
        queries.add(variable.at("/query/query").asText());
      }
    }
    assertThat(queries).hasSizeGreaterThan(20).allSatisfy(q -> assertThat(q).isNotBlank());
    return queries;
  }

  private static JsonNode dashboard() {
    try {
      return Json.parse(DeployFiles.text(FOLDER.resolve("grafana-dashboard.json")));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void panelsHaveATitleAPlaceOfTheirOwnAndNumbersOfTheirOwn() {
    Set<Integer> numbers = new TreeSet<>();
    Set<String> cells = new TreeSet<>();
    for (JsonNode panel : dashboard().path("panels")) {
      assertThat(panel.path("title").asText()).isNotBlank();
      assertThat(numbers.add(panel.path("id").asInt())).isTrue();
      JsonNode place = panel.path("gridPos");
      assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
      for (int x = 0; x < place.path("w").asInt(); x++) {
        for (int y = 0; y < place.path("h").asInt(); y++) {
          assertThat(cells.add((place.path("x").asInt() + x) + "," + (place.path("y").asInt() + y)))
              .as(panel.path("title").asText())
              .isTrue();
        }
      }
    }
  }

  @Test
  void thePodMonitorHasTheRulesOfPrometheus() {
    List<Rule> of = rules(job("spark-mto-driver").get("metric_relabel_configs"), "target_label");
    Map<String, Object> monitor = DeployFiles.yaml(FOLDER.resolve("podmonitor.yaml")).get(0);
    assertThat(monitor)
        .containsEntry("apiVersion", "monitoring.coreos.com/v1")
        .containsEntry("kind", "PodMonitor");
    Map<String, Object> endpoint = map(list(at(monitor, "spec.podMetricsEndpoints")).get(0));
    assertThat(rules(endpoint.get("metricRelabelings"), "targetLabel"))
        .extracting(Object::toString)
        .isEqualTo(of.stream().map(Object::toString).toList());
    assertThat(endpoint).containsEntry("path", job("spark-mto-driver").get("metrics_path"));
    assertThat(DeployFiles.settings(DeployFiles.DEPLOY.resolve("kubernetes/spark.conf")))
        .containsEntry(
            "spark.kubernetes.driver.label.app.kubernetes.io/name",
            map(at(monitor, "spec.selector.matchLabels")).get("app.kubernetes.io/name").toString());
  }

  @Test
  void theClusterShowsItsMetricsWherePrometheusAsks() {
    Map<String, String> settings =
        DeployFiles.settings(DeployFiles.DEPLOY.resolve("standalone/cluster.conf"));
    String sink = ".sink.prometheusServlet.";
    assertThat(settings)
        .containsEntry("spark.metrics.conf.*" + sink + "class", PrometheusServlet.class.getName())
        .containsEntry("spark.metrics.namespace", "spark_mto")
        .containsEntry("spark.metrics.conf.*" + sink + "path", path("spark-mto-driver"))
        .containsEntry("spark.metrics.conf.*" + sink + "path", path("spark-workers"))
        .containsEntry("spark.metrics.conf.master" + sink + "path", path("spark-master"))
        .containsEntry("daemon.address", "127.0.0.1");
    assertThat(targets("spark-master")).containsExactly("127.0.0.1:" + settings.get("daemon.page"));
    int first = Integer.parseInt(settings.get("daemon.worker-page"));
    assertThat(targets("spark-workers"))
        .containsExactly("127.0.0.1:" + first, "127.0.0.1:" + (first + 1))
        .hasSize(Integer.parseInt(settings.get("daemon.workers")));
  }

  private static String path(String job) {
    return job(job).get("metrics_path").toString().replaceAll("/$", "");
  }

  private static List<String> targets(String job) {
    return list(map(list(job(job).get("static_configs")).get(0)).get("targets")).stream()
        .map(Object::toString)
        .toList();
  }
}
