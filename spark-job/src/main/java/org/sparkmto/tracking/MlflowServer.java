package org.sparkmto.tracking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.sparkmto.json.Json;

/**
 * MLflow's REST interface. Every request has a deadline for all of it, the answer's body included;
 * what says no is a {@link MlflowException}, what does not answer another {@link IOException}.
 */
final class MlflowServer {
  private static final Duration CONNECTING = Duration.ofSeconds(5);
  private static final String API = "/api/2.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";
  private static final int LONGEST_REASON = 300;

  private final HttpClient client =
      HttpClient.newBuilder()
          // The server speaks no other, and says so at every offer.
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECTING)
          .build();
  private final String address;
  private final Credentials credentials;

  /**
   * A server.
   *
   * @param address http or https, without a user
   */
  MlflowServer(String address, Credentials credentials) {
    this.address = address.replaceAll("/+$", "");
    this.credentials = credentials;
  }

  /** Its address, without a slash at the end. */
  String address() {
    return address;
  }

  /** Asks for something. */
  JsonNode get(String what, Duration deadline) throws IOException, InterruptedException {
    return send(request(API + what).GET(), deadline);
  }

  /** Tells something. */
  JsonNode post(String what, ObjectNode body, Duration deadline)
      throws IOException, InterruptedException {
    return send(
        request(API + what)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString())),
        deadline);
  }

  /**
   * Leaves a file.
   *
   * @param path where, below the root of the artifacts that the server serves
   */
  void put(String path, TrackedFile file, Duration deadline)
      throws IOException, InterruptedException {
    // With its length: the server takes a body without one for an empty file.
    BodyPublisher body =
        file.length() == 0
            ? BodyPublishers.noBody()
            : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(file::open), file.length());
    StringBuilder encoded = new StringBuilder();
    for (String part : path.split("/", -1)) {
      encoded.append(encoded.length() == 0 ? "" : "/").append(encoded(part));
    }
    send(
        request(ARTIFACTS + encoded).header("Content-Type", "application/octet-stream").PUT(body),
        deadline);
  }

  /** As a part of an address. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path));
    credentials.header().ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private JsonNode send(HttpRequest.Builder request, Duration deadline)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request.build(), BodyHandlers.ofString());
    try {
      return read(answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + deadline.toSeconds() + " seconds", e);
    } catch (ExecutionException e) {
      throw new IOException(reason(e.getCause()), e);
    } finally {
      answer.cancel(true);
    }
  }

  /** Java says nothing at all of a connection that is refused. */
  private static String reason(Throwable cause) {
    String said = cause.getMessage();
    return said == null || said.isBlank()
        ? "cannot connect (" + cause.getClass().getSimpleName() + ")"
        : said;
  }

  private static JsonNode read(HttpResponse<String> response) throws IOException {
    JsonNode body;
    try {
      body = Json.parse(response.body());
    } catch (JsonProcessingException e) {
      body = Json.object(); // an answer of a proxy's, or an empty one
    }
    if (response.statusCode() / 100 != 2) {
      String said = body.path("message").asText().strip().replaceAll("\\s+", " ");
      throw new MlflowException(
          response.statusCode(),
          body.path("error_code").asText(),
          "it answers "
              + response.statusCode()
              + (said.isEmpty()
                  ? ""
                  : ": " + said.substring(0, Math.min(LONGEST_REASON, said.length())))
              + (response.statusCode() == 401 || response.statusCode() == 403
                  ? " (who asks is in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or"
                      + " MLFLOW_TRACKING_TOKEN)"
                  : ""));
    }
    return body;
  }
}
