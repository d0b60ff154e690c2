package org.sparkmto.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.runlog.PhasesLine;

class RanksCardTest {
  private static PhasesLine segment(long from, long to, int ranks) {
    return new PhasesLine(
        to, from, Collections.nCopies(ranks, new PhasesLine.Rank("node", Map.of("data", 1.0))));
  }

  private static String drawn(PhasesLine... segments) {
    Markup page = new Markup();
    RanksCard.draw(page, List.of(segments));
    return page.toString();
  }

  @Test
  void segmentsOfOneNumberAreOneRow() {
    assertThat(drawn(segment(0, 100, 2), segment(100, 200, 2))).isEmpty();
    assertThat(
            drawn(
                segment(0, 100, 2),
                segment(100, 200, 2),
                segment(200, 300, 1),
                segment(300, 400, 2)))
        .contains(row(0, 200, 2) + row(200, 300, 1) + row(300, 400, 2) + "</tbody></table></div>");
  }

  private static String row(int from, int to, int ranks) {
    String cell = "<td class=\"n\">%d</td>";
    return "<tr>" + cell.formatted(from) + cell.formatted(to) + cell.formatted(ranks) + "</tr>";
  }
}
