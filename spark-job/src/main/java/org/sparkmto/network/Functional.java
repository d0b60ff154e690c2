package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The operations that the layers of networks compute with: those of PyTorch, by its names. A {@link
 * Network} that uses nothing else can be written down as a program of its own, see {@link
 * NetworkProgram}; one that calls libtorch itself is trained as well, but not exported as anything
 * but weights.
 *
 * <p>Results live in the scope of the caller.
 */
public final class Functional {
  private static final Spelling CONVOLUTION =
      new Spelling("F.conv2d(%s, %s, %s, %s, %s, %s)", "torch.conv2d(%s, %s, %s, %s, %s, %s, 1)");
  private static final Spelling LINEAR =
      new Spelling("F.linear(%s, %s, %s)", "torch.linear(%s, %s, %s)");
  private static final Spelling NORMALISATION =
      Spelling.of("torch.batch_norm(%s, %s, %s, %s, %s, False, 0.0, %s, False)");
  private static final Spelling NORMALISATION_OF_TASK =
      Spelling.of(
          "torch.batch_norm(%1$s, %2$s[%7$s], %3$s[%7$s], %4$s[%7$s], %5$s[%7$s], False, 0.0, %6$s,"
              + " False)");
  private static final Spelling RELU = Spelling.of("torch.relu(%s)");
  private static final Spelling SIGMOID = Spelling.of("torch.sigmoid(%s)");
  private static final Spelling SOFTMAX = Spelling.of("torch.softmax(%s, 1)");
  private static final Spelling CUT = Spelling.of("%s.detach()");
  private static final Spelling SUM = Spelling.of("%s + %s");
  private static final Spelling PRODUCT = Spelling.of("%s * %s");
  private static final Spelling LARGEST =
      new Spelling(
          "F.max_pool2d(%s, %s, %s, %s, [1, 1])",
          "torch.max_pool2d(%s, %s, %s, %s, [1, 1], False)");
  private static final Spelling LARGEST_AND_PLACES =
      new Spelling(
          "F.max_pool2d(%s, %s, %s, [0, 0], [1, 1], False, True)",
          "torch.max_pool2d_with_indices(%s, %s, %s, [0, 0], [1, 1], False)");
  private static final Spelling UNPOOLED =
      new Spelling(
          "F.max_unpool2d(%s, %s, %s, %s, [0, 0], %s)", "torch.max_unpool2d(%1$s, %2$s, %5$s)");
  private static final Spelling MEANS =
      new Spelling("F.adaptive_avg_pool2d(%s, %s)", "torch.adaptive_avg_pool2d(%s, %s)");
  private static final Spelling SIZED =
      new Spelling(
          "F.interpolate(%s, %s, mode=\"bilinear\", align_corners=%s)",
          "torch.upsample_bilinear2d(%s, %s, %s, None, None)");
  private static final Spelling JOINED = Spelling.of("torch.cat(%s, 1)");
  private static final Spelling FLAT = Spelling.of("torch.flatten(%s, 1)");
  private static final Spelling SPLIT = Spelling.of("torch.split_with_sizes(%s, %s, 1)");
  private static final Spelling VIEWED = Spelling.of("%s.view(-1, %s, %s, %s)");
  private static final Spelling REPEATED = Spelling.of("%s.unsqueeze(0).expand(%s.size(0), -1)");
  private static final Spelling SPREAD =
      Spelling.of("%s.unsqueeze(2).unsqueeze(3).expand(-1, -1, %s, %s)");

  private static final long[] ONE = {1, 1};
  private static final long[] NONE = {0, 0};

  private Functional() {}

  /** Whether a line needs no parameter but those that {@link SampleCopies} know how to take. */
  static boolean isOfEachCopy(NetworkTrace.Line line) {
    return List.of(CONVOLUTION, LINEAR, NORMALISATION).contains(line.spelling())
        || line.arguments().stream().noneMatch(Parameter.class::isInstance);
  }

  /**
   * A convolution of maps, {@code samples x channels x height x width}.
   *
   * @param bias null if there is none
   */
  public static Tensor conv2d(
      Tensor x, Parameter weight, Parameter bias, long stride, long padding, long dilation) {
    long[] strides = {stride, stride};
    long[] paddings = {padding, padding};
    long[] dilations = {dilation, dilation};
    SampleCopies copies = SampleCopies.open();
    TensorOptional added = optional(copies == null ? bias : null);
    boolean reachesOver = Math.max(1, padding) >= Math.min(x.size(2), x.size(3));
    Tensor out =
        Precision.wideIf(
            reachesOver,
            x,
            map -> torch.conv2d(map, weight.tensor(), added, strides, paddings, dilations, 1));
    LayerTap.note(
        out, x, weight, new LayerFactors.Window(weight.shape().get(2), padding, dilation, stride));
    return NetworkTrace.note(
        copies == null ? out : copies.plus(out, bias),
        CONVOLUTION,
        x,
        weight,
        bias,
        both(stride),
        both(padding),
        both(dilation));
  }

  /**
   * A linear layer on {@code samples x features}.
   *
   * @param bias null if there is none
   */
  public static Tensor linear(Tensor x, Parameter weight, Parameter bias) {
    SampleCopies copies = SampleCopies.open();
    Tensor out = torch.linear(x, weight.tensor(), optional(copies == null ? bias : null));
    LayerTap.note(out, x, weight, null);
    return NetworkTrace.note(
        copies == null ? out : copies.plus(out, bias), LINEAR, x, weight, bias);
  }

  /**
   * Batch normalisation. What is written down normalises by the running statistics.
   *
   * @param training whether by the batch's own instead, which moves the running ones by {@code
   *     momentum}
   */
  public static Tensor batchNorm(
      Tensor x,
      Parameter weight,
      Parameter bias,
      Parameter runningMean,
      Parameter runningVariance,
      boolean training,
      double momentum,
      double epsilon) {
    return NetworkTrace.note(
        torch.batch_norm(
            x,
            optional(weight),
            optional(bias),
            optional(runningMean),
            optional(runningVariance),
            training,
            momentum,
            epsilon,
            false),
        NORMALISATION,
        x,
        weight,
        bias,
        runningMean,
        runningVariance,
        epsilon);
  }

  /**
   * Batch normalisation by what one task has of it, with running statistics.
   *
   * @param task row of what each parameter has for the tasks
   */
  static Tensor batchNormOfTask(
      Tensor x,
      Parameter weight,
      Parameter bias,
      Parameter runningMean,
      Parameter runningVariance,
      int task,
      double epsilon) {
    return NetworkTrace.note(
        torch.batch_norm(
            x,
            row(weight, task),
            row(bias, task),
            row(runningMean, task),
            row(runningVariance, task),
            false,
            0,
            epsilon,
            false),
        NORMALISATION_OF_TASK,
        x,
        weight,
        bias,
        runningMean,
        runningVariance,
        epsilon,
        (long) task);
  }

  /** The larger of each number and zero. */
  public static Tensor relu(Tensor x) {
    return NetworkTrace.note(torch.relu(x), RELU, x);
  }

  /** The same in the memory of what is given, which is not to be used any more. */
  public static Tensor reluInPlace(Tensor x) {
    return NetworkTrace.note(x.relu_(), RELU, x);
  }

  /** The logistic function of each number. */
  public static Tensor sigmoid(Tensor x) {
    return NetworkTrace.note(torch.sigmoid(x), SIGMOID, x);
  }

  /** Exponentials of the numbers of a sample, {@code samples x numbers}, as shares of their sum. */
  public static Tensor softmax(Tensor x) {
    return NetworkTrace.note(torch.softmax(x, 1), SOFTMAX, x);
  }

  /** The same numbers, by which nothing is differentiated. */
  public static Tensor detach(Tensor x) {
    return NetworkTrace.note(x.detach(), CUT, x);
  }

  /** Every number times a learned one. */
  public static Tensor scaled(Tensor x, Parameter number) {
    return NetworkTrace.note(x.mul(number.tensor()), PRODUCT, x, number);
  }

  /** The sum, element by element. */
  public static Tensor add(Tensor x, Tensor y) {
    return NetworkTrace.note(x.add(y), SUM, x, y);
  }

  /** The same in the memory of the first, which is not to be used any more. */
  public static Tensor addInPlace(Tensor x, Tensor y) {
    return NetworkTrace.note(x.add_(y), SUM, x, y);
  }

  /** The product, element by element. */
  public static Tensor mul(Tensor x, Tensor y) {
    return NetworkTrace.note(x.mul(y), PRODUCT, x, y);
  }

  /** The largest number of each square of places. */
  public static Tensor maxPool2d(Tensor x, long kernel, long stride, long padding) {
    long[] kernels = {kernel, kernel};
    long[] strides = {stride, stride};
    long[] paddings = {padding, padding};
    return NetworkTrace.note(
        torch.max_pool2d(x, kernels, strides, paddings, ONE, false),
        LARGEST,
        x,
        both(kernel),
        both(stride),
        both(padding));
  }

  /** The largest number of each square of places, and where in its map it was. */
  public static List<Tensor> maxPool2dWithIndices(Tensor x, long kernel) {
    long[] kernels = {kernel, kernel};
    T_TensorTensor_T found = torch.max_pool2d_with_indices(x, kernels, kernels, NONE, ONE, false);
    return NetworkTrace.note(
        List.of(found.get0(), found.get1()), LARGEST_AND_PLACES, x, both(kernel), both(kernel));
  }

  /** Numbers where they were before {@link #maxPool2dWithIndices}; all others are zero. */
  public static Tensor maxUnpool2d(Tensor x, Tensor places, long kernel, long height, long width) {
    return NetworkTrace.note(
        torch.max_unpool2d(x, places, height, width),
        UNPOOLED,
        x,
        places,
        both(kernel),
        both(kernel),
        List.of(height, width));
  }

  /** Means over as many regions of the map as are asked for. */
  public static Tensor adaptiveAvgPool2d(Tensor x, long rows, long columns) {
    return NetworkTrace.note(
        InOneOrder.isWanted(x)
            ? InOneOrder.means(x, rows, columns)
            : torch.adaptive_avg_pool2d(x, rows, columns),
        MEANS,
        x,
        List.of(rows, columns));
  }

  /** Bilinear interpolation of maps to a size. */
  public static Tensor upsampleBilinear2d(Tensor x, long height, long width, boolean alignCorners) {
    return NetworkTrace.note(
        InOneOrder.isWanted(x)
            ? InOneOrder.upsampled(x, height, width, alignCorners)
            : torch.upsample_bilinear2d(
                x,
                new long[] {height, width},
                alignCorners,
                new DoubleOptional(),
                new DoubleOptional()),
        SIZED,
        x,
        List.of(height, width),
        alignCorners);
  }

  /** Tensors one after the other along their second axis. */
  public static Tensor cat(List<Tensor> tensors) {
    return NetworkTrace.note(torch.cat(HostTensors.vector(tensors), 1), JOINED, tensors);
  }

  /** All axes behind the first as one. */
  public static Tensor flatten(Tensor x) {
    return NetworkTrace.note(torch.flatten(x, 1, -1), FLAT, x);
  }

  /** The second axis cut into pieces of these lengths. */
  public static List<Tensor> split(Tensor x, List<Long> lengths) {
    TensorVector found =
        torch.split_with_sizes(x, lengths.stream().mapToLong(Long::longValue).toArray(), 1);
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < lengths.size(); i++) {
      parts.add(found.get(i));
    }
    return NetworkTrace.note(parts, SPLIT, x, lengths);
  }

  /** Rows of numbers as maps of this form. */
  public static Tensor viewed(Tensor x, long channels, long height, long width) {
    return NetworkTrace.note(
        x.view(x.size(0), channels, height, width), VIEWED, x, channels, height, width);
  }

  /** A row of numbers for each sample of a batch. */
  public static Tensor repeated(Parameter row, Tensor batch) {
    return NetworkTrace.note(
        row.tensor().unsqueeze(0).expand(batch.size(0), -1).contiguous(), REPEATED, row, batch);
  }

  /** The same of a row that is not learned. */
  static Tensor repeated(Tensor row, Tensor batch) {
    return NetworkTrace.note(row.unsqueeze(0).expand(batch.size(0), -1), REPEATED, row, batch);
  }

  /** Numbers of a sample at all places of a map. */
  public static Tensor spread(Tensor x, long height, long width) {
    return NetworkTrace.note(
        x.unsqueeze(2).unsqueeze(3).expand(x.size(0), x.size(1), height, width),
        SPREAD,
        x,
        height,
        width);
  }

  private static TensorOptional optional(Parameter parameter) {
    return parameter == null ? new TensorOptional() : new TensorOptional(parameter.tensor());
  }

  private static TensorOptional row(Parameter parameter, int row) {
    return new TensorOptional(parameter.tensor().select(0, row));
  }

  private static List<Long> both(long number) {
    return List.of(number, number);
  }
}
