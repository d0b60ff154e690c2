package org.sparkmto.report;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** A table in Markdown, which grows by a line at a time. */
public final class MarkdownTable {
  private final int columns;
  private final StringBuilder text = new StringBuilder();

  /**
   * A table without lines.
   *
   * @param heads one per column
   * @param from the first column of numbers, which stand to the right
   * @param to the first behind them that is none
   */
  public MarkdownTable(List<String> heads, int from, int to) {
    columns = heads.size();
    line(heads);
    text.append('|');
    for (int column = 0; column < columns; column++) {
      text.append(column >= from && column < to ? " ---: |" : " --- |");
    }
    text.append('\n');
  }

  /** A table of words alone. */
  public static MarkdownTable ofWords(String... heads) {
    return new MarkdownTable(List.of(heads), 0, 0);
  }

  /** A table whose first column is words, all others numbers. */
  public static MarkdownTable ofNumbers(String first, List<String> others) {
    List<String> heads = new ArrayList<>(List.of(first));
    heads.addAll(others);
    return new MarkdownTable(heads, 1, heads.size());
  }

  /**
   * Adds a line.
   *
   * @param cells one per column, in Markdown; what would end a cell is written so that it does not
   * @throws IllegalArgumentException if there are more or fewer
   */
  public MarkdownTable line(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(cells.size() + " cells for " + columns + " columns");
    }
    StringJoiner line = new StringJoiner(" | ", "| ", " |\n");
    cells.forEach(cell -> line.add(cell.replace("|", "\\|").replace('\n', ' ')));
    text.append(line);
    return this;
  }

  /** Adds a line. */
  public MarkdownTable line(String... cells) {
    return line(List.of(cells));
  }

  /** The table, with the end of its last line. */
  @Override
  public String toString() {
    return text.toString();
  }
}
