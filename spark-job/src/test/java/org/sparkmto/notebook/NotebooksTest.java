package org.sparkmto.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The notebooks as they are stored: whole, with the outputs of one run from top to bottom, and of
 * code that today's classes still have. {@link NotebooksIT} runs them.
 */
class NotebooksTest {
  private static final long MOST_BYTES = 500_000;
  private static final Pattern MACHINE =
      Pattern.compile("[\"\\s:=(](/(home|root|Users|tmp|work|mnt|var|opt|usr|srv)/[^\"\\s]*)");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(#[^)]*)?\\)");

  static List<Notebook> all() throws IOException {
    return Notebook.all();
  }

  static Stream<Notebook> java() throws IOException {
    return all().stream().filter(Notebook::isJava);
  }

  @Test
  void thereAreNotebooksInJava() throws IOException {
    assertThat(java().map(Notebook::toString))
        .contains(
            "quickstart.ipynb",
            "choosing-a-method.ipynb",
            "toy-problem.ipynb",
            "cluster-run.ipynb");
  }

  @ParameterizedTest
  @MethodSource("all")
  void isANotebookOfFormat4ThatIsSmall(Notebook notebook) throws IOException {
    assertThat(notebook.content().path("nbformat").asInt()).isEqualTo(4);
    assertThat(notebook.content().path("nbformat_minor").asInt()).isEqualTo(5);
    assertThat(notebook.cells("markdown")).isNotEmpty();
    assertThat(
            Notebook.elements(notebook.content().path("cells"))
                .map(cell -> cell.path("id").asText()))
        .allMatch(id -> id.matches("[a-zA-Z0-9_-]{1,64}"))
        .doesNotHaveDuplicates();
    assertThat(Files.size(notebook.file())).isLessThan(MOST_BYTES);
  }

  @ParameterizedTest
  @MethodSource("all")
  void isStoredAsOneRunFromTopToBottomLeftIt(Notebook notebook) {
    List<JsonNode> cells = notebook.codeCells();
    assertThat(cells.stream().map(cell -> cell.path("execution_count").asInt()))
        .isEqualTo(IntStream.rangeClosed(1, cells.size()).boxed().toList());
    assertThat(notebook.outputs())
        .anySatisfy(output -> assertThat(output.at("/data/image~1png").asText()).isNotEmpty())
        .allSatisfy(
            output -> {
              assertThat(output.path("output_type").asText())
                  .isIn("stream", "execute_result", "display_data");
              assertThat(output.path("name").asText()).isNotEqualTo("stderr");
            });
  }

  @ParameterizedTest
  @MethodSource("all")
  void namesNoPathOfAMachine(Notebook notebook) throws IOException {
    Matcher path = MACHINE.matcher(Files.readString(notebook.file()));
    assertThat(path.results().map(found -> found.group(1))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("all")
  void leadsToFilesThatAreThere(Notebook notebook) {
    List<String> broken = new ArrayList<>();
    for (JsonNode cell : notebook.cells("markdown")) {
      LINK.matcher(Notebook.source(cell))
          .results()
          .map(link -> link.group(1))
          .filter(target -> !target.startsWith("http"))
          .filter(target -> !Files.exists(notebook.file().resolveSibling(target)))
          .forEach(broken::add);
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyCellCompiles(@TempDir Path folder) throws IOException {
    List<JavaFileObject> classes = new ArrayList<>();
    for (Notebook notebook : java().toList()) {
      String name = notebook.toString().replace(".ipynb", "").replace('-', '_');
      classes.add(source(name, NotebookClass.of(notebook, name)));
    }
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                null,
                null,
                problems,
                List.of(
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-proc:none",
                    "-d",
                    folder.toString()),
                null,
                classes)
            .call();
    assertThat(
            problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(NotebooksTest::message))
        .isEmpty();
    assertThat(compiled).isTrue();
  }

  private static JavaFileObject source(String name, String text) {
    return new SimpleJavaFileObject(
        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }

  private static String message(Diagnostic<? extends JavaFileObject> problem) {
    if (problem.getSource() == null) {
      return problem.getMessage(Locale.ENGLISH);
    }
    try {
      String[] lines = problem.getSource().getCharContent(true).toString().split("\n", -1);
      return problem.getSource().getName()
          + ": "
          + lines[Math.toIntExact(problem.getLineNumber()) - 1].strip()
          + " // "
          + problem.getMessage(Locale.ENGLISH);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
