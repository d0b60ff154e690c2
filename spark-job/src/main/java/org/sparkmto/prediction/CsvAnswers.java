package org.sparkmto.prediction;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.shard.Shards;

/**
 * The answers about whole samples as one CSV file (RFC 4180, UTF-8) that spreadsheets open: the
 * sample, then for each task
 *
 * <ul>
 *   <li>yes or no: the decision in words, and the probability of yes
 *   <li>classification: the name of the class, or its number, and its probability
 *   <li>several labels: their names, or numbers, with semicolons between them
 *   <li>numbers: one cell for each
 * </ul>
 *
 * A cell is empty where the network gave no number. Maps are not in it.
 */
final class CsvAnswers {
  /** Its name in the output. */
  static final String FILE = "answers.csv";

  private static final String PROBABILITY = "_probability";
  private static final String END = "\r\n";

  private CsvAnswers() {}

  /** Writes the file, sample after sample in the order of the table. */
  static void write(Dataset<Row> table, List<TaskColumn> columns, OutputDirectory output)
      throws IOException {
    try (Writer out =
        new BufferedWriter(new OutputStreamWriter(output.create(FILE), StandardCharsets.UTF_8))) {
      out.write(line(header(columns)));
      for (Iterator<Row> rows = table.toLocalIterator(); rows.hasNext(); ) {
        out.write(line(cells(columns, rows.next())));
      }
    }
  }

  /** Names of the cells, each once. */
  static List<String> header(List<TaskColumn> columns) {
    List<String> names = new ArrayList<>(List.of(Shards.SAMPLE_ID));
    for (TaskColumn column : columns) {
      Task task = column.task();
      String name = column.name();
      switch (task.kind()) {
        case BINARY, CLASSIFICATION -> names.addAll(List.of(name, name + PROBABILITY));
        case MULTI_LABEL -> names.add(name);
        case REGRESSION -> {
          for (int i = 0; i < task.classes(); i++) {
            String part = task.classNames().isEmpty() ? "" + (i + 1) : task.classNames().get(i);
            names.add(task.classes() == 1 ? name : name + "_" + part);
          }
        }
        case SEGMENTATION, MASK, DEPTH, NORMALS, VECTORS -> {}
      }
    }
    Set<String> taken = new HashSet<>();
    List<String> apart = new ArrayList<>();
    for (String name : names) {
      String one = name;
      for (int again = 2; !taken.add(one.toLowerCase(Locale.ROOT)); again++) {
        one = name + "_" + again;
      }
      apart.add(one);
    }
    return apart;
  }

  /** The cells of a row of the table. */
  static List<String> cells(List<TaskColumn> columns, Row row) {
    List<String> cells = new ArrayList<>(List.of(row.getString(0)));
    for (TaskColumn column : columns) {
      int at = row.fieldIndex(column.name());
      switch (column.task().kind()) {
        case BINARY -> {
          Row answer = row.getStruct(at);
          cells.add(answer.isNullAt(0) ? "" : answer.getBoolean(0) ? "yes" : "no");
          cells.add(number(answer.getFloat(1)));
        }
        case CLASSIFICATION -> {
          Row answer = row.getStruct(at);
          boolean known = !answer.isNullAt(0);
          boolean named = !column.task().classNames().isEmpty();
          cells.add(known ? String.valueOf(answer.get(named ? 1 : 0)) : "");
          cells.add(known ? number(answer.getFloat(named ? 2 : 1)) : "");
        }
        case MULTI_LABEL -> {
          Row answer = row.getStruct(at);
          List<?> labels = answer.getList(column.task().classNames().isEmpty() ? 0 : 1);
          cells.add(labels.stream().map(String::valueOf).collect(Collectors.joining(";")));
        }
        case REGRESSION -> {
          List<Float> numbers =
              column.task().classes() == 1 ? List.of(row.getFloat(at)) : row.getList(at);
          numbers.forEach(number -> cells.add(number(number)));
        }
        case SEGMENTATION, MASK, DEPTH, NORMALS, VECTORS -> {}
      }
    }
    return cells;
  }

  private static String number(float number) {
    return Float.isFinite(number) ? Float.toString(number) : "";
  }

  /** A line of the file, with its end. */
  static String line(List<String> cells) {
    return cells.stream().map(CsvAnswers::quoted).collect(Collectors.joining(",")) + END;
  }

  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
