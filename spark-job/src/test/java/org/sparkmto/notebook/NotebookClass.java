package org.sparkmto.notebook;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import jdk.jshell.JShell;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;

/**
 * The cells of a notebook as one class that javac compiles at once; JShell compiles every snippet
 * by itself, which takes ten times as long. Variables become fields, so that methods see them, and
 * statements initialisers, so that checked exceptions pass. It follows that a name has one meaning
 * in a notebook and that variables have explicit types, which reads better, too.
 */
final class NotebookClass {
  private final List<String> imports = new ArrayList<>();
  private final List<String> members = new ArrayList<>();
  private final String name;

  private NotebookClass(String name) {
    this.name = name;
  }

  /** The source of the class. */
  static String of(Notebook notebook, String name) {
    NotebookClass made = new NotebookClass(name);
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      SourceCodeAnalysis analysis = shell.sourceCodeAnalysis();
      for (JsonNode cell : notebook.codeCells()) {
        String rest = Notebook.source(cell);
        while (!rest.isBlank()) {
          CompletionInfo next = analysis.analyzeCompletion(rest);
          if (!next.completeness().isComplete()) {
            throw new IllegalStateException(notebook + ": a cell ends in the middle of " + rest);
          }
          made.add(analysis, next.source().strip());
          rest = next.remaining();
        }
      }
    }
    return made.source();
  }

  private void add(SourceCodeAnalysis analysis, String text) {
    switch (analysis.sourceToSnippets(text).get(0).kind()) {
      case IMPORT -> imports.add(text);
      case METHOD, TYPE_DECL, VAR -> members.add(text);
      default ->
          // What a cell shows is an expression, which ends neither in a semicolon nor in a brace.
          members.add(
              text.matches("(?s).*[;}]")
                  ? "{ " + text + " }"
                  : "Object shown" + members.size() + " = " + text + ";");
    }
  }

  private String source() {
    return String.join("\n", imports)
        + "\nclass %s {\n%s() throws Exception {}\n".formatted(name, name)
        + String.join("\n", members)
        + "\n}\n";
  }
}
