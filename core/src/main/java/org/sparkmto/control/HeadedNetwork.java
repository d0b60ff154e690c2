package org.sparkmto.control;

import java.io.Serializable;
import org.sparkmto.random.Draws;

/**
 * The shape of a network with two hidden layers that tasks share and a linear head of each task. A
 * task is told to the shared part by a vector of its own that is added to the first layer, which is
 * what a one-hot input comes to. Parameters lie in arrays of the caller, in ranges that may begin
 * anywhere: the shared ones, and those of the heads, one task's after the other's.
 *
 * @param inputs numbers that it sees of a task
 * @param tasks how many there are
 * @param hidden width of both hidden layers
 * @param outputs of each head
 */
record HeadedNetwork(int inputs, int tasks, int hidden, int outputs) implements Serializable {

  /** How many shared parameters there are. */
  int sharedSize() {
    return (inputs + tasks + hidden + 1) * hidden;
  }

  /** How many parameters a head has. */
  int headSize() {
    return (hidden + 1) * outputs;
  }

  /** How many parameters all heads have. */
  int headsSize() {
    return tasks * headSize();
  }

  private int embedding(int task) {
    return (inputs + task) * hidden;
  }

  private int second() {
    return (inputs + tasks) * hidden;
  }

  private int bias() {
    return second() + hidden * hidden;
  }

  /**
   * Shared parameters at first: weights uniform within the root of 6 by the number of inputs (He et
   * al., 2015), of tasks within a tenth of that, biases 0.
   */
  void initialise(double[] shared, int from, Draws draws) {
    double first = Math.sqrt(6.0 / inputs);
    uniform(shared, from, second(), first, draws.of("first"));
    for (int i = from + inputs * hidden; i < from + second(); i++) {
      shared[i] /= 10;
    }
    uniform(shared, from + second(), hidden * hidden, Math.sqrt(6.0 / hidden), draws.of("second"));
  }

  /** Heads at first: uniform and small, so that outputs are near 0. */
  void initialiseHeads(double[] heads, int from, Draws draws) {
    uniform(heads, from, headsSize(), 0.1 / Math.sqrt(hidden), draws.of("heads"));
  }

  private static void uniform(double[] to, int from, int count, double bound, Draws draws) {
    for (int i = 0; i < count; i++) {
      to[from + i] = bound * (2 * draws.uniform(i) - 1);
    }
  }

  /**
   * Where the parameters of one task's network lie.
   *
   * @param shared the array with the shared ones
   * @param from where they begin
   * @param heads the array with those of heads
   * @param headsFrom where the first head's begin
   */
  @SuppressWarnings("ArrayRecordComponent") // a place in them, not a value
  record Place(double[] shared, int from, double[] heads, int headsFrom) {}

  /**
   * What a pass has left for the way back.
   *
   * @param rows how many inputs there were
   */
  @SuppressWarnings("ArrayRecordComponent") // an intermediate result, not a value
  record Pass(int task, int rows, double[] input, double[] one, double[] two, double[] output) {}

  /**
   * Computes outputs, row after row.
   *
   * @param input rows of {@link #inputs} numbers
   */
  Pass forward(Place at, int task, double[] input) {
    int rows = input.length / inputs;
    double[] one = new double[rows * hidden];
    fill(one, rows, hidden, at.shared, at.from + embedding(task));
    multiply(input, inputs, at.shared, at.from, one, hidden, rows);
    rectify(one);
    double[] two = new double[rows * hidden];
    fill(two, rows, hidden, at.shared, at.from + bias());
    multiply(one, hidden, at.shared, at.from + second(), two, hidden, rows);
    rectify(two);
    double[] output = new double[rows * outputs];
    int head = at.headsFrom + task * headSize();
    fill(output, rows, outputs, at.heads, head + hidden * outputs);
    multiply(two, hidden, at.heads, head, output, outputs, rows);
    return new Pass(task, rows, input, one, two, output);
  }

  /**
   * Adds the gradient of a loss to that of the parameters.
   *
   * @param slopes derivatives by the outputs of the pass
   * @param gradient to which is added, in the same ranges as the parameters
   * @return the derivatives by the inputs
   */
  double[] backward(Place at, Pass pass, double[] slopes, Place gradient) {
    int rows = pass.rows;
    int head = pass.task * headSize();
    int bias = gradient.headsFrom + head + hidden * outputs;
    addOuter(pass.two, hidden, slopes, outputs, gradient.heads, gradient.headsFrom + head, rows);
    addRows(slopes, outputs, gradient.heads, bias, rows);
    double[] two = slopesOfTwo(at, pass, slopes);
    addOuter(pass.one, hidden, two, hidden, gradient.shared, gradient.from + second(), rows);
    addRows(two, hidden, gradient.shared, gradient.from + bias(), rows);
    double[] one = slopesOfOne(at, pass, two);
    addOuter(pass.input, inputs, one, hidden, gradient.shared, gradient.from, rows);
    addRows(one, hidden, gradient.shared, gradient.from + embedding(pass.task), rows);
    return slopesOfInput(at, one, rows);
  }

  /** The derivatives by the inputs alone. */
  double[] backward(Place at, Pass pass, double[] slopes) {
    double[] one = slopesOfOne(at, pass, slopesOfTwo(at, pass, slopes));
    return slopesOfInput(at, one, pass.rows);
  }

  private double[] slopesOfTwo(Place at, Pass pass, double[] slopes) {
    int head = at.headsFrom + pass.task * headSize();
    double[] two = new double[pass.rows * hidden];
    multiply(slopes, outputs, turned(at.heads, head, hidden, outputs), 0, two, hidden, pass.rows);
    return masked(two, pass.two);
  }

  private double[] slopesOfOne(Place at, Pass pass, double[] two) {
    double[] one = new double[pass.rows * hidden];
    double[] turned = turned(at.shared, at.from + second(), hidden, hidden);
    multiply(two, hidden, turned, 0, one, hidden, pass.rows);
    return masked(one, pass.one);
  }

  private double[] slopesOfInput(Place at, double[] one, int rows) {
    double[] input = new double[rows * inputs];
    multiply(one, hidden, turned(at.shared, at.from, inputs, hidden), 0, input, inputs, rows);
    return input;
  }

  private static void fill(double[] to, int rows, int width, double[] of, int from) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(of, from, to, row * width, width);
    }
  }

  /** Adds rows times a matrix; a 0 on the left costs nothing, and rectifiers leave many. */
  private static void multiply(
      double[] left, int n, double[] matrix, int from, double[] to, int width, int rows) {
    int[] found = new int[n];
    for (int row = 0; row < rows; row++) {
      int count = nonZero(left, row * n, 1, n, found);
      int k = 0;
      for (; k + 4 <= count; k += 4) {
        addFour(left, row * n, 1, found, k, matrix, from, to, row * width, width);
      }
      for (; k < count; k++) {
        double factor = left[row * n + found[k]];
        addMultiple(factor, matrix, from + found[k] * width, to, row * width, width);
      }
    }
  }

  /** Adds, for every column on the left, the rows on the right times that column's numbers. */
  private static void addOuter(
      double[] left, int n, double[] right, int width, double[] to, int from, int rows) {
    int[] found = new int[rows];
    for (int column = 0; column < n; column++) {
      int count = nonZero(left, column, n, rows, found);
      int k = 0;
      for (; k + 4 <= count; k += 4) {
        addFour(left, column, n, found, k, right, 0, to, from + column * width, width);
      }
      for (; k < count; k++) {
        double factor = left[column + found[k] * n];
        addMultiple(factor, right, found[k] * width, to, from + column * width, width);
      }
    }
  }

  /** Which of some numbers in equal distances are not 0; returns how many. */
  private static int nonZero(double[] values, int from, int apart, int count, int[] found) {
    int all = 0;
    for (int i = 0; i < count; i++) {
      if (values[from + i * apart] != 0) {
        found[all++] = i;
      }
    }
    return all;
  }

  /** Four rows at once: the sum is read and written once for them, which halves the time. */
  private static void addFour(
      double[] factors,
      int at,
      int apart,
      int[] which,
      int first,
      double[] of,
      int ofFrom,
      double[] to,
      int toFrom,
      int width) {
    double a = factors[at + which[first] * apart];
    double b = factors[at + which[first + 1] * apart];
    double c = factors[at + which[first + 2] * apart];
    double d = factors[at + which[first + 3] * apart];
    int i = ofFrom + which[first] * width;
    int k = ofFrom + which[first + 1] * width;
    int m = ofFrom + which[first + 2] * width;
    int n = ofFrom + which[first + 3] * width;
    for (int j = 0; j < width; j++) {
      to[toFrom + j] += a * of[i + j] + b * of[k + j] + c * of[m + j] + d * of[n + j];
    }
  }

  private static void addRows(double[] some, int width, double[] to, int from, int rows) {
    for (int row = 0; row < rows; row++) {
      addMultiple(1, some, row * width, to, from, width);
    }
  }

  private static void addMultiple(
      double factor, double[] of, int ofFrom, double[] to, int toFrom, int width) {
    for (int j = 0; j < width; j++) {
      to[toFrom + j] += factor * of[ofFrom + j];
    }
  }

  private static double[] turned(double[] matrix, int from, int rows, int columns) {
    double[] turned = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = matrix[from + i * columns + j];
      }
    }
    return turned;
  }

  private static void rectify(double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, values[i]);
    }
  }

  private static double[] masked(double[] slopes, double[] values) {
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] = values[i] > 0 ? slopes[i] : 0;
    }
    return slopes;
  }
}
