package org.sparkmto.json;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;
import org.sparkmto.options.ConfigurationException;

/**
 * Looks for two sections in braces that stand side by side in a list, {@code [{...} {...}]}. HOCON
 * takes them for one value and merges them, so that an entry of a list would be lost without a
 * word.
 */
public final class ListCommas {
  private static final char SUBSTITUTION = '$';

  private final String text;
  private final Deque<Character> open = new ArrayDeque<>();
  private int position;
  private int line = 1;

  /** Whether a section has just ended, with nothing but blanks behind it. */
  private boolean ended;

  private ListCommas(String text) {
    this.text = text;
  }

  /**
   * Refuses a text in which a comma is missing.
   *
   * @param place of the text, for the message
   * @throws ConfigurationException naming the line
   */
  public static void require(String text, String place) {
    OptionalInt line = missing(text);
    if (line.isPresent()) {
      throw new ConfigurationException(
          ("%s: in line %d two sections {...} {...} of a list stand side by side, which would be"
                  + " merged into one; write a comma between them")
              .formatted(place, line.getAsInt()));
    }
  }

  /** The line in which a comma is missing, the first is 1. */
  static OptionalInt missing(String text) {
    return new ListCommas(text).missing();
  }

  private OptionalInt missing() {
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == '"') {
        quoted();
        ended = false;
      } else if (c == '#' || text.startsWith("//", position)) {
        comment();
      } else if (c == '{') {
        boolean substituted = position > 0 && isSubstitution(position - 1);
        if (ended && !substituted && open.peek() != null && open.peek() == '[') {
          return OptionalInt.of(line);
        }
        open.push(substituted ? SUBSTITUTION : '{');
        ended = false;
        position++;
      } else {
        plain(c);
        position++;
      }
    }
    return OptionalInt.empty();
  }

  private void plain(char c) {
    if (c == '[') {
      open.push('[');
      ended = false;
    } else if (c == '}' || c == ']') {
      Character opened = open.poll();
      ended = c == '}' && opened != null && opened == '{';
    } else if (c == '\n') {
      line++;
      ended = false;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      ended = false;
    }
  }

  /** {@code ${name}} or {@code ${?name}}: the brace at its end closes no section. */
  private boolean isSubstitution(int before) {
    return text.charAt(before) == '$';
  }

  private void quoted() {
    boolean triple = text.startsWith("\"\"\"", position);
    position += triple ? 3 : 1;
    while (position < text.length() && !text.startsWith(triple ? "\"\"\"" : "\"", position)) {
      if (text.charAt(position) == '\n') {
        line++;
      }
      position += !triple && text.charAt(position) == '\\' ? 2 : 1;
    }
    position += triple ? 3 : 1;
  }

  private void comment() {
    while (position < text.length() && text.charAt(position) != '\n') {
      position++;
    }
  }
}
