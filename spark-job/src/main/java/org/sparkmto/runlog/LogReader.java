package org.sparkmto.runlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.sparkmto.json.Json;
import org.sparkmto.runlog.SharedWeights.Blocks;

/**
 * Reads {@code metrics.jsonl} line by line, so that memory does not grow with the number of steps.
 * Lines that cannot be used are counted, not fatal: a run that is killed leaves half a line, and a
 * later version may write lines that this one does not know.
 */
public final class LogReader {

  /**
   * What was read.
   *
   * @param lines how many lines the file has
   * @param skipped those that could not be used, by reason
   */
  public record Result(long lines, List<Skipped> skipped) {
    /** Takes a copy. */
    public Result {
      skipped = List.copyOf(skipped);
    }
  }

  /**
   * Lines that could not be used for one reason.
   *
   * @param reason completes "the line is ..."
   * @param count how many
   * @param first number of the first, from 1
   * @param last number of the last
   */
  public record Skipped(String reason, long count, long first, long last) {}

  private final int tasks;
  private final Blocks ofRow;
  private final Consumer<LogLine> consumer;
  private final Map<String, Skipped> skipped = new LinkedHashMap<>();
  private long lines;

  private LogReader(RunHeader header, Consumer<LogLine> consumer) {
    tasks = header.tasks().size();
    ofRow = header.blocksOfRow();
    this.consumer = consumer;
  }

  /**
   * Reads a log to its end and leaves the stream open.
   *
   * @param header of the same run
   * @param consumer gets every line in the order of the file. After a restart a run does some steps
   *     again and logs them again: a later line replaces an earlier one of the same step
   * @throws LogFormatException if the log is of a later format
   * @throws IOException if the stream cannot be read
   */
  public static Result read(InputStream in, RunHeader header, Consumer<LogLine> consumer)
      throws IOException {
    LogReader reader = new LogReader(header, consumer);
    BufferedReader text =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      reader.lines++;
      if (!line.isBlank()) {
        reader.line(line);
      }
    }
    return new Result(reader.lines, new ArrayList<>(reader.skipped.values()));
  }

  private void line(String line) {
    try {
      JsonNode node = Json.parse(line);
      switch (node.path(LogLine.TYPE).asText()) {
        case StepLine.TYPE -> consumer.accept(StepLine.parse(node, tasks, ofRow));
        case LookLine.TYPE -> consumer.accept(LookLine.parse(node));
        case AnalysisLine.TYPE -> consumer.accept(AnalysisLine.parse(node, tasks));
        case PhasesLine.TYPE -> consumer.accept(PhasesLine.parse(node));
        case EvaluationLine.TYPE -> consumer.accept(EvaluationLine.parse(node));
        case RestartLine.TYPE -> consumer.accept(RestartLine.parse(node));
        case EndLine.TYPE -> consumer.accept(EndLine.parse(node));
        case MetricsLog.HEAD -> LogFormat.of(node, MetricsLog.FILE);
        default -> throw new UnreadableLineException("of a type this version does not know");
      }
    } catch (JsonProcessingException e) {
      skip("not whole JSON");
    } catch (UnreadableLineException e) {
      skip(e.getMessage());
    }
  }

  private void skip(String reason) {
    Skipped before = skipped.getOrDefault(reason, new Skipped(reason, 0, lines, lines));
    skipped.put(reason, new Skipped(reason, before.count() + 1, before.first(), lines));
  }
}
