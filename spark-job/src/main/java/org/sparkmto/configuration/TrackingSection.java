package org.sparkmto.configuration;

import java.time.Duration;
import java.util.Optional;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.tracking.TrackingTarget;

/** Section {@code tracking}: a server that is told of the run. */
public record TrackingSection(
    String uri, String experiment, String runName, int stepsEvery, boolean model, int waitSeconds) {
  static final String NAME = "tracking";
  private static final String URI = "uri";

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          NAME,
          "An MLflow server that is told of the run while it trains: configuration, numbers, and at"
              + " the end report, tables and model. Training never waits for it, and goes on"
              + " without it. See docs/monitoring.md.",
          Option.of(
              URI,
              Option.text(),
              "",
              "Address of the server, such as http://mlflow:5000; \"\" for none. Who asks is in the"
                  + " environment, as for MLflow's own clients: MLFLOW_TRACKING_USERNAME and"
                  + " MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN."),
          Option.of(
              "experiment",
              Option.text(),
              "spark-mto",
              "Name of the experiment; one that is not there is made."),
          Option.of(
              "run-name",
              Option.text(),
              "",
              "What the run is called there; \"\" for the name of its directory."),
          Option.of(
              "steps-every",
              Option.count(0),
              10,
              "Every how many steps the numbers of a step are sent; 0 for those of evaluations and"
                  + " phases alone."),
          Option.of("model", Option.flag(), true, "Whether the trained model is sent at the end."),
          Option.of(
              "wait-seconds",
              Option.count(1),
              120,
              "How long a run that has ended waits at most until the server has everything."));

  static TrackingSection of(Options options) {
    TrackingSection section =
        new TrackingSection(
            options.text(URI),
            options.text("experiment"),
            options.text("run-name"),
            options.count("steps-every"),
            options.flag("model"),
            options.count("wait-seconds"));
    section
        .target()
        .flatMap(target -> TrackingTarget.refused(target.server()))
        .ifPresent(
            reason -> {
              throw new ConfigurationException("tracking.uri " + reason);
            });
    return section;
  }

  /** The server, if there is one. */
  public Optional<TrackingTarget> target() {
    return uri.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new TrackingTarget(
                uri, experiment, runName, stepsEvery, model, Duration.ofSeconds(waitSeconds)));
  }
}
