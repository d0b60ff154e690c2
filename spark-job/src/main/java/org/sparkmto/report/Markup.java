package org.sparkmto.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Text that is well-formed XML and means the same to an HTML parser: elements are closed in order,
 * text and attributes are escaped, characters XML does not know are replaced.
 */
final class Markup {
  /** What HTML writes without an end tag; SVG's childless elements may be closed at once too. */
  private static final Set<String> CHILDLESS =
      Set.of("br", "meta", "path", "line", "rect", "circle", "img");

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** An element with attribute names and values in turn; a null value leaves its attribute out. */
  Markup open(String element, String... attributes) {
    tag(element, attributes);
    out.append('>');
    open.push(element);
    return this;
  }

  /** Closes the innermost element. */
  Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element without content. */
  Markup empty(String element, String... attributes) {
    if (CHILDLESS.contains(element)) {
      tag(element, attributes);
      out.append("/>");
      return this;
    }
    return open(element, attributes).close();
  }

  /** An element with text only. */
  Markup element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  Markup text(String text) {
    escape(text);
    return this;
  }

  Markup newLine() {
    out.append('\n');
    return this;
  }

  /** Our own style or script, which uses none of the characters that need escaping. */
  Markup raw(String trusted) {
    if (trusted.indexOf('<') >= 0 || trusted.indexOf('&') >= 0) {
      throw new IllegalArgumentException("a style or script must do without < and &");
    }
    out.append(trusted);
    return this;
  }

  private void tag(String element, String... attributes) {
    out.append('<').append(element);
    for (int index = 0; index < attributes.length; index += 2) {
      if (attributes[index + 1] != null) {
        out.append(' ').append(attributes[index]).append("=\"");
        escape(attributes[index + 1]);
        out.append('"');
      }
    }
  }

  private void escape(String text) {
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(isXml(c) ? c : 0xFFFD);
              }
            });
  }

  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("not closed: " + open);
    }
    return out.toString();
  }
}
