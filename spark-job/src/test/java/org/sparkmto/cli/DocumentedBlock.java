package org.sparkmto.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Something in a page that a reader may copy.
 *
 * @param place page and line, for messages
 * @param language as the fence says it; empty for lines of a shell
 * @param text what stands there
 */
record DocumentedBlock(String place, String language, String text) {
  private static final Path ROOT = DeployFiles.ROOT;
  private static final Pattern FENCE = Pattern.compile("\\s*```(\\S*).*");
  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

  /** The file that a block is a copy of, if its first line names one. */
  private static final Pattern FILE =
      Pattern.compile("# ((?:[a-z0-9-]+/)*[a-z][a-z0-9-]*\\.conf)\\b.*");

  /** Every page of Markdown: at the top, in docs/, deploy/ and notebooks/. */
  static List<Path> pages() {
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> top = Files.list(ROOT)) {
      top.filter(DocumentedBlock::isPage).forEach(pages::add);
      for (String folder : List.of("docs", "deploy", "notebooks")) {
        try (Stream<Path> below = Files.walk(ROOT.resolve(folder))) {
          below
              .filter(DocumentedBlock::isPage)
              .filter(file -> !file.toString().contains("/target/"))
              .forEach(pages::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pages.stream().sorted().toList();
  }

  private static boolean isPage(Path file) {
    return file.toString().endsWith(".md") && Files.isRegularFile(file);
  }

  /** All fenced blocks of all pages. */
  static List<DocumentedBlock> fenced() {
    return pages().stream().flatMap(page -> fenced(page).stream()).toList();
  }

  private static List<DocumentedBlock> fenced(Path page) {
    List<DocumentedBlock> blocks = new ArrayList<>();
    List<String> lines = DeployFiles.text(page).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (!fence.matches()) {
        continue;
      }
      int begin = i + 1;
      do {
        i++;
      } while (i < lines.size() && !FENCE.matcher(lines.get(i)).matches());
      blocks.add(
          new DocumentedBlock(
              place(page, begin), fence.group(1), String.join("\n", lines.subList(begin, i))));
    }
    return blocks;
  }

  /** All code within the sentences of all pages, each on one line; its language is empty. */
  static List<DocumentedBlock> spans() {
    List<DocumentedBlock> spans = new ArrayList<>();
    for (Path page : pages()) {
      StringBuilder prose = new StringBuilder();
      boolean inside = false;
      for (String line : DeployFiles.text(page).lines().toList()) {
        boolean fence = FENCE.matcher(line).matches();
        inside ^= fence;
        prose.append(fence || inside ? "" : line).append('\n');
      }
      Matcher span = SPAN.matcher(prose);
      while (span.find()) {
        int line = 1 + (int) prose.substring(0, span.start()).chars().filter(c -> c == 10).count();
        spans.add(
            new DocumentedBlock(
                place(page, line), "", span.group(1).replaceAll("\\s*\\n\\s*", " ").strip()));
      }
    }
    return spans;
  }

  /** The commands in the first comment of each configuration. */
  static List<DocumentedBlock> headers() {
    List<DocumentedBlock> headers = new ArrayList<>();
    for (Path file : DeployFiles.filesOf(ROOT.resolve("conf"), ".conf")) {
      StringBuilder commands = new StringBuilder();
      boolean goesOn = false;
      for (String line : DeployFiles.text(file).lines().toList()) {
        if (line.matches("#\\s+(deploy/local/)?spark-mto .*") || (goesOn && line.startsWith("#"))) {
          // What explains a command stands in brackets behind it.
          commands.append(line.substring(1).replaceAll("\\s+\\(.*\\)$", "").strip()).append('\n');
          goesOn = line.endsWith("\\");
        }
      }
      headers.add(new DocumentedBlock(place(file, 1), "", commands.toString()));
    }
    return headers;
  }

  /** Name of the file that a reader would make of it; empty if it is none. */
  String fileName() {
    Matcher file = FILE.matcher(text.lines().findFirst().orElse(""));
    return file.matches() ? file.group(1) : "";
  }

  private static String place(Path page, int line) {
    return ROOT.relativize(page) + ":" + line;
  }
}
