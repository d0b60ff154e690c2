package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lines of text in columns. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a row; columns of numbers are aligned to the right. */
  void add(String... cells) {
    rows.add(List.of(cells));
  }

  /** The lines, indented; the last cell of a row is wrapped under itself at a width. */
  List<String> lines(int width) {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    boolean[] numbers = new boolean[columns];
    Arrays.fill(numbers, true);
    for (List<String> row : rows) {
      for (int c = 0; c < row.size() - 1; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
        numbers[c] &= row.get(c).matches("[0-9,.]+");
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int c = 0; c < row.size() - 1; c++) {
        String cell = row.get(c);
        String space = " ".repeat(widths[c] - cell.length());
        line.append(numbers[c] ? space + cell : cell + space).append("  ");
      }
      int indent = line.length();
      List<String> last = Printable.wrapped(row.get(row.size() - 1), Math.max(30, width - indent));
      lines.add((line + last.get(0)).stripTrailing());
      last.stream().skip(1).forEach(more -> lines.add(" ".repeat(indent) + more));
    }
    return lines;
  }
}
