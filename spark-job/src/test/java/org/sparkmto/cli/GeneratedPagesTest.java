package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables in docs/ are what a command prints, between two markers that name the command. */
class GeneratedPagesTest {
  private static final Pattern BLOCK =
      Pattern.compile("<!-- begin: spark-mto (.*?) -->\\n(.*?)<!-- end -->", Pattern.DOTALL);

  /** {@code -Dspark-mto.docs=write} writes the pages anew. */
  private static final boolean WRITE = "write".equals(System.getProperty("spark-mto.docs"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "methods",
        "networks",
        "optimizers",
        "losses",
        "metrics",
        "datasets",
        "configuration",
        "robustness"
      })
  void aPageHoldsWhatItsCommandsPrint(String name) throws IOException {
    Path page = Path.of("..", "docs", name + ".md");
    String text = Files.readString(page);
    Matcher blocks = BLOCK.matcher(text);
    assertThat(blocks.find()).as(name).isTrue();
    String anew = blocks.replaceAll(block -> Matcher.quoteReplacement(generated(block)));
    if (WRITE) {
      Files.writeString(page, anew);
    }
    assertThat(Files.readString(page))
        .as(
            "docs/%s.md is not what its commands print; write it anew with ./mvnw test -pl"
                + " spark-job -am -Dtest=GeneratedPagesTest -Dspark-mto.docs=write"
                + " -Dsurefire.failIfNoSpecifiedTests=false",
            name)
        .isEqualTo(anew);
  }

  private static String generated(MatchResult block) {
    String command = block.group(1);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            Main.subCommands(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            command.split(" ", -1));
    assertThat(code).as("%s: %s", command, err).isZero();
    return "<!-- begin: spark-mto "
        + command
        + " -->\n\n"
        + out.toString().strip()
        + "\n\n<!-- end -->";
  }
}
