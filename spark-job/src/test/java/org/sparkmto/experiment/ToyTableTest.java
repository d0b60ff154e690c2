package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.sparkmto.experiment.ToyTable.Cell;
import org.sparkmto.experiment.ToyTable.Kind;
import org.sparkmto.experiment.ToyTable.Verdict;

class ToyTableTest {
  @Test
  void thePublishedTableIsComplete() {
    List<Cell> cells = ToyTable.published();
    assertThat(cells).hasSize(54);
    assertThat(cells).filteredOn(cell -> cell.updates().isPresent()).hasSize(31);
    assertThat(cells)
        .filteredOn(cell -> cell.kind() == Kind.ROBUST && cell.updates().isPresent())
        .hasSize(12);
    assertThat(cells)
        .filteredOn(cell -> cell.kind() == Kind.ROBUST && cell.updates().isEmpty())
        .hasSize(1 + 3 + 6 + 9 + 1);
    assertThat(cells).filteredOn(cell -> cell.kind() == Kind.CONTRADICTED).hasSize(2);
  }

  /** Both the published formulas and our registered methods, which a verdict compares. */
  @Test
  void theTwelveRobustCellsAreExact() throws InterruptedException {
    List<Cell> robust =
        ToyTable.published().stream()
            .filter(cell -> cell.kind() == Kind.ROBUST && cell.updates().isPresent())
            .toList();
    ToyTable table = ToyTable.count(robust, new PrintWriter(new StringWriter()));
    assertThat(table.rows())
        .allSatisfy(
            row -> {
              assertThat(row.verdict()).isEqualTo(Verdict.EXACT);
              assertThat(row.reference()).isEqualTo(row.cell().updates());
            });
    assertThat(table.rows())
        .filteredOn(row -> !row.cell().method().equals("cagrad"))
        .allSatisfy(row -> assertThat(row.registered()).contains(row.cell().updates()));
    assertThat(table.holds()).isTrue();
    assertThat(table.toText()).contains("12 cells are exact");
  }

  @Test
  void aCellThatIsNeverReachedAndOneThatSinglePrecisionReaches() throws InterruptedException {
    List<Cell> cells =
        ToyTable.published().stream()
            .filter(cell -> cell.optimizer().equals("sgd") && cell.method().equals("ew"))
            .filter(cell -> cell.rate() == 10 || cell.rate() == 0.1)
            .toList();
    ToyTable table = ToyTable.count(cells, new PrintWriter(new StringWriter()));
    assertThat(table.rows().get(0).verdict()).isEqualTo(Verdict.ROBUST_NEVER);
    assertThat(table.rows().get(1).verdict()).isEqualTo(Verdict.UNLIKE);
    assertThat(table.rows().get(1).single()).isPresent();
    assertThat(table.toText()).contains("do not reproduce: GD ew 0.1.");
  }

  @Test
  void aVerdictSaysWhatDiffers() {
    OptionalInt never = OptionalInt.empty();
    assertThat(verdict(OptionalInt.of(26), Kind.ROBUST, 26)).isEqualTo(Verdict.EXACT);
    assertThat(verdict(OptionalInt.of(26), Kind.ROBUST, 27)).isEqualTo(Verdict.DIFFERS);
    assertThat(verdict(never, Kind.ROBUST, 27)).isEqualTo(Verdict.DIFFERS);
    assertThat(verdict(OptionalInt.of(4960), Kind.CHAOTIC, 700)).isEqualTo(Verdict.MAGNITUDE);
    assertThat(verdict(OptionalInt.of(4960), Kind.CHAOTIC, 400)).isEqualTo(Verdict.UNLIKE);
    assertThat(verdict(never, Kind.CHAOTIC, 400)).isEqualTo(Verdict.UNLIKE);
    Cell cell = new Cell("adam", "ew", 1, OptionalInt.of(22), Kind.ROBUST);
    ToyTable.Row registeredDiffers =
        new ToyTable.Row(cell, OptionalInt.of(22), Optional.of(OptionalInt.of(23)), never);
    assertThat(registeredDiffers.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(new ToyTable(List.of(registeredDiffers)).holds()).isFalse();
  }

  private static Verdict verdict(OptionalInt paper, Kind kind, int counted) {
    Cell cell = new Cell("adam", "ew", 1, paper, kind);
    return new ToyTable.Row(cell, OptionalInt.of(counted), Optional.empty(), OptionalInt.empty())
        .verdict();
  }
}
