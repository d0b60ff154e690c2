package org.sparkmto.preprocessing.webdataset;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;

/**
 * The files that a pattern of WebDataset stands for: {@code train-{000000..000146}.tar} has ranges,
 * {@code {a,b}.tar} choices, {@code train-*.tar} anything in a file's name; several patterns stand
 * between {@code ::}.
 */
public final class ShardNames {
  private static final int MOST = 100_000;
  private static final Pattern RANGE = Pattern.compile("\\{([0-9]{1,9})\\.\\.([0-9]{1,9})}");
  private static final Pattern CHOICE = Pattern.compile("\\{([^{}]*,[^{}]*)}");
  private static final Pattern TAR = Pattern.compile("(?i).*\\.(tar|tgz)([.*?].*)?");

  private ShardNames() {}

  /** Whether a name is a pattern, or that of a tar file. */
  public static boolean areNamedBy(String pattern) {
    return TAR.matcher(pattern).matches() || pattern.contains("::") || pattern.contains("{");
  }

  /**
   * The files of a pattern, in its order, those of a glob in alphabetical order.
   *
   * @param root directory in which the pattern starts
   * @throws PreprocessingException if a file of a range is not there, or nothing matches
   */
  public static List<Path> of(String pattern, Path root, RawFiles files) throws IOException {
    Set<Path> found = new LinkedHashSet<>();
    for (String one : pattern.split("::", -1)) {
      for (String name : expanded(one)) {
        if (name.matches(".*[{}].*") || name.isBlank() || List.of(name.split("/")).contains("..")) {
          throw wrong(pattern, "'" + name + "' is no path within " + root);
        }
        if (name.matches(".*[*?].*")) {
          found.addAll(matching(name, root, files, pattern));
        } else if (files.isFile(new Path(root, name))) {
          found.add(new Path(root, name));
        } else {
          throw wrong(pattern, "there is no " + new Path(root, name));
        }
      }
    }
    return List.copyOf(found);
  }

  private static List<Path> matching(String name, Path root, RawFiles files, String pattern)
      throws IOException {
    int slash = name.lastIndexOf('/');
    String directory = slash < 0 ? "" : name.substring(0, slash);
    if (directory.matches(".*[*?].*")) {
      throw wrong(pattern, "* and ? may stand in the name of a file, not in '" + directory + "'");
    }
    Path at = directory.isEmpty() ? root : new Path(root, directory);
    StringBuilder expression = new StringBuilder();
    for (char c : name.substring(slash + 1).toCharArray()) {
      expression.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    Pattern glob = Pattern.compile(expression.toString(), Pattern.DOTALL);
    List<Path> matching = new ArrayList<>();
    if (files.isDirectory(at)) {
      for (String file : files.names(at)) {
        if (glob.matcher(file).matches()) {
          matching.add(new Path(at, file));
        }
      }
    }
    if (matching.isEmpty()) {
      throw wrong(pattern, "no file in " + at + " matches '" + name + "'");
    }
    return matching;
  }

  /** A name without braces for everything that a name with braces stands for. */
  static List<String> expanded(String pattern) {
    List<String> open = List.of(pattern);
    while (true) {
      List<String> next = new ArrayList<>();
      for (String name : open) {
        Matcher range = RANGE.matcher(name);
        Matcher choice = CHOICE.matcher(name);
        if (range.find()) {
          range(range.group(1), range.group(2), pattern)
              .forEach(middle -> next.add(with(name, range, middle)));
        } else if (choice.find()) {
          for (String middle : choice.group(1).split(",", -1)) {
            next.add(with(name, choice, middle));
          }
        } else {
          next.add(name);
        }
        if (next.size() > MOST) {
          throw wrong(pattern, "it stands for more than " + MOST + " files");
        }
      }
      if (next.equals(open)) {
        return next;
      }
      open = next;
    }
  }

  private static List<String> range(String from, String to, String pattern) {
    int first = Integer.parseInt(from);
    int last = Integer.parseInt(to);
    if (last < first || last - first >= MOST) {
      throw wrong(pattern, "the range {" + from + ".." + to + "} is empty or too long");
    }
    List<String> numbers = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      String digits = Integer.toString(i);
      numbers.add("0".repeat(Math.max(0, from.length() - digits.length())) + digits);
    }
    return numbers;
  }

  private static String with(String name, Matcher part, String middle) {
    return name.substring(0, part.start()) + middle + name.substring(part.end());
  }

  private static PreprocessingException wrong(String pattern, String trouble) {
    return PreprocessingException.wrongUsage("table = " + pattern + ": " + trouble);
  }
}
