package org.sparkmto.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.fs.LocalFileSystem;

/**
 * The run's {@code metrics.jsonl}. On a local disk every line is there at once, for people who
 * watch it; elsewhere, where a file cannot grow, the whole file is written after every segment.
 * Lines of steps that a checkpoint does not know are taken out before these steps are made again.
 */
final class MetricsLog implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunDirectory directory;
  private final Path local;
  private Writer out;

  /** Opens the log and drops what was written of step {@code from} and later ones. */
  MetricsLog(RunDirectory directory, long from) {
    this.directory = directory;
    local =
        directory.files() instanceof LocalFileSystem disk
            ? disk.pathToFile(directory.path(RunDirectory.METRICS)).toPath()
            : null;
    truncate(from);
  }

  /** Drops the lines of step {@code from} and later ones. */
  synchronized void truncate(long from) {
    try {
      if (out != null) {
        flush();
        out.close();
      }
      String kept = kept(from);
      if (local == null) {
        out = new StringWriter();
      } else {
        Files.createDirectories(local.getParent());
        // Renamed when it is whole: a crash here must not cost the lines of finished segments.
        Path whole = local.resolveSibling("." + local.getFileName() + ".unfinished");
        Files.writeString(whole, kept);
        Files.move(whole, local, StandardCopyOption.REPLACE_EXISTING);
        out = Files.newBufferedWriter(local, StandardOpenOption.APPEND);
        return;
      }
      out.write(kept);
    } catch (IOException e) {
      throw RunDirectory.failed("write", directory.path(RunDirectory.METRICS), e);
    }
  }

  private String kept(long from) throws IOException {
    StringBuilder kept = new StringBuilder();
    InputStream in = directory.open(RunDirectory.METRICS).orElse(null);
    if (in == null) {
      return "";
    }
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode node;
        try {
          node = JSON.readTree(line);
        } catch (IOException e) {
          continue; // the line that a crash cut off; its step is made again
        }
        if (!node.has("type") || !node.path("step").isIntegralNumber()) {
          continue;
        }
        boolean restart = node.path("type").asText().equals("restart");
        // An evaluation bears the number of steps made, a step its own number.
        long last = from - (node.path("type").asText().equals("step") ? 1 : 0);
        if (restart || node.path("step").asLong() <= last) {
          kept.append(line).append('\n');
        }
      }
    }
    return kept.toString();
  }

  /** A new line of this type. */
  static ObjectNode line(String type, long step) {
    return JSON.createObjectNode().put("type", type).put("step", step);
  }

  /** Numbers as JSON has them: what is not finite becomes null. */
  static void put(ObjectNode node, String name, double[] values) {
    ArrayNode array = node.putArray(name);
    for (double value : values) {
      add(array, value);
    }
  }

  static void add(ArrayNode array, double value) {
    if (Double.isFinite(value)) {
      array.add(value);
    } else {
      array.addNull();
    }
  }

  synchronized void append(ObjectNode line) {
    try {
      out.write(line.toString());
      out.write('\n');
      if (local != null) {
        out.flush();
      }
    } catch (IOException e) {
      throw RunDirectory.failed("write", directory.path(RunDirectory.METRICS), e);
    }
  }

  /** Makes sure that everything appended can be read by others. */
  synchronized void flush() {
    try {
      if (local != null) {
        out.flush();
        return;
      }
      org.apache.hadoop.fs.Path path = directory.path(RunDirectory.METRICS);
      try (OutputStream file = directory.files().create(path, true)) {
        file.write(out.toString().getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw RunDirectory.failed("write", directory.path(RunDirectory.METRICS), e);
    }
  }

  @Override
  public synchronized void close() {
    flush();
    try {
      out.close();
    } catch (IOException e) {
      throw RunDirectory.failed("write", directory.path(RunDirectory.METRICS), e);
    }
  }
}
