package org.sparkmto.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.runlog.RunHeader;

/** The page: comparison first, then run by run. */
final class ReportPage {
  private ReportPage() {}

  static String of(List<Run> runs) throws IOException {
    boolean one = runs.size() == 1;
    RunHeader first = runs.get(0).header();
    String title = one ? first.title() + " – " + first.run() : SeedGroup.words(SeedGroup.of(runs));
    Markup page = begin(title);
    if (!one) {
      Comparison.draw(page, runs);
    }
    for (int index = 0; index < runs.size(); index++) {
      new RunChapter(runs.get(index)).draw(page, one ? "h1" : "h2", anchor(index));
    }
    List<String> others = new ArrayList<>(List.of(Report.CSV, Report.LATEX, Report.JSON));
    if (runs.stream().anyMatch(run -> !run.details().isEmpty())) {
      others.add(Report.CONFUSION);
    }
    return end(
        page,
        "Written by spark-mto from the files of the run"
            + (one ? "" : "s")
            + ". The same numbers: ",
        others);
  }

  /** A page with its head, whose body is open. */
  static Markup begin(String title) throws IOException {
    Markup page = new Markup();
    page.open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en");
    page.open("head");
    page.empty("meta", "charset", "utf-8");
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.empty("meta", "name", "color-scheme", "content", "light dark");
    page.element("title", title);
    page.open("style").raw(resource("report.css")).close();
    page.close().newLine();
    page.open("body");
    return page;
  }

  /** The whole page, with a last line that names other files. */
  static String end(Markup page, String written, List<String> files) throws IOException {
    page.open("footer").text(written);
    for (String file : files) {
      page.element("a", file, "href", file).text(" ");
    }
    page.close();
    page.open("script").raw(resource("report.js")).close();
    page.close().close();
    return "<!DOCTYPE html>\n" + page + "\n";
  }

  static String anchor(int run) {
    return "run-" + (run + 1);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the resource " + name + " is missing from the application jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
