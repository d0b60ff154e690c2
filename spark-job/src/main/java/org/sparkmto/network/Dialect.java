package org.sparkmto.network;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The languages in which a {@link NetworkProgram} is written down. */
enum Dialect {
  /** A method of Python, in which {@code w} has every tensor by its name. */
  PYTHON {
    @Override
    String template(Spelling spelling) {
      return spelling.python();
    }

    @Override
    String parameter(String name) {
      return "w[" + quoted(name) + "]";
    }
  },
  /** What TorchScript is compiled of, in which tensors are attributes of modules. */
  TORCHSCRIPT {
    @Override
    String template(Spelling spelling) {
      return spelling.script();
    }

    @Override
    String parameter(String name) {
      return Arrays.stream(name.split("\\.", -1))
          .map(Dialect::attribute)
          .reduce(
              "self",
              (module, part) ->
                  isIdentifier(part)
                      ? module + "." + part
                      : "getattr(" + module + ", " + quoted(part) + ")");
    }
  };

  private static final Set<String> KEYWORDS =
      Set.of(
          "False",
          "None",
          "True",
          "and",
          "as",
          "assert",
          "async",
          "await",
          "break",
          "class",
          "continue",
          "def",
          "del",
          "elif",
          "else",
          "except",
          "finally",
          "for",
          "from",
          "global",
          "if",
          "import",
          "in",
          "is",
          "lambda",
          "nonlocal",
          "not",
          "or",
          "pass",
          "raise",
          "return",
          "try",
          "while",
          "with",
          "yield");

  /** How an operation reads. */
  abstract String template(Spelling spelling);

  /** How a parameter or buffer of a name reads. */
  abstract String parameter(String name);

  /**
   * What a part of a name is called in a module of TorchScript: the same, but for words that its
   * files cannot hold there, and what every module has.
   */
  static String attribute(String part) {
    return KEYWORDS.contains(part) || part.equals("training") ? part + "_" : part;
  }

  /** Whether a name can be that of a variable. */
  static boolean isIdentifier(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_]*") && !KEYWORDS.contains(name);
  }

  /** A text within double quotes. */
  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  /** A number, a truth value, nothing, or a list. */
  static String constant(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? "True" : "False";
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Dialect::constant).collect(Collectors.joining(", ", "[", "]"));
    }
    return value == null ? "None" : value.toString();
  }
}
