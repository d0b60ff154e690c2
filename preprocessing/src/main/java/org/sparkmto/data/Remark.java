package org.sparkmto.data;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sentence of a manifest about what is odd, and the split of which it is true, if it is of one
 * alone. A manifest has it in words; what is read there is split as it was put together here.
 *
 * @param about what is so
 * @param split where it is so; empty of the data set as a whole
 * @param hence what follows, or empty
 */
public record Remark(String about, Optional<String> split, String hence) {
  private static final Pattern OF_SPLIT = Pattern.compile("(.*) in split '([^']*)'(?:: (.*))?");

  /** One about a split. */
  public static Remark of(String about, String split, String hence) {
    return new Remark(about, Optional.of(split), hence);
  }

  /** Reads one, as {@link #words} has written it. */
  public static Remark parse(String words) {
    Matcher matcher = OF_SPLIT.matcher(words);
    return matcher.matches()
        ? of(matcher.group(1), matcher.group(2), Optional.ofNullable(matcher.group(3)).orElse(""))
        : new Remark(words, Optional.empty(), "");
  }

  /** As people read it, and as it stands in a manifest. */
  public String words() {
    return about
        + split.map(name -> " in split '" + name + "'").orElse("")
        + (hence.isEmpty() ? "" : ": " + hence);
  }
}
