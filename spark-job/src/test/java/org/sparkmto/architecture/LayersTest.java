package org.sparkmto.architecture;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.network.CentralDifferences;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.ParameterBook;

/** Layers of networks, bound to double parameters, against central differences. */
class LayersTest {
  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void biasedConvolution() {
    ParameterBook book = new ParameterBook(0);
    Convolution part = Convolution.biased(book.shared(), "c", 2, 3, 3, 1);
    CentralDifferences.check(book, List.of(3, 2, 5, 5), part::apply, 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void plainConvolution(long stride) {
    ParameterBook book = new ParameterBook(0);
    Convolution part = Convolution.plain(book.shared(), "c", 2, 3, 3, stride);
    CentralDifferences.check(book, List.of(3, 2, 5, 5), part::apply, 2);
  }

  @Test
  void linear() {
    ParameterBook book = new ParameterBook(0);
    Linear part = new Linear(book.shared(), "l", 4, 3);
    CentralDifferences.check(book, List.of(5, 4), part::apply, 3);
  }
}
