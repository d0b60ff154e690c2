package org.sparkmto.preprocessing.own;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.PreprocessingException;

/**
 * Paths that come from tables and configurations, which must stay within a directory.
 *
 * @param plain the path in plain form, {@code ./a//b.png} is {@code a/b.png}; empty if it is none
 * @param trouble what is wrong with it, or empty
 */
record SafePath(String plain, String trouble) {
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);
  private static final Pattern ADDRESS =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*", Pattern.DOTALL);

  /** Understands a path; only ordinary names below a directory are one, on every file system. */
  static SafePath of(String text) {
    if (text.length() > RowLayout.LONGEST) {
      return wrong("longer than " + RowLayout.LONGEST + " characters");
    }
    if (text.startsWith("/")) {
      return wrong("an absolute path");
    }
    if (text.indexOf('\\') >= 0) {
      return wrong("with a backslash; between directories stands /");
    }
    if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      return wrong("with a control character");
    }
    if (DRIVE.matcher(text).matches() || ADDRESS.matcher(text).matches()) {
      return wrong("a drive or an address");
    }
    List<String> names = new ArrayList<>();
    for (String name : text.split("/", -1)) {
      if (name.equals("..")) {
        return wrong("with .. in it");
      }
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return names.isEmpty() ? wrong("without a name") : new SafePath(String.join("/", names), "");
  }

  /** This path below a directory. */
  Path below(Path directory) {
    Path path = directory;
    for (String name : plain.split("/", -1)) {
      path = new Path(path, new Path(null, null, name)); // not taken apart: it may hold a colon
    }
    return path;
  }

  /**
   * A path that a configuration names, below a directory.
   *
   * @param key which names it, for the message
   * @throws PreprocessingException if it is none
   */
  static Path within(Path root, String key, String name) {
    SafePath path = of(name);
    if (!path.trouble().isEmpty()) {
      throw PreprocessingException.wrongUsage(
          String.format(
              Locale.ROOT,
              "%s is '%s', not a path within %s: it is %s",
              key,
              name,
              root,
              path.trouble()));
    }
    return path.below(root);
  }

  private static SafePath wrong(String trouble) {
    return new SafePath("", trouble);
  }
}
