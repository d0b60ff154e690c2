package org.sparkmto.experiment.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Methods, optimisers and metrics against golden vectors: what public implementations, run
 * unmodified in float64, answered for a dozen systems of gradients, and what exact arithmetic
 * answers for gradients that are nearly parallel, duplicates or tiny.
 */
class GoldenVectorsTest {
  @ParameterizedTest
  @CsvSource({
    "golden.json.gz,     571, 500, 64, 7",
    "near-parallel.json, 106, 106, 0,  0",
    "robust-and-preferred.json, 54, 54, 0, 0"
  })
  void everyEntryIsCheckedAndNoneFails(String file, int entries, long ok, long better, long refused)
      throws URISyntaxException {
    Verification verification =
        GoldenFile.read(Path.of(GoldenVectorsTest.class.getResource(file).toURI())).verify();
    assertThat(verification.lines())
        .filteredOn(line -> line.verdict().isFailure())
        .extracting(Line::toText)
        .isEmpty();
    assertThat(verification.lines()).hasSize(entries);
    assertThat(verification.count(Verdict.OK)).isEqualTo(ok);
    assertThat(verification.count(Verdict.BETTER)).isEqualTo(better);
    assertThat(verification.count(Verdict.REFUSES)).isEqualTo(refused);
  }
}
