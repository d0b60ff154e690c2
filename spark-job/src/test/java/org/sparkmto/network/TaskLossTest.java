package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

/**
 * Every loss, from the bytes of a batch on, against sums written out in plain Java, and its
 * gradient against central differences.
 *
 * <p>Outputs are doubles and targets exact in float, so values agree to rounding: 1e-12 of the sum.
 */
class TaskLossTest {
  private static final int SAMPLES = 4;
  private static final int HEIGHT = 2;
  private static final int WIDTH = 3;
  private static final int PIXELS = HEIGHT * WIDTH;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  /** One loss of one kind of task, and the same from its definition. */
  // Task and Column are immutable records of another module, which the checker cannot know.
  @SuppressWarnings("ImmutableEnumChecker")
  enum Case {
    CLASSES(TaskKind.CLASSIFICATION, "", 4, List.of(1)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return crossEntropy(outputs, truth[0]);
      }
    },
    PIXEL_CLASSES(TaskKind.SEGMENTATION, "cross-entropy", 5, List.of(HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return crossEntropy(outputs, truth[0]);
      }
    },
    YES_NO(TaskKind.BINARY, "", 2, List.of(1)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return binary(outputs[0], truth[0], 1, 1);
      }
    },
    RARE_YES(TaskKind.BINARY, "balanced-bce:0.75", 2, List.of(1)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return binary(outputs[0], truth[0], 0.75, 0.25);
      }
    },
    EDGES(TaskKind.MASK, "balanced-bce:0.95", 2, List.of(HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return binary(outputs[0], truth[0], 0.95, 1 - 0.95);
      }
    },
    REGIONS(TaskKind.MASK, "bce", 2, List.of(HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return binary(outputs[0], truth[0], 1, 1);
      }
    },
    LABELS(TaskKind.MULTI_LABEL, "bce", 3, List.of(3)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return binary(outputs[0], truth[0], 1, 1);
      }
    },
    NUMBERS(TaskKind.REGRESSION, "", 3, List.of(3)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return Math.abs(outputs[0] - truth[0]);
      }
    },
    NUMBERS_SQUARED(TaskKind.REGRESSION, "l2", 3, List.of(3)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return squares(outputs, truth);
      }
    },
    DEPTH(TaskKind.DEPTH, "l1", 1, List.of(1, HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return absolutes(outputs, truth);
      }
    },
    FLAT_DEPTH(TaskKind.DEPTH, "l2", 1, List.of(HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return squares(outputs, truth);
      }
    },
    WAYS(TaskKind.VECTORS, "l1", 2, List.of(2, HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return absolutes(outputs, truth) / 2;
      }
    },
    WAYS_SQUARED(TaskKind.VECTORS, "l2", 2, List.of(2, HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return squares(outputs, truth) / 2;
      }
    },
    NORMALS(TaskKind.NORMALS, "", 3, List.of(3, HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        double product = 0;
        double length = 0;
        for (int axis = 0; axis < 3; axis++) {
          product += outputs[axis] * truth[axis];
          length += outputs[axis] * outputs[axis];
        }
        return 1 - product / Math.sqrt(length);
      }
    },
    WEIGHTED_CLASSES(
        TaskKind.CLASSIFICATION, "cross-entropy:weights=[1, 2, 0.5, 4]", 4, List.of(1)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return new double[] {1, 2, 0.5, 4}[(int) truth[0]] * crossEntropy(outputs, truth[0]);
      }
    },
    SMOOTHED_PIXEL_CLASSES(
        TaskKind.SEGMENTATION,
        "cross-entropy:smoothing=0.1,weights=[1, 3, 0.25]",
        3,
        List.of(HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        double[] weights = {1, 3, 0.25};
        double spread = 0;
        for (int c = 0; c < 3; c++) {
          spread += weights[c] * crossEntropy(outputs, c);
        }
        return 0.9 * weights[(int) truth[0]] * crossEntropy(outputs, truth[0]) + 0.1 / 3 * spread;
      }
    },
    SMOOTHED_YES_NO(TaskKind.BINARY, "bce:smoothing=0.2", 2, List.of(1)) {
      @Override
      double element(double[] outputs, double[] truth) {
        double other = binary(outputs[0], 1 - truth[0], 1, 1);
        return 0.9 * binary(outputs[0], truth[0], 1, 1) + 0.1 * other;
      }
    },
    RARE_SMOOTHED_MASK(
        TaskKind.MASK, "bce:smoothing=0.2,positive-weight=3", 2, List.of(HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        double other = binary(outputs[0], 1 - truth[0], 3, 1);
        return 0.9 * binary(outputs[0], truth[0], 3, 1) + 0.1 * other;
      }
    },
    RARE_LABELS(TaskKind.MULTI_LABEL, "bce:positive-weight=[3, 1, 0.5]", 3, List.of(3)) {
      @Override
      double element(double[] outputs, double[] truth, int label) {
        return binary(outputs[0], truth[0], new double[] {3, 1, 0.5}[label], 1);
      }
    },
    FOCAL_CLASSES(TaskKind.CLASSIFICATION, "focal", 4, List.of(1)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return focal(Math.exp(-crossEntropy(outputs, truth[0])), 2);
      }
    },
    FOCAL_PIXEL_CLASSES(
        TaskKind.SEGMENTATION, "focal:gamma=0.5,weights=[1, 2, 3]", 3, List.of(HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return (truth[0] + 1) * focal(Math.exp(-crossEntropy(outputs, truth[0])), 0.5);
      }
    },
    FOCAL_YES_NO(TaskKind.BINARY, "focal:alpha=0.25,gamma=2", 2, List.of(1)) {
      @Override
      double element(double[] outputs, double[] truth) {
        double alpha = truth[0] == 1 ? 0.25 : 0.75;
        return alpha * focal(Math.exp(-binary(outputs[0], truth[0], 1, 1)), 2);
      }
    },
    FOCAL_WITHOUT_FOCUS(TaskKind.MASK, "focal:gamma=0", 2, List.of(HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return binary(outputs[0], truth[0], 1, 1);
      }
    },
    FOCAL_LABELS(TaskKind.MULTI_LABEL, "focal:gamma=3,alpha=[0.1, 0.5, 0.9]", 3, List.of(3)) {
      @Override
      double element(double[] outputs, double[] truth, int label) {
        double yes = new double[] {0.1, 0.5, 0.9}[label];
        double alpha = truth[0] == 1 ? yes : 1 - yes;
        return alpha * focal(Math.exp(-binary(outputs[0], truth[0], 1, 1)), 3);
      }
    },
    NUMBERS_BY_HUBER(TaskKind.REGRESSION, "huber:delta=0.7", 3, List.of(3)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return huber(outputs[0] - truth[0], 0.7);
      }
    },
    DEPTH_BY_SMOOTH_L1(TaskKind.DEPTH, "smooth-l1", 1, List.of(1, HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return huber(outputs[0] - truth[0], 1);
      }
    },
    WAYS_BY_SMOOTH_L1(TaskKind.VECTORS, "smooth-l1:beta=0.4", 2, List.of(2, HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        double both = huber(outputs[0] - truth[0], 0.4) + huber(outputs[1] - truth[1], 0.4);
        return both / 0.4 / 2;
      }
    },
    NORMALS_BY_HUBER(TaskKind.NORMALS, "huber", 3, List.of(3, HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        double sum = 0;
        for (int axis = 0; axis < 3; axis++) {
          sum += huber(outputs[axis] - truth[axis], 1);
        }
        return sum / 3;
      }
    },
    NORMALS_BY_L1(TaskKind.NORMALS, "l1", 3, List.of(3, HEIGHT, WIDTH)) {
      @Override
      double element(double[] outputs, double[] truth) {
        return absolutes(outputs, truth) / 3;
      }
    };

    final Task task;
    final Column column;
    final int pixels;

    /** Elements of a sample or pixel: those that count each on their own. */
    final int elements;

    /** Outputs of such an element. */
    final int outputs;

    /** True numbers of it. */
    final int numbers;

    Case(TaskKind kind, String loss, int classes, List<Integer> shape) {
      ElementType type = kind.hasLabels() ? ElementType.UINT8 : ElementType.FLOAT32;
      this.column = new Column("target", Column.Role.TARGET, type, shape);
      this.task = Task.of("task", kind, List.of("image"), "target", classes).withLoss(loss);
      this.pixels = kind.hasPixels() ? PIXELS : 1;
      boolean each = kind == TaskKind.MULTI_LABEL || kind == TaskKind.REGRESSION;
      this.elements = each ? classes : 1;
      this.outputs = each ? 1 : kind == TaskKind.BINARY || kind == TaskKind.MASK ? 1 : classes;
      this.numbers = column.elements() / pixels / elements;
    }

    double element(double[] outputs, double[] truth) {
      throw new IllegalStateException(this + " depends on which label it is");
    }

    double element(double[] outputs, double[] truth, int which) {
      return element(outputs, truth);
    }

    TaskLoss loss() {
      return TaskLosses.of(task);
    }

    /** Of samples; every third element is missing, or all are, or none. */
    double[] truth(int samples, long seed, Gaps gaps) {
      Random random = new Random(seed);
      double[] truth = new double[samples * column.elements()];
      for (int sample = 0; sample < samples; sample++) {
        for (int element = 0; element < elements; element++) {
          for (int pixel = 0; pixel < pixels; pixel++) {
            int index = (sample * elements + element) * pixels + pixel;
            boolean missing = gaps == Gaps.ALL || (gaps == Gaps.SOME && index % 3 == 1);
            for (int number = 0; number < numbers; number++) {
              truth[place(sample, element, number, numbers, pixel)] =
                  missing ? Double.NaN : one(random);
            }
          }
        }
      }
      return truth;
    }

    private double one(Random random) {
      if (!task.kind().hasLabels()) {
        return (float) random.nextGaussian();
      }
      return random.nextInt(task.kind() == TaskKind.MULTI_LABEL ? 2 : task.classes());
    }

    /** Where a number stands: samples, elements, numbers of each, pixels. */
    private int place(int sample, int element, int number, int count, int pixel) {
      return ((sample * elements + element) * count + number) * pixels + pixel;
    }

    Batch batch(int samples, double[] truth) {
      ByteBuffer bytes =
          ByteBuffer.allocate(samples * column.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (double value : truth) {
        if (task.kind().hasLabels()) {
          bytes.put((byte) (Double.isNaN(value) ? task.missing() : value));
        } else {
          bytes.putFloat((float) value);
        }
      }
      return new Batch(samples, Map.of("target", bytes.array()));
    }

    List<Integer> outputShape(int samples) {
      int channels = elements * outputs;
      return task.kind().hasPixels()
          ? List.of(samples, channels, HEIGHT, WIDTH)
          : List.of(samples, channels);
    }

    double labelled(double[] truth) {
      return Arrays.stream(truth).filter(value -> !Double.isNaN(value)).count() / (double) numbers;
    }

    double sum(int samples, double[] said, double[] truth) {
      double sum = 0;
      for (int sample = 0; sample < samples; sample++) {
        for (int element = 0; element < elements; element++) {
          for (int pixel = 0; pixel < pixels; pixel++) {
            double[] own = new double[outputs];
            double[] right = new double[numbers];
            for (int output = 0; output < outputs; output++) {
              own[output] = said[place(sample, element, output, outputs, pixel)];
            }
            for (int number = 0; number < numbers; number++) {
              right[number] = truth[place(sample, element, number, numbers, pixel)];
            }
            sum += Double.isNaN(right[0]) ? 0 : element(own, right, element);
          }
        }
      }
      return sum;
    }

    private static double crossEntropy(double[] outputs, double label) {
      double all = 0;
      for (double output : outputs) {
        all += Math.exp(output);
      }
      return Math.log(all) - outputs[(int) label];
    }

    private static double binary(double logit, double label, double yes, double no) {
      double probability = 1 / (1 + Math.exp(-logit));
      return label == 1 ? -yes * Math.log(probability) : -no * Math.log(1 - probability);
    }

    private static double focal(double probability, double gamma) {
      return -Math.pow(1 - probability, gamma) * Math.log(probability);
    }

    private static double huber(double error, double delta) {
      double size = Math.abs(error);
      return size <= delta ? error * error / 2 : delta * (size - delta / 2);
    }

    private static double absolutes(double[] outputs, double[] truth) {
      double sum = 0;
      for (int i = 0; i < outputs.length; i++) {
        sum += Math.abs(outputs[i] - truth[i]);
      }
      return sum;
    }

    private static double squares(double[] outputs, double[] truth) {
      double sum = 0;
      for (int i = 0; i < outputs.length; i++) {
        sum += (outputs[i] - truth[i]) * (outputs[i] - truth[i]);
      }
      return sum;
    }
  }

  /** What has no target. */
  enum Gaps {
    NONE,
    SOME,
    ALL
  }

  @ParameterizedTest
  @EnumSource
  void isTheSumWrittenOut(Case one) {
    for (Gaps gaps : new Gaps[] {Gaps.NONE, Gaps.SOME}) {
      try (PointerScope scope = new PointerScope()) {
        double[] truth = one.truth(SAMPLES, 5, gaps);
        Target target = Target.of(one.batch(SAMPLES, truth), one.column, one.task);
        Tensor outputs = CentralDifferences.normal(one.outputShape(SAMPLES), Draws.of(6));
        double expected = one.sum(SAMPLES, doubles(outputs), truth);
        assertThat(target.labelled()).isEqualTo(one.labelled(truth));
        assertThat(target.elements()).isEqualTo(SAMPLES * one.elements * one.pixels);
        assertThat(target.complete()).isEqualTo(gaps == Gaps.NONE);
        assertThat(expected).isPositive();
        assertThat(one.loss().sum(outputs, target).item_double())
            .as("gaps: %s", gaps)
            .isCloseTo(expected, within(1e-12 * expected));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void hasTheGradientOfCentralDifferences(Case one) {
    try (PointerScope scope = new PointerScope()) {
      double[] truth = one.truth(SAMPLES, 7, Gaps.SOME);
      Target target = Target.of(one.batch(SAMPLES, truth), one.column, one.task);
      Tensor outputs =
          CentralDifferences.normal(one.outputShape(SAMPLES), Draws.of(8)).requires_grad_(true);
      CentralDifferences.compare(
          List.of(outputs), () -> one.loss().sum(outputs, target), Draws.of(9));
    }
  }

  /** Also where an output is 0, of which a cosine has no direction to go by. */
  @ParameterizedTest
  @EnumSource
  void nothingLabelledIsZeroWithZeroGradient(Case one) {
    try (PointerScope scope = new PointerScope()) {
      double[] truth = one.truth(SAMPLES, 5, Gaps.ALL);
      Target target = Target.of(one.batch(SAMPLES, truth), one.column, one.task);
      assertThat(target.labelled()).isEqualTo(0);
      Tensor outputs = CentralDifferences.normal(one.outputShape(SAMPLES), Draws.of(6));
      for (Tensor said : List.of(outputs, torch.zeros_like(outputs))) {
        Tensor variable = said.clone().requires_grad_(true);
        Tensor loss = one.loss().sum(variable, target);
        assertThat(loss.item_double()).isEqualTo(0);
        // To the bit, but for the sign of zero.
        assertThat(Arrays.stream(gradient(loss, variable)).map(Math::abs).toArray())
            .containsOnly(0);
      }
    }
  }

  /**
   * What ranks count adds up: sums, labels and gradients of the parts of a batch are those of the
   * whole, so their quotient is the mean over the labels of the whole batch, however unequally they
   * are spread. To 1e-12, for sums in another order.
   */
  @ParameterizedTest
  @EnumSource
  void partsOfABatchAddUp(Case one) {
    try (PointerScope scope = new PointerScope()) {
      double[] truth = one.truth(SAMPLES, 11, Gaps.SOME);
      int each = one.column.elements();
      Arrays.fill(truth, 0, each, Double.NaN);
      Tensor outputs = CentralDifferences.normal(one.outputShape(SAMPLES), Draws.of(12));
      Counted whole = counted(one, outputs, truth, 0, SAMPLES);
      Counted first = counted(one, outputs, truth, 0, 1);
      Counted second = counted(one, outputs, truth, 1, SAMPLES);
      assertThat(first.labelled).isEqualTo(0);
      assertThat(first.labelled + second.labelled).isEqualTo(whole.labelled);
      assertThat(first.sum + second.sum).isCloseTo(whole.sum, within(1e-12 * whole.sum));
      double[] joined = Arrays.copyOf(first.gradient, whole.gradient.length);
      System.arraycopy(second.gradient, 0, joined, first.gradient.length, second.gradient.length);
      assertThat(joined).containsExactly(whole.gradient, within(1e-12));
    }
  }

  private static final class Counted {
    final double sum;
    final double labelled;
    final double[] gradient;

    Counted(double sum, double labelled, double[] gradient) {
      this.sum = sum;
      this.labelled = labelled;
      this.gradient = gradient;
    }
  }

  private static Counted counted(Case one, Tensor outputs, double[] truth, int from, int to) {
    int each = one.column.elements();
    Batch batch = one.batch(to - from, Arrays.copyOfRange(truth, from * each, to * each));
    Target target = Target.of(batch, one.column, one.task);
    Tensor part = outputs.narrow(0, from, to - from).clone().requires_grad_(true);
    Tensor loss = one.loss().sum(part, target);
    return new Counted(loss.item_double(), target.labelled(), gradient(loss, part));
  }

  /**
   * Where a power of 1 - p has an infinite derivative, or its logarithm none: of outputs that leave
   * no doubt in float, right or wrong.
   */
  @ParameterizedTest
  @EnumSource(names = {"FOCAL_CLASSES", "FOCAL_PIXEL_CLASSES", "FOCAL_YES_NO", "FOCAL_LABELS"})
  void aFocalLossOfWhatIsCertainIsFiniteWithAFiniteGradient(Case one) {
    try (PointerScope scope = new PointerScope()) {
      Target target =
          Target.of(one.batch(SAMPLES, one.truth(SAMPLES, 5, Gaps.SOME)), one.column, one.task);
      Tensor normal = CentralDifferences.normal(one.outputShape(SAMPLES), Draws.of(6));
      Tensor certain =
          normal.mul(new Scalar(400.0)).toType(ScalarType.Float).detach().requires_grad_(true);
      Tensor loss = one.loss().sum(certain, target);
      assertThat(loss.item_double()).isFinite().isPositive();
      for (double derivative : gradient(loss, certain)) {
        assertThat(derivative).isFinite();
      }
    }
  }

  /** Of an output of length 0 the cosine is 0, with a gradient that is finite. */
  @Test
  void aNormalOfLengthZeroHasCosineZero() {
    try (PointerScope scope = new PointerScope()) {
      double[] truth = Case.NORMALS.truth(SAMPLES, 5, Gaps.SOME);
      Target target =
          Target.of(Case.NORMALS.batch(SAMPLES, truth), Case.NORMALS.column, Case.NORMALS.task);
      Tensor outputs =
          torch
              .zeros(
                  longs(Case.NORMALS.outputShape(SAMPLES)), HostTensors.options(ScalarType.Double))
              .requires_grad_(true);
      Tensor loss = new CosineDistance().sum(outputs, target);
      assertThat(loss.item_double()).isEqualTo(target.labelled());
      for (double derivative : gradient(loss, outputs)) {
        assertThat(derivative).isFinite();
      }
    }
  }

  private static double[] gradient(Tensor of, Tensor variable) {
    return doubles(torch.grad(new TensorVector(of), new TensorVector(variable)).get(0));
  }

  private static double[] doubles(Tensor tensor) {
    Tensor dense = tensor.detach().toType(ScalarType.Double).contiguous();
    double[] values = new double[(int) dense.numel()];
    try (DoublePointer data = dense.data_ptr_double()) {
      data.capacity(values.length).get(values);
    }
    return values;
  }

  private static long[] longs(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).toArray();
  }
}
