package org.sparkmto.network;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What libtorch's many lines about a failure of TorchScript come down to. */
final class ScriptError {
  private static final Pattern UNKNOWN_OPERATOR =
      Pattern.compile("(?s)Unknown builtin op: ([\\w:.]+)");
  private static final Pattern NO_ARCHIVE =
      Pattern.compile("failed finding central directory|not a ZIP archive|No such file");
  private static final Pattern OTHER_ARCHIVE =
      Pattern.compile("(failed locating|not found:) \\S*|hasRecord\\(");
  private static final int LONGEST = 300;
  private static final String EXPORT = "export it with torch.jit.script(...).save(...)";

  private ScriptError() {}

  /** One line. */
  static String reason(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    Matcher operator = UNKNOWN_OPERATOR.matcher(message);
    if (operator.find()) {
      return "this libtorch, 2.10, has no operator %s; export it with PyTorch 2.10, or without that"
          .formatted(operator.group(1).replaceAll("\\.+$", ""));
    }
    if (NO_ARCHIVE.matcher(message).find()) {
      return "it is no archive of PyTorch; " + EXPORT;
    }
    if (OTHER_ARCHIVE.matcher(message).find()) {
      return "it is an archive of PyTorch without code, such as a state_dict or an exported"
          + " program; "
          + EXPORT;
    }
    List<String> lines =
        message.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    String line =
        lines.stream()
            .filter(one -> one.startsWith("RuntimeError: "))
            .map(one -> one.substring("RuntimeError: ".length()))
            .reduce((first, second) -> second)
            .orElse(lines.isEmpty() ? "libtorch does not say why" : lines.get(0));
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + " ...";
  }
}
