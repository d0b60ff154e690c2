package org.sparkmto.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListCommasTest {

  @Test
  void twoSectionsSideBySideInAListAreFoundWithTheirLine() {
    assertThat(ListCommas.missing("tasks = [{ name = a } { name = b }]")).hasValue(1);
    assertThat(ListCommas.missing("a = \"[{\"\n# [{} {}]\ntasks = [\n  { b = [1] }  { c = 2 }\n]"))
        .hasValue(4);
    assertThat(ListCommas.missing("x = \"\"\"\n}\"\"\"\na = [{ b = [{ c = 1 }{ d = 2 }] }]"))
        .hasValue(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tasks = [{ name = a }, { name = b }]",
        "tasks = [{ name = a }\n{ name = b }]",
        "tasks = [${base} { name = b }, ${?base}{ c = 1 }]",
        "tasks = [{ name = a } # and\n { name = b }]",
        "base = { a = 1 } { b = 2 }",
        "tasks = [{ name = \"} {\", range = [0, 1] }]",
        "a = \"unclosed",
        "}} ] {",
        ""
      })
  void everythingElseIsLeftAlone(String text) {
    assertThat(ListCommas.missing(text)).isEmpty();
  }
}
