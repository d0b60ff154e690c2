package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.ExactMatrix.DIGITS;
import static org.sparkmto.experiment.golden.ExactMatrix.ONE;
import static org.sparkmto.experiment.golden.ExactMatrix.ZERO;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A golden file of gradients that are nearly parallel, duplicates, or tiny. What the methods'
 * definitions ask for is computed in 100 digits from the very doubles of the gradients, by other
 * ways than the methods': elimination for closed forms, all supports in turn for quadratic
 * problems, Newton's method until nothing moves for bargains, Jacobi's rotations for components.
 */
final class NearParallelCases {
  /** The double nearest to 1e-4, as the methods have it, and not 1e-4 itself. */
  private static final BigDecimal EPSILON =
      new BigDecimal("0.000100000000000000004792173602385929598312941379845142364501953125");

  private static final ObjectMapper JSON = new ObjectMapper();

  private NearParallelCases() {}

  static ObjectNode file() {
    ObjectNode root = JSON.createObjectNode().put("format", 1);
    ArrayNode cases = root.putArray("cases");
    for (String angle : List.of("1e-2", "1e-4", "1e-5", "1e-6", "3e-7", "1e-8")) {
      cases.add(of("parallel_" + angle, parallel(5, Double.parseDouble(angle), 1)));
    }
    double[][] few = parallel(2, 1, 2);
    double[][] same = {few[0], few[1], few[0].clone(), times(few[1], 0.25), times(few[0], 2)};
    cases.add(of("duplicates", same));
    cases.add(
        of(
            "tiny",
            new double[][] {
              times(parallel(3, 1, 3)[0], 0x1p-400),
              times(parallel(3, 1, 3)[1], 0x1p-400),
              times(parallel(3, 1, 3)[2], 0x1p-400)
            }));
    double[][] near = parallel(4, 1e-3, 4);
    double[] scales = {0x1p-30, 1, 0x1p-10, 0x1p20};
    IntStream.range(0, 4).forEach(k -> near[k] = times(near[k], scales[k]));
    cases.add(of("parallel_of_unequal_lengths", near));
    return root;
  }

  /** Rows that stand at about this angle to each other. */
  private static double[][] parallel(int tasks, double angle, long seed) {
    Random random = new Random(seed);
    double[] common = random.doubles(12, -1, 1).toArray();
    double[][] rows = new double[tasks][12];
    for (double[] row : rows) {
      double length = 0.5 + random.nextDouble();
      Arrays.setAll(row, p -> length * (common[p] + angle * (2 * random.nextDouble() - 1)));
    }
    return rows;
  }

  private static double[] times(double[] row, double factor) {
    return Arrays.stream(row).map(value -> value * factor).toArray();
  }

  private static ObjectNode of(String name, double[][] g) {
    return new GradientsOf(name, g).json();
  }

  /** One system of gradients. */
  private static final class GradientsOf {
    private final String name;
    private final double[][] g;
    private final int tasks;
    private final BigDecimal[][] rows;
    private final BigDecimal[][] gram;
    private final BigDecimal[] norms;
    private final BigDecimal[] inverse;
    private final BigDecimal[][] cosines;

    GradientsOf(String name, double[][] g) {
      this.name = name;
      this.g = g;
      this.tasks = g.length;
      this.rows = Arrays.stream(g).map(ExactMatrix::of).toArray(BigDecimal[][]::new);
      this.gram = ExactMatrix.gram(rows);
      this.norms = map(IntStream.range(0, tasks).mapToObj(k -> gram[k][k]).toList(), true);
      this.inverse = map(Arrays.asList(norms), false);
      this.cosines = ExactMatrix.scaled(gram, inverse);
    }

    private static BigDecimal[] map(List<BigDecimal> values, boolean root) {
      return values.stream()
          .map(value -> root ? value.sqrt(DIGITS) : ONE.divide(value, DIGITS))
          .toArray(BigDecimal[]::new);
    }

    ObjectNode json() {
      ObjectNode node = JSON.createObjectNode().put("name", name).put("K", tasks);
      node.put("P", g[0].length).set("G", JSON.valueToTree(g));
      node.set("losses", JSON.valueToTree(IntStream.rangeClosed(1, tasks).toArray()));
      node.set(
          "gram",
          JSON.valueToTree(Arrays.stream(gram).map(ExactMatrix::rounded).toArray(double[][]::new)));
      ObjectNode methods = node.putObject("methods");
      ObjectNode impartial = methods.putObject("imtl_g");
      answer(impartial, "alpha_gram_own", "g_gram_own", impartial());
      answer(methods.putObject("config"), "alpha_gram_own", "g", conflictFree());
      answer(methods.putObject("mgda_closed_form_unconstrained"), "alpha", "g", affineShortest());
      for (String normaliser : List.of("none", "l2")) {
        shortest(methods.putObject("mgda_exact_" + normaliser), normaliser);
      }
      bargains(methods);
      aligned(methods.putObject("aligned_mtl"));
      answer(methods.putObject("upgrad"), "alpha", "g", projected(true));
      answer(methods.putObject("dualproj"), "alpha", "g", projected(false));
      return node;
    }

    private void answer(ObjectNode node, String weights, String combined, BigDecimal[] alpha) {
      node.set(weights, JSON.valueToTree(ExactMatrix.rounded(alpha)));
      node.set(combined, JSON.valueToTree(ExactMatrix.rounded(ExactMatrix.combined(alpha, rows))));
    }

    private static BigDecimal[] product(BigDecimal[] left, BigDecimal[] right) {
      BigDecimal[] product = new BigDecimal[left.length];
      Arrays.setAll(product, k -> left[k].multiply(right[k], DIGITS));
      return product;
    }

    private static BigDecimal[] divided(BigDecimal[] vector, BigDecimal by) {
      return Arrays.stream(vector).map(v -> v.divide(by, DIGITS)).toArray(BigDecimal[]::new);
    }

    private static BigDecimal sum(BigDecimal[] vector) {
      return ExactMatrix.dot(vector, ExactMatrix.filled(vector.length, ONE));
    }

    /** The shortest a with {@code C a = b}: exact duplicates take equal parts. */
    private BigDecimal[] shortestSolution(BigDecimal[] b) {
      List<List<Integer>> groups = new ArrayList<>();
      for (int k = 0; k < tasks; k++) {
        int own = k;
        groups.stream()
            .filter(group -> sameDirection(group.get(0), own))
            .findFirst()
            .ifPresentOrElse(
                group -> group.add(own), () -> groups.add(new ArrayList<>(List.of(own))));
      }
      int[] first = groups.stream().mapToInt(group -> group.get(0)).toArray();
      BigDecimal[] solved =
          ExactMatrix.solve(ExactMatrix.select(cosines, first), ExactMatrix.select(b, first));
      BigDecimal[] a = new BigDecimal[tasks];
      for (int i = 0; i < first.length; i++) {
        BigDecimal part = solved[i].divide(BigDecimal.valueOf(groups.get(i).size()), DIGITS);
        groups.get(i).forEach(k -> a[k] = part);
      }
      return a;
    }

    private boolean sameDirection(int i, int j) {
      return ONE.subtract(cosines[i][j]).compareTo(new BigDecimal("1e-60")) < 0;
    }

    /** {@code C a = 1}, weights of sum 1. */
    private BigDecimal[] impartial() {
      BigDecimal[] alpha = product(shortestSolution(ExactMatrix.filled(tasks, ONE)), inverse);
      return divided(alpha, sum(alpha));
    }

    /** The direction of {@code C d = 1}, as long as the sum of the projections on it. */
    private BigDecimal[] conflictFree() {
      BigDecimal[] d = shortestSolution(ExactMatrix.filled(tasks, ONE));
      BigDecimal[] products = ExactMatrix.times(cosines, d);
      BigDecimal length =
          ExactMatrix.dot(norms, products).divide(ExactMatrix.dot(d, products), DIGITS);
      return product(product(d, inverse), ExactMatrix.filled(tasks, length));
    }

    /** {@code M w} the same for all, weights of sum 1. */
    private BigDecimal[] affineShortest() {
      BigDecimal[] alpha = ExactMatrix.solve(gram, ExactMatrix.filled(tasks, ONE));
      if (alpha == null) {
        // With equal directions of unequal lengths the hull holds 0: any way to it will do.
        return cancelling();
      }
      return divided(alpha, sum(alpha));
    }

    private BigDecimal[] cancelling() {
      for (int i = 0; i < tasks; i++) {
        for (int j = i + 1; j < tasks; j++) {
          BigDecimal difference = norms[j].subtract(norms[i]);
          if (sameDirection(i, j) && difference.abs().compareTo(new BigDecimal("1e-9")) > 0) {
            BigDecimal[] alpha = ExactMatrix.filled(tasks, ZERO);
            alpha[i] = norms[j].divide(difference, DIGITS);
            alpha[j] = norms[i].negate().divide(difference, DIGITS);
            return alpha;
          }
        }
      }
      throw new IllegalStateException("no two gradients of one direction");
    }

    private void shortest(ObjectNode node, String normaliser) {
      BigDecimal[] by = normaliser.equals("l2") ? norms : ExactMatrix.filled(tasks, ONE);
      BigDecimal[] one = map(Arrays.asList(by), false);
      BigDecimal[][] m = ExactMatrix.scaled(gram, one);
      BigDecimal[] w = shortestOfHull(m);
      BigDecimal[][] divided = new BigDecimal[tasks][];
      Arrays.setAll(divided, k -> divided(rows[k], by[k]));
      BigDecimal[] shortest = ExactMatrix.combined(w, divided);
      node.set("alpha_on_normalised", JSON.valueToTree(ExactMatrix.rounded(w)));
      node.set("normaliser", JSON.valueToTree(ExactMatrix.rounded(by)));
      node.set("g_normalised", JSON.valueToTree(ExactMatrix.rounded(shortest)));
      node.set(
          "g_unnormalised_original_semantics",
          JSON.valueToTree(ExactMatrix.rounded(ExactMatrix.combined(w, rows))));
      node.put("min_norm_sq", ExactMatrix.dot(shortest, shortest).doubleValue());
    }

    private BigDecimal[] shortestOfHull(BigDecimal[][] m) {
      return ExactMatrix.firstSupport(
          tasks,
          1,
          support -> {
            BigDecimal[] own =
                ExactMatrix.solve(
                    ExactMatrix.select(m, support), ExactMatrix.filled(support.length, ONE));
            return own == null ? null : divided(own, sum(own));
          },
          w -> {
            BigDecimal[] products = ExactMatrix.times(m, w);
            BigDecimal square = ExactMatrix.dot(w, products);
            return Arrays.stream(products)
                .allMatch(
                    product ->
                        product.subtract(square).compareTo(square.movePointLeft(60).negate()) >= 0);
          });
    }

    private void bargains(ObjectNode methods) {
      BigDecimal[] nash = bargain(1);
      ObjectNode node = methods.putObject("nash_mtl");
      answer(node, "alpha", "g", nash);
      node.put("norm_g", BigDecimal.valueOf(tasks).sqrt(DIGITS).doubleValue());
      // M x = x^(-1/alpha) with exponents 2 and 1/2.
      if (norms[0].doubleValue() > 1e-20) {
        for (double alpha : new double[] {0.5, 2}) {
          methods
              .putObject("fairgrad_alpha" + (alpha == 2 ? "2" : "0.5"))
              .set("alpha_exact", JSON.valueToTree(ExactMatrix.rounded(bargain(1 / alpha))));
        }
      }
    }

    private static BigDecimal power(BigDecimal x, double exponent) {
      return switch ((int) Math.round(2 * exponent)) {
        case 0 -> ONE;
        case 1 -> x.sqrt(DIGITS);
        case -1 -> ONE.divide(x.sqrt(DIGITS), DIGITS);
        case -2 -> ONE.divide(x, DIGITS);
        case -4 -> ONE.divide(x.multiply(x), DIGITS);
        default -> throw new IllegalArgumentException("power " + exponent);
      };
    }

    /** {@code M x = x^-p}, by Newton's method in relative steps. */
    private BigDecimal[] bargain(double p) {
      BigDecimal[] x = inverse.clone();
      BigDecimal order = BigDecimal.valueOf(p);
      for (int round = 0; round < 120; round++) {
        BigDecimal[] now = x;
        BigDecimal[] targets =
            Arrays.stream(x).map(v -> v.multiply(power(v, -p), DIGITS)).toArray(BigDecimal[]::new);
        BigDecimal[][] matrix = ExactMatrix.scaled(gram, x);
        BigDecimal[] missing = new BigDecimal[tasks];
        for (int k = 0; k < tasks; k++) {
          missing[k] = targets[k].subtract(sum(matrix[k]), DIGITS);
        }
        for (int k = 0; k < tasks; k++) {
          matrix[k][k] = matrix[k][k].add(order.multiply(targets[k]), DIGITS);
        }
        BigDecimal[] step = ExactMatrix.solve(matrix, missing);
        x = new BigDecimal[tasks];
        for (int k = 0; k < tasks; k++) {
          x[k] =
              step[k].signum() > 0
                  ? now[k].multiply(ONE.add(step[k]), DIGITS)
                  : now[k].divide(ONE.subtract(step[k]), DIGITS);
        }
      }
      BigDecimal[] products = ExactMatrix.times(gram, x);
      for (int k = 0; k < tasks; k++) {
        BigDecimal ratio = products[k].divide(power(x[k], -p), DIGITS);
        if (ratio.subtract(ONE).abs().doubleValue() > 1e-40) {
          throw new IllegalStateException("Newton's method has not come to rest");
        }
      }
      return x;
    }

    /** {@code sqrt(s) V L^(-1/2) V' 1} over the components that are longer than a tolerance. */
    private void aligned(ObjectNode node) {
      ExactMatrix.Eigen eigen = ExactMatrix.Eigen.of(gram);
      for (double tolerance : new double[] {Math.ulp(1.0), Math.ulp(1f)}) {
        BigDecimal cut = eigen.values()[0].multiply(BigDecimal.valueOf(tasks * tolerance), DIGITS);
        BigDecimal[] kept =
            Arrays.stream(eigen.values())
                .filter(value -> value.compareTo(cut) > 0)
                .toArray(BigDecimal[]::new);
        BigDecimal[] w = ExactMatrix.filled(tasks, ZERO);
        for (int i = 0; i < kept.length; i++) {
          BigDecimal[] v = eigen.vectors()[i];
          BigDecimal factor =
              kept[kept.length - 1].divide(kept[i], DIGITS).sqrt(DIGITS).multiply(sum(v), DIGITS);
          for (int k = 0; k < tasks; k++) {
            w[k] = w[k].add(factor.multiply(v[k]), DIGITS);
          }
        }
        if (tolerance == Math.ulp(1f)) {
          node.set("alpha_min_float32_tol_own", JSON.valueToTree(ExactMatrix.rounded(w)));
          node.put("rank_float32_tol", kept.length);
        } else {
          answer(node, "alpha_libmtl", "g_libmtl", w);
          node.set("eigenvalues_desc", JSON.valueToTree(ExactMatrix.rounded(kept)));
          node.put("rank", kept.length);
        }
      }
    }

    /** TorchJD's regularised projections, of every task's share or of the mean. */
    private BigDecimal[] projected(boolean everyTask) {
      BigDecimal trace = ZERO;
      for (int k = 0; k < tasks; k++) {
        trace = trace.add(gram[k][k], DIGITS);
      }
      boolean vanishes = trace.doubleValue() < 1e-4;
      BigDecimal[][] a = new BigDecimal[tasks][tasks];
      for (int i = 0; i < tasks; i++) {
        for (int j = 0; j < tasks; j++) {
          a[i][j] = vanishes ? ZERO : gram[i][j].divide(trace, DIGITS);
        }
        a[i][i] = a[i][i].add(EPSILON, DIGITS);
      }
      BigDecimal share = ONE.divide(BigDecimal.valueOf(tasks), DIGITS);
      if (!everyTask) {
        return atLeast(a, ExactMatrix.filled(tasks, share));
      }
      BigDecimal[] total = ExactMatrix.filled(tasks, ZERO);
      for (int k = 0; k < tasks; k++) {
        BigDecimal[] alone = ExactMatrix.filled(tasks, ZERO);
        alone[k] = share;
        BigDecimal[] v = atLeast(a, alone);
        Arrays.setAll(total, i -> total[i].add(v[i], DIGITS));
      }
      return total;
    }

    /** The v of least {@code v'Av} with {@code v >= least}. */
    private BigDecimal[] atLeast(BigDecimal[][] a, BigDecimal[] least) {
      BigDecimal[] slopes = ExactMatrix.times(a, least);
      BigDecimal[] added =
          ExactMatrix.firstSupport(
              tasks,
              0,
              support ->
                  ExactMatrix.solve(
                      ExactMatrix.select(a, support),
                      product(
                          ExactMatrix.select(slopes, support),
                          ExactMatrix.filled(support.length, ONE.negate()))),
              y -> {
                BigDecimal[] now = ExactMatrix.times(a, y);
                return IntStream.range(0, tasks)
                    .allMatch(k -> now[k].add(slopes[k]).doubleValue() >= -1e-60);
              });
      BigDecimal[] v = new BigDecimal[tasks];
      Arrays.setAll(v, k -> added[k].add(least[k], DIGITS));
      return v;
    }
  }
}
