package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SplitScanTest {
  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 13, 20})
  void ranksTogetherSeeEverySampleOnceInOrder(int ranks) {
    SplitSource source =
        ShardFixture.write(root, List.of(List.of(4, 4, 1), List.of(2, 2)), "image", "label");
    List<Long> seen = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      try (SplitScan scan = SplitScan.open(source, rank, ranks, 3)) {
        int batches = 0;
        int samples = 0;
        for (Optional<RankBatch> next = scan.next(); next.isPresent(); next = scan.next()) {
          RankBatch batch = next.get();
          assertThat(batch.step()).isEqualTo(batches++);
          assertThat(batch.epoch()).isZero();
          assertThat(batch.samples()).isBetween(1, 3);
          BatchStreamTest.checkValues(batch);
          samples += batch.samples();
          LongStream.range(0, batch.samples()).map(i -> batch.index((int) i)).forEach(seen::add);
        }
        assertThat(samples).isBetween(13 / ranks, 13 / ranks + 1);
        assertThat(batches).isEqualTo((samples + 2) / 3);
        assertThat(scan.next()).isEmpty();
      }
    }
    assertThat(seen).isEqualTo(LongStream.range(0, 13).boxed().toList());
  }

  @Test
  void refusesARankThatIsNotThere() {
    SplitSource source = ShardFixture.write(root, List.of(List.of(4)), "image");
    assertThatThrownBy(() -> SplitScan.open(source, 2, 2, 3)).hasMessageContaining("rank 2 of 2");
    assertThatThrownBy(() -> SplitScan.open(source, 0, 1, 0)).hasMessageContaining("of 0 samples");
  }
}
