package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Data that pages and configurations name can be had by commands that are shown with them. */
class DocumentedDataTest {
  /**
   * The head of a configuration of a training, or one that it names, has the lines for its data.
   */
  @Test
  void everyConfigurationSaysHowItsDataAreMade() {
    List<Path> without = new ArrayList<>();
    for (Path file : DeployFiles.filesOf(DeployFiles.ROOT.resolve("conf"), ".conf")) {
      boolean ofSpark = file.getFileName().toString().startsWith("spark-");
      if (!ofSpark && !saysHowDataAreMade(file, 2)) {
        without.add(file.getFileName());
      }
    }
    assertThat(without).isEmpty();
  }

  private static boolean saysHowDataAreMade(Path file, int further) {
    String head =
        DeployFiles.text(file)
            .lines()
            .takeWhile(line -> line.startsWith("#"))
            .collect(Collectors.joining("\n"));
    return head.contains("spark-mto preprocess ")
        || (further > 0
            && Pattern.compile("[a-z0-9-]+\\.conf")
                .matcher(head)
                .results()
                .map(name -> file.resolveSibling(name.group()))
                .anyMatch(
                    other ->
                        !other.equals(file)
                            && Files.exists(other)
                            && saysHowDataAreMade(other, further - 1)));
  }

  /** {@code spark.read.csv("raw/portraits/x.csv")}: a command of the page makes what it reads. */
  @Test
  void everyTableThatAProgramOfAPageReadsIsMadeOnThatPage() {
    Set<String> made =
        fenced("")
            .flatMap(
                block ->
                    Pattern.compile("--out (\\S+)")
                        .matcher(block.text())
                        .results()
                        .map(out -> page(block) + out.group(1)))
            .collect(Collectors.toSet());
    List<String> read =
        Stream.concat(fenced("scala"), fenced("python"))
            .flatMap(
                block ->
                    Pattern.compile("\\.(?:csv|parquet)\\(\"([^\"]+)\"")
                        .matcher(block.text())
                        .results()
                        .map(table -> page(block) + table.group(1)))
            .toList();
    assertThat(read)
        .isNotEmpty()
        .allMatch(table -> made.stream().anyMatch(folder -> table.startsWith(folder + "/")));
  }

  private static String page(DocumentedBlock block) {
    return block.place().replaceFirst(":.*", ": ");
  }

  private static Stream<DocumentedBlock> fenced(String language) {
    return DocumentedBlock.fenced().stream().filter(block -> block.language().equals(language));
  }
}
