package org.sparkmto.report;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A page of tables of signed numbers, shaded on one scale. */
public final class ShadedPage {
  private ShadedPage() {}

  /**
   * The page, whole and by itself.
   *
   * @param title its heading
   * @param meaning what the numbers are, a sentence or more
   * @param facts what else a reader wants to know, by name
   * @param files beside it, with the same numbers
   */
  public static String of(
      String title,
      String meaning,
      Map<String, String> facts,
      List<ShadedTable> tables,
      List<String> files)
      throws IOException {
    Markup page = ReportPage.begin(title);
    page.element("h1", title);
    page.element("p", meaning, "class", "lead");
    Facts.draw(page, facts);
    double full = tables.stream().mapToDouble(ShadedTable::strongest).max().orElse(0);
    page.open("div", "class", "grid");
    tables.forEach(table -> table.draw(page, full));
    page.close();
    return ReportPage.end(page, "Written by spark-mto. The same numbers: ", files);
  }
}
