package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkmto.method.Systems.assertClose;
import static org.sparkmto.method.Systems.assertEachClose;

import org.junit.jupiter.api.Test;

class MatrixTest {
  private static final SymmetricMatrix A = SymmetricMatrix.of(3, 4, 1, 0, 1, 3, -1, 0, -1, 2);

  @Test
  void solvesWhatItMultiplies() {
    Vector x = Vector.of(1, -2, 0.5);
    assertClose(A.solve(A.times(x)).orElseThrow(), x, 1e-14);
    assertClose(A.solve(A.times(x), 1e-12), x, 1e-13);
  }

  @Test
  void aSingularMatrixHasTheShortestLeastSquaresSolution() {
    SymmetricMatrix ones = SymmetricMatrix.of(2, 1, 1, 1, 1);
    assertThat(SymmetricMatrix.of(2, 1, -1, -1, 1).solve(Vector.ones(2))).isEmpty();
    assertClose(ones.solve(Vector.of(3, 1), 1e-12), Vector.of(1, 1), 1e-14);
  }

  @Test
  void eigenvaluesRebuildTheMatrix() {
    SymmetricMatrix.Eigen eigen = A.eigen();
    assertThat(eigen.values().at(0)).isGreaterThan(eigen.values().at(1));
    assertThat(eigen.values().at(1)).isGreaterThan(eigen.values().at(2));
    for (int i = 0; i < 3; i++) {
      assertClose(A.times(eigen.vector(i)), eigen.vector(i).times(eigen.values().at(i)), 1e-13);
    }
    assertClose(Vector.of(eigen.map(v -> v).toArray()), Vector.of(A.toArray()), 1e-14);
    assertThatThrownBy(() -> SymmetricMatrix.of(1, Double.NaN).eigen())
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void scalesRowsAndColumns() {
    assertThat(A.scaled(Vector.of(1, 2, 3)))
        .isEqualTo(SymmetricMatrix.of(3, 4, 2, 0, 2, 12, -6, 0, -6, 18));
    assertThat(A.select(2, 1)).isEqualTo(SymmetricMatrix.of(2, 2, -1, -1, 3));
    assertThat(A.diagonal()).isEqualTo(Vector.of(4, 3, 2));
  }

  @Test
  void softmaxDoesNotOverflow() {
    assertEachClose(Vector.of(1e4, 1e4).softmax(), Vector.of(0.5, 0.5), 1e-15);
    assertThat(Vector.of(0, 1e4).softmax()).isEqualTo(Vector.of(0, 1));
  }

  @Test
  void sizesMustFit() {
    assertThatThrownBy(() -> Vector.ones(2).plus(Vector.ones(3)))
        .hasMessage("vectors of size 2 and 3 do not fit");
    assertThatThrownBy(() -> SymmetricMatrix.of(2, 1, 2, 3))
        .hasMessage("3 values are not a 2 x 2 matrix");
    assertThatThrownBy(
            () ->
                Observation.ofLosses(0, 0, Vector.ones(2), Vector.ones(2))
                    .withGram(SymmetricMatrix.of(1, 1)))
        .hasMessageContaining("2 losses has 2 label counts, inner products of 1 gradients");
  }
}
