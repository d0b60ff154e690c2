package org.sparkmto.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The simple commands in a few lines of a shell: words without their quotes; redirections are left
 * out, and of {@code a && b | c} each is a command of its own. Where lines begin with a prompt,
 * {@code $}, the others are output.
 */
final class ShellWords {
  private static final String PROMPT = "$ ";

  private final String line;
  private final List<List<String>> commands = new ArrayList<>();
  private List<String> words = new ArrayList<>();
  private int at;

  private ShellWords(String line) {
    this.line = line;
  }

  /** All commands of a block. */
  static List<List<String>> commands(String block) {
    List<List<String>> commands = new ArrayList<>();
    for (String line : typed(block).split("\n", -1)) {
      commands.addAll(new ShellWords(line).split());
    }
    return commands;
  }

  private static String typed(String block) {
    boolean console = block.lines().anyMatch(line -> line.startsWith(PROMPT));
    StringBuilder typed = new StringBuilder();
    boolean goesOn = false;
    for (String line : block.lines().toList()) {
      boolean first = console && line.startsWith(PROMPT);
      if (!console || first || goesOn) {
        goesOn = line.endsWith("\\");
        typed.append(first ? line.substring(PROMPT.length()) : line).append('\n');
      }
    }
    return typed.toString().replaceAll("\\s*\\\\\n\\s*", " ");
  }

  private List<List<String>> split() {
    while (at < line.length()) {
      char c = line.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (c == '#') {
        break;
      } else if (c == '|' || c == ';' || c == '&') {
        at++;
        end();
      } else {
        word();
      }
    }
    end();
    return commands;
  }

  private void end() {
    if (!words.isEmpty()) {
      commands.add(words);
      words = new ArrayList<>();
    }
  }

  private void word() {
    StringBuilder word = new StringBuilder();
    boolean redirects = false;
    while (at < line.length() && " \t|;&".indexOf(line.charAt(at)) < 0) {
      char c = line.charAt(at);
      if (c == '\'' || c == '"') {
        int close = line.indexOf(c, at + 1);
        if (close < 0) {
          throw new IllegalArgumentException("a quote is not closed: " + line);
        }
        word.append(line, at + 1, close);
        at = close + 1;
      } else if (line.startsWith("$(", at)) {
        int close = line.indexOf(')', at);
        word.append(line, at, close + 1);
        at = close + 1;
      } else if (c == '>' || c == '<') {
        redirects = true;
        at++;
      } else {
        word.append(c);
        at++;
      }
    }
    if (!redirects) {
      words.add(word.toString());
    } else if (line.charAt(at - 1) == '>' || line.charAt(at - 1) == '<') {
      while (at < line.length() && line.charAt(at) == ' ') {
        at++;
      }
      word(); // where it is redirected to
      words.remove(words.size() - 1);
    }
  }
}
