package org.sparkmto.runlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkmto.json.Json;

/**
 * Writes {@code metrics.jsonl}: a first line with the number of the format, then one line for each
 * {@link LogLine}. On a local disk every line is there at once, for people who watch it; elsewhere,
 * where a file cannot grow, the whole file is written after every segment. Lines of steps that a
 * checkpoint does not know are taken out before these steps are made again.
 *
 * <p>Safe for use by several threads. What cannot be written is an {@link UncheckedIOException}.
 */
public final class MetricsLog implements AutoCloseable {
  /** Name of the file in the directory of a run. */
  public static final String FILE = "metrics.jsonl";

  /** Type of the first line. */
  static final String HEAD = "log";

  private final FileSystem files;
  private final Path file;
  private final java.nio.file.Path local;
  private Writer out;

  /**
   * Opens the log of a run, new or not, and drops what was written of step {@code from} and later
   * ones.
   *
   * @param directory of the run
   */
  public MetricsLog(FileSystem files, Path directory, long from) {
    this.files = files;
    file = new Path(directory, FILE);
    local =
        files.getUri().getScheme().equals("file")
            ? java.nio.file.Path.of(files.makeQualified(file).toUri().getPath())
            : null;
    truncate(from);
  }

  /** Drops the lines of step {@code from} and later ones; restarts are kept. */
  public synchronized void truncate(long from) {
    try {
      if (out != null) {
        flush();
        out.close();
      }
      if (local == null) {
        StringWriter kept = new StringWriter();
        copyKept(from, kept);
        out = kept;
        return;
      }
      Files.createDirectories(local.getParent());
      // Renamed when it is whole: a crash here must not cost the lines of finished segments.
      java.nio.file.Path whole = local.resolveSibling("." + local.getFileName() + ".unfinished");
      try (Writer kept = Files.newBufferedWriter(whole)) {
        copyKept(from, kept);
      }
      Files.move(whole, local, StandardCopyOption.REPLACE_EXISTING);
      out = Files.newBufferedWriter(local, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void copyKept(long from, Writer kept) throws IOException {
    ObjectNode head = Json.object().put(LogLine.TYPE, HEAD);
    LogFormat.put(head);
    kept.write(head + "\n");
    if (!files.exists(file)) {
      return;
    }
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(files.open(file), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (isKept(line, from)) {
          kept.write(line + "\n");
        }
      }
    }
  }

  /** Lines of types that a later version added are kept by their step, word for word. */
  private static boolean isKept(String line, long from) {
    try {
      JsonNode node = Json.parse(line);
      String type = node.path(LogLine.TYPE).asText();
      return switch (type) {
        // A run that is opened again has not ended.
        case "", HEAD, EndLine.TYPE -> false;
        case RestartLine.TYPE -> true;
        // An evaluation bears the number of steps made, a step its own number.
        case StepLine.TYPE, LookLine.TYPE, AnalysisLine.TYPE -> LogLine.stepOf(node) < from;
        default -> LogLine.stepOf(node) <= from;
      };
    } catch (JsonProcessingException | UnreadableLineException e) {
      return false; // the line that a crash cut off; its step is made again
    }
  }

  /** Adds a line. */
  public synchronized void append(LogLine line) {
    try {
      out.write(line.toJson());
      out.write('\n');
      if (local != null) {
        out.flush();
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Makes sure that everything appended can be read by others. */
  public synchronized void flush() {
    try {
      if (local != null) {
        out.flush();
        return;
      }
      try (OutputStream whole = files.create(file, true)) {
        whole.write(out.toString().getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public synchronized void close() {
    flush();
    try {
      out.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
  }
}
