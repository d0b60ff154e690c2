package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Profiles of the parent pom that build with other versions of what a cluster brings. */
class MavenLegsTest {
  private static final Pattern PROFILE =
      Pattern.compile("<profile>\\s*<id>([^<]+)</id>.*?</profile>", Pattern.DOTALL);

  /** Else the launcher would start the usual application on their Spark. */
  @Test
  void eachBuildsIntoAFolderOfItsOwn() {
    List<MatchResult> others =
        PROFILE
            .matcher(DeployFiles.text(DeployFiles.ROOT.resolve("pom.xml")))
            .results()
            .filter(profile -> profile.group().contains("<spark.version>"))
            .toList();
    assertThat(others).isNotEmpty();
    assertThat(others)
        .allSatisfy(
            profile ->
                assertThat(profile.group())
                    .contains("<build.folder>target/" + profile.group(1) + "</build.folder>"));
  }
}
