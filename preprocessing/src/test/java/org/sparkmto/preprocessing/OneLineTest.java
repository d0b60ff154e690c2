package org.sparkmto.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OneLineTest {
  @Test
  void whatFilesNameStaysOneShortLine() {
    String hostile = "variable 'a\r\nb\u001b[31m\0' of " + "x".repeat(5_000);
    String detail = new UnreadableSampleException(Reason.DAMAGED, hostile).getMessage();
    assertThat(detail).startsWith("variable 'a b?[31m?' of xxx").endsWith("...").hasSize(1_003);
    assertThat(new RefusedSample("a", "b", Reason.DAMAGED, hostile).detail()).isEqualTo(detail);
    assertThat(PreprocessingException.failed(hostile)).hasMessage(detail);
  }
}
