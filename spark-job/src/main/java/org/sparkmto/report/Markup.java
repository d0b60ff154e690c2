package org.sparkmto.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
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

  /**
   * Opens a drawing.
   *
   * @param type its class in the style sheet
   * @param width of the plane that is drawn on; the style sheet says how large it is seen
   * @param label what is read out in its place
   * @param attributes further names and values in turn
   */
  Markup drawing(String type, int width, int height, String label, String... attributes) {
    List<String> all =
        new ArrayList<>(List.of("xmlns", "http://www.w3.org/2000/svg", "class", type, "viewBox"));
    all.add("0 0 " + width + " " + height);
    all.addAll(List.of(attributes));
    all.addAll(List.of("role", "img", "aria-label", label));
    return open("svg", all.toArray(String[]::new));
  }

  /**
   * Words in a drawing.
   *
   * @param anchor which of its ends lies at the place: start, middle or end
   * @param attributes further names and values in turn; a null value leaves its attribute out
   */
  Markup words(String text, double x, double y, String anchor, String... attributes) {
    List<String> all =
        new ArrayList<>(List.of("x", coordinate(x), "y", coordinate(y), "text-anchor", anchor));
    all.addAll(Arrays.asList(attributes));
    return element("text", text, all.toArray(String[]::new));
  }

  /** A place in a drawing, to a tenth. */
  static String coordinate(double value) {
    return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value);
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
