package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KillsTest {
  private static final long TENTH = 100_000_000;
  private static final int EVERY = 10;

  /** One of three that ask ten times a second goes, and another one comes in its place. */
  private static List<String> killed(long seed, int seconds) {
    long begin = Long.MAX_VALUE - 5 * TENTH; // the clock may overflow
    Kills kills = new Kills(seed, Duration.ofSeconds(EVERY), begin);
    List<String> there = new ArrayList<>(List.of("0", "1", "2"));
    List<String> gone = new ArrayList<>();
    int last = 0;
    for (int i = 1; i <= 10 * seconds; i++) {
      long now = begin + i * TENTH;
      for (String each : List.copyOf(there)) {
        if (kills.due(each, now)) {
          kills.done(each, each.equals("1") ? "train" : "validate", now);
          assertThat(i - last).isBetween(5 * EVERY, 15 * EVERY + 2);
          last = i;
          there.remove(each);
          gone.add(each);
          there.add(String.valueOf(2 + gone.size()));
        }
      }
    }
    assertThat(kills.count()).isEqualTo(gone.size());
    assertThat(kills.within().values().stream().mapToInt(each -> each).sum())
        .isEqualTo(gone.size());
    return gone;
  }

  @Test
  void oneAfterTheOtherIsKilledAtMomentsThatTheSeedDraws() {
    List<String> gone = killed(7, 100 * EVERY);
    assertThat(gone).doesNotHaveDuplicates().hasSizeBetween(85, 115);
    assertThat(killed(7, 100 * EVERY)).isEqualTo(gone);
    assertThat(killed(8, 100 * EVERY)).isNotEqualTo(gone);
  }

  /** It is chosen, and ends otherwise before it hears of that. */
  @Test
  void anotherGoesInThePlaceOfOneThatIsNotThereAnyMore() {
    Kills kills = new Kills(1, Duration.ofSeconds(EVERY), 0);
    long late = Duration.ofSeconds(2 * EVERY).toNanos();
    boolean first = kills.due("0", late) || kills.due("1", late);
    assertThat(first).isTrue();
    String victim = kills.due("0", late) ? "0" : "1";
    String other = victim.equals("0") ? "1" : "0";
    assertThat(kills.due(other, late + 10 * TENTH)).isFalse();
    kills.due(other, late + 31 * TENTH);
    assertThat(kills.due(other, late + 32 * TENTH)).isTrue();
    kills.done(other, "no task", late + 33 * TENTH);
    assertThat(kills.within()).isEqualTo(Map.of("no task", 1));
  }
}
