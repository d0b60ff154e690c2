package org.sparkmto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** README.md opens the door and docs/ holds the rooms: every way between them leads somewhere. */
class DocumentationTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path README = ROOT.resolve("README.md");
  private static final Path CONTRIBUTING = ROOT.resolve("CONTRIBUTING.md");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(#[^)]*)?\\)");

  @Test
  void theReadmeIsShortEnoughToBeRead() throws IOException {
    assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(250);
  }

  @Test
  void everyLinkLeadsToAFile() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        String target = link.group(1);
        if (!target.startsWith("http") && !Files.exists(page.resolveSibling(target))) {
          broken.add(ROOT.relativize(page) + ": " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyPageAndPictureIsReachedFromTheReadme() throws IOException {
    List<Path> reached = new ArrayList<>(List.of(README));
    for (int i = 0; i < reached.size(); i++) {
      Path page = reached.get(i);
      if (!page.toString().endsWith(".md")) {
        continue;
      }
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        Path target = page.resolveSibling(link.group(1)).normalize();
        if (Files.isRegularFile(target) && !reached.contains(target)) {
          reached.add(target);
        }
      }
    }
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      assertThat(files.filter(file -> file.toString().matches(".*(\\.md|/pictures/[^/]*)")))
          .isSubsetOf(reached);
    }
  }

  @Test
  void theMapOfTheHouseShowsEveryRoom() throws IOException {
    String map = Files.readString(CONTRIBUTING);
    for (String module : List.of("core", "preprocessing", "spark-job")) {
      try (Stream<Path> rooms = Files.list(ROOT.resolve(module + "/src/main/java/org/sparkmto"))) {
        assertThat(rooms.filter(Files::isDirectory))
            .allSatisfy(room -> assertThat(map).contains("`" + room.getFileName() + "`"));
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of(README, CONTRIBUTING, ROOT.resolve("CHANGELOG.md")),
              files.filter(file -> file.toString().endsWith(".md")).sorted())
          .toList();
    }
  }
}
