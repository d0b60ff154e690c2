package org.sparkmto.tracking;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a run is tracked, and how.
 *
 * @param server address of an MLflow server
 * @param experiment which one the run is of
 * @param name what the run is called there; empty for its own name
 * @param every how many steps the numbers of a step are sent; 0 for never
 * @param model whether the trained model is sent
 * @param patience how long a run that has ended waits for the server
 */
public record TrackingTarget(
    String server, String experiment, String name, int every, boolean model, Duration patience) {
  /** Why an address is none of a server; empty if it may be one. */
  public static Optional<String> refused(String server) {
    URI uri;
    try {
      uri = new URI(server);
    } catch (URISyntaxException e) {
      return Optional.of("is no address: " + e.getReason());
    }
    if (uri.getScheme() == null || !uri.getScheme().matches("https?") || uri.getHost() == null) {
      return Optional.of(
          "must be the address of an MLflow server, http://HOST:5000 or https://HOST");
    }
    if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
      return Optional.of(
          "must hold no user or password: these come from MLFLOW_TRACKING_USERNAME and"
              + " MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, in the environment");
    }
    return Optional.empty();
  }
}
