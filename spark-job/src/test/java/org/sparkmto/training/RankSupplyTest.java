package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.options.ConfigurationException;

class RankSupplyTest {
  @TempDir static Path folder;

  private static Path data;

  private final List<String> said = new ArrayList<>();

  @BeforeAll
  static void write() {
    data = StripesDataset.write(folder.resolve("stripes"));
  }

  private static TrainingConfiguration configuration(String... settings) {
    return Runs.configuration(data, folder.resolve("run"), settings);
  }

  /** Of a cluster that has these slots one after the other, and the last ones for ever. */
  private static RankSupply supply(List<Integer> slots, String... settings) {
    Iterator<Integer> found = slots.iterator();
    int[] now = new int[1];
    return new RankSupply(
        RunPlan.of(configuration(settings), new Configuration()),
        () -> now[0] = found.hasNext() ? found.next() : now[0],
        () -> "there are " + now[0] + " slots");
  }

  private int next(RankSupply supply, int before) throws InterruptedException {
    return supply.next(before, RankSupply.Shown.NOTHING, () -> false, said::add);
  }

  /** A batch of 24 in groups of 4 can be shared among 6, 3, 2 and 1; in twice 5 parts, among 2. */
  @ParameterizedTest
  @CsvSource({
    "training.batch = 24, 6, 1, 7, 6",
    "training.batch = 24, 6, 1, 5, 5",
    "training.batch = 24, 6, 3, 3, 3",
    "training.batch = 24, 0, 1, 30, 24",
    "look.samples = 1/5; method.name = pcgrad, 4, 1, 4, 2",
    "network = null; network { name = resnet18; statistics = ghost; ghost-samples = 4 }, 6, 1, 5,"
        + " 3",
    "network = null; network { name = resnet18; statistics = ghost; ghost-samples = 4 }, 6, 1, 1,"
        + " 1",
    "network = null; network { name = resnet18; statistics = ghost; ghost-samples = 4 }, 0, 4, 9,"
        + " 6",
  })
  void itIsTheLargestNumberThatThereIsRoomForAndTheBatchCanBeSharedAmong(
      String setting, int ranks, int least, int slots, int expected) throws InterruptedException {
    String sizes = "cluster { ranks = %d, min-ranks = %d }".formatted(ranks, least);
    RankSupply supply = supply(List.of(slots), setting.replace(';', ','), sizes);
    assertThat(next(supply, 1)).isEqualTo(expected);
    assertThat(supply.first(slots)).isEqualTo(expected);
    assertThat(said).isEmpty();
  }

  @Test
  void withoutASmallestNumberItIsTheSameWhateverThereIsRoomFor() throws InterruptedException {
    assertThat(next(supply(List.of(0), "cluster.ranks = 3"), 3)).isEqualTo(3);
    assertThat(next(supply(List.of(9), "cluster.ranks = 0"), 3)).isEqualTo(3);
  }

  @Test
  void anExecutorThatIsReplacedInTimeIsWaitedForAndMoreAreTakenAtOnce()
      throws InterruptedException {
    String[] settings = {"cluster { ranks = 4, min-ranks = 1 }"};
    assertThat(next(supply(List.of(2, 2, 3), settings), 3)).isEqualTo(3);
    assertThat(next(supply(List.of(2, 4), settings), 3)).isEqualTo(4);
    assertThat(next(supply(List.of(4), settings), 1)).isEqualTo(4);
  }

  @Test
  void atTheDeadlineItGoesOnWithWhatThereIsOrNotAtAll() throws InterruptedException {
    String[] settings = {"cluster { ranks = 4, min-ranks = 2, deadline-seconds = 1 }"};
    RankSupply supply = supply(List.of(3), settings);
    assertThat(next(supply, 4)).isEqualTo(3);
    assertThat(supply.change(4, 3, 100, RankSupply.Shown.NOTHING))
        .isEqualTo(
            "goes on from step 100 with 3 ranks instead of 4, because there are 3 slots; it takes"
                + " ranks back at a checkpoint");
    assertThatThrownBy(() -> next(supply(List.of(1), settings), 4))
        .isInstanceOf(NotStartedException.class)
        .hasMessage(
            "there was no room for 2 ranks (cluster.min-ranks) within 1 s: there are 1 slots");
    // Who is asked to end waits for nobody.
    assertThat(
            supply(List.of(2), "cluster { ranks = 4, min-ranks = 2 }")
                .next(4, RankSupply.Shown.NOTHING, () -> true, said::add))
        .isEqualTo(2);
  }

  /** An executor that is frozen, or gone without a word, counts as room until Spark misses it. */
  @Test
  void roomThatTheLastAttemptHasWaitedForInVainIsNeitherWaitedForAgainNorTakenForRoom() {
    String[] settings = {"cluster { ranks = 4, min-ranks = 2, deadline-seconds = 60 }"};
    Duration deadline = Duration.ofSeconds(60);
    RankSupply.Shown none =
        RankSupply.Shown.by(new NotStartedException("none was launched"), 4, deadline);
    RankSupply.Shown two =
        RankSupply.Shown.by(new NotStartedException("two did not run", 2), 4, deadline);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertThat(next(List.of(4), none, settings)).isEqualTo(3);
          assertThat(next(List.of(4), two, settings)).isEqualTo(2);
          assertThat(supply(List.of(4), settings).change(4, 2, 100, two))
              .startsWith(
                  "goes on from step 100 with 2 ranks instead of 4, because no more could be"
                      + " started, although there are ");
          assertThat(next(List.of(2), none, settings)).isEqualTo(2);
          // Only one of them ran, with which the run must not go on.
          RankSupply.Shown one =
              RankSupply.Shown.by(new NotStartedException("one ran", 1), 4, deadline);
          assertThat(next(List.of(4), one, settings)).isEqualTo(4);
          assertThatThrownBy(() -> next(List.of(1), none, settings))
              .isInstanceOf(NotStartedException.class)
              .hasMessage(
                  "there was no room for 2 ranks (cluster.min-ranks) within 60 s: there are 1"
                      + " slots");
        });
    assertThat(said).isEmpty();
  }

  private int next(List<Integer> slots, RankSupply.Shown shown, String... settings)
      throws InterruptedException {
    return supply(slots, settings).next(4, shown, () -> false, said::add);
  }

  @Test
  void numbersThatContradictEachOtherAreRefused() {
    assertThatThrownBy(() -> configuration("cluster { ranks = 2, min-ranks = 3 }"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("cluster.min-ranks = 3 is more than cluster.ranks = 2; set it to 2 or less");
    RunPlan tooMany =
        RunPlan.of(
            configuration("training.batch = 5", "cluster { ranks = 0, min-ranks = 6 }"),
            new Configuration());
    assertThatThrownBy(tooMany::requireShareable)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("training.batch = 5 leaves some of 6 ranks idle");
  }

  @Test
  void aDryRunSaysWhichNumbersThereAre() {
    assertThat(
            dryRun(
                "network = null, network { name = resnet18, statistics = ghost, ghost-samples = 4"
                    + " }",
                "cluster { ranks = 6, min-ranks = 2 }"))
        .containsPattern(
            "# with less room it goes on with fewer ranks \\(cluster.min-ranks = 2\\): of 6, 3, 2;"
                + " a rank of 2 holds [\\d,]+ MiB\n");
    assertThat(dryRun("cluster.min-ranks = 2"))
        .contains("# it has as many ranks as there is room for at each checkpoint, at least 2 ");
    assertThat(dryRun("cluster.ranks = 6")).doesNotContain("room");
  }

  private static String dryRun(String... settings) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TrainingRun.dryRun(
        configuration(settings),
        TrainingRun.Start.NEW,
        new Configuration(),
        new PrintStream(out, true, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void statisticsOfARankSeeOtherPartsAndThatIsSaid() {
    String network = "network = null, network { name = resnet18, statistics = %s }";
    assertThat(plan(network.formatted("rank")).partsCaution(4, 1))
        .hasValueSatisfying(
            words ->
                assertThat(words)
                    .startsWith(
                        "with network.statistics = rank, batch normalisation sees larger parts of a"
                            + " batch with 1 rank than with 4, "));
    assertThat(plan(network.formatted("synchronised")).partsCaution(4, 1)).isEmpty();
    // A batch of 24 is taken in pieces of 6 by one rank and by four, but not by three.
    String pieces = network.formatted("rank") + ", training.micro-batch = 6";
    assertThat(plan(pieces).partsCaution(4, 1)).isEmpty();
    assertThat(plan(pieces).partsCaution(3, 1)).isPresent();
    assertThat(plan("cluster.ranks = 2").partsCaution(2, 1)).isEmpty();
  }

  private static RunPlan plan(String settings) {
    return RunPlan.of(configuration(settings), new Configuration());
  }
}
