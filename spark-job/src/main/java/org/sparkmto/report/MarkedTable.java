package org.sparkmto.report;

import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.sparkmto.metric.Direction;

/**
 * A table whose best and second-best numbers are marked, in the forms that people use: Markdown,
 * LaTeX with booktabs, and a page.
 *
 * @param title what it is of
 * @param legend what its marks say; may be empty
 * @param heads one per column; the first ones are words, the others numbers
 * @param words how many columns are words
 * @param rows one cell per column each
 */
record MarkedTable(
    String title, String legend, List<String> heads, int words, List<List<Cell>> rows) {

  /** How a number stands among those of its column. */
  enum Mark {
    NONE,
    SECOND,
    BEST
  }

  /**
   * A cell.
   *
   * @param text words, or a number as people read it
   * @param spread what follows the number, such as a deviation; may be empty
   * @param stars one or two where the difference from the best is significant
   * @param mark how it stands
   * @param value the number, every digit; NaN of words
   */
  record Cell(String text, String spread, String stars, Mark mark, double value) {
    static Cell words(String text) {
      return new Cell(text, "", "", Mark.NONE, Double.NaN);
    }

    static Cell count(int number) {
      return new Cell(Integer.toString(number), "", "", Mark.NONE, number);
    }

    private String plain() {
      return text + spread + stars;
    }
  }

  MarkedTable {
    heads = List.copyOf(heads);
    rows = rows.stream().map(List::copyOf).toList();
  }

  /** A head with an arrow that says which way its numbers get better. */
  static String head(String name, Direction direction) {
    return name + (direction == Direction.HIGHER_IS_BETTER ? " ↑" : " ↓");
  }

  String markdown() {
    MarkdownTable table = new MarkdownTable(heads, words, heads.size());
    rows.forEach(row -> table.line(row.stream().map(MarkedTable::markdown).toList()));
    return "## " + title + "\n\n" + table + (legend.isEmpty() ? "" : "\n" + legend + "\n");
  }

  private static String markdown(Cell cell) {
    String stars = cell.stars().replace("*", "\\*");
    String number = cell.text() + cell.spread();
    return switch (cell.mark()) {
      case BEST -> "**" + number + "**" + stars;
      case SECOND -> "<u>" + number + "</u>" + stars;
      case NONE -> number + stars;
    };
  }

  String latex() {
    StringBuilder out = new StringBuilder("% " + LatexResults.oneLine(title) + "\n");
    if (!legend.isEmpty()) {
      out.append("% ").append(LatexResults.oneLine(legend)).append('\n');
    }
    out.append("\\begin{tabular}{")
        .append("l".repeat(words))
        .append("r".repeat(heads.size() - words))
        .append("}\n\\toprule\n");
    StringJoiner head = new StringJoiner(" & ", "", " \\\\\n\\midrule\n");
    heads.forEach(
        text ->
            head.add(
                LatexResults.escaped(text)
                    .replace("↑", "$\\uparrow$")
                    .replace("↓", "$\\downarrow$")));
    out.append(head);
    for (List<Cell> row : rows) {
      StringJoiner line = new StringJoiner(" & ", "", " \\\\\n");
      row.forEach(cell -> line.add(latex(cell)));
      out.append(line);
    }
    return out.append("\\bottomrule\n\\end{tabular}\n").toString();
  }

  private static String latex(Cell cell) {
    if (Double.isNaN(cell.value())) {
      return LatexResults.escaped(cell.text());
    }
    String number =
        "$"
            + (cell.text() + cell.spread()).replace("−", "-").replace("±", "\\pm").replace(" %", "")
            + (cell.stars().isEmpty() ? "" : "^{" + cell.stars() + "}")
            + "$";
    return switch (cell.mark()) {
      case BEST -> "{\\boldmath" + number + "}";
      case SECOND -> "\\underline{" + number + "}";
      case NONE -> number;
    };
  }

  void draw(Markup page) {
    page.open("div", "class", "card wide").element("h3", title);
    page.open("div", "class", "scroll").open("table", "class", "compare");
    page.open("thead").open("tr");
    for (int column = 0; column < heads.size(); column++) {
      page.element("th", heads.get(column), "class", column < words ? null : "n");
    }
    page.close().close().open("tbody");
    for (List<Cell> row : rows) {
      page.open("tr");
      for (int column = 0; column < row.size(); column++) {
        Cell cell = row.get(column);
        String style =
            "n"
                + (cell.mark() == Mark.NONE
                    ? ""
                    : " " + cell.mark().name().toLowerCase(Locale.ROOT));
        if (column < words) {
          page.element("td", cell.text());
        } else {
          page.element(
              "td", cell.plain(), "class", style, "data-value", NumberText.exact(cell.value()));
        }
      }
      page.close();
    }
    page.close().close().close();
    if (!legend.isEmpty()) {
      page.element("p", legend, "class", "legend");
    }
    page.close().newLine();
  }
}
