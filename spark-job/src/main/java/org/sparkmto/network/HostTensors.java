package org.sparkmto.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Batch;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.ElementType;

/** Tensors from the memory of the JVM, and back: columns of a batch, constants. */
final class HostTensors {
  private static final Spelling BYTES = Spelling.of("%s.float() / 255");
  private static final Spelling NUMBERS = Spelling.of("%s.float()");
  private static final Spelling STANDARDISED =
      Spelling.of(
          "(%s.float() - torch.tensor(%s, device=%s.device).view(%s))"
              + " / torch.tensor(%s, device=%s.device).view(%s)");

  private HostTensors() {}

  /** The column's elements as a tensor of samples by shape, with the column's own type. */
  static Tensor raw(Batch batch, Column column) {
    byte[] bytes = batch.column(column.name());
    if (bytes.length != Math.multiplyExact(batch.samples(), column.bytes())) {
      throw new DataContractException(
          "column '" + column.name() + "' has " + bytes.length + " bytes in a batch");
    }
    long[] shape = new long[column.shape().size() + 1];
    shape[0] = batch.samples();
    for (int axis = 1; axis < shape.length; axis++) {
      shape[axis] = column.shape().get(axis - 1);
    }
    Tensor tensor = torch.empty(shape, options(type(column.type())), null);
    try (BytePointer data = new BytePointer(tensor.data_ptr())) {
      data.capacity(bytes.length).put(bytes, 0, bytes.length);
    }
    return tensor;
  }

  /**
   * The inputs of a network on its device, to which they go as stored; standardised there. Behind
   * them the preference, where the network has one as an input.
   */
  static List<Tensor> inputs(Batch batch, NetworkPlan plan, Device device) {
    return inputs(batch, plan, device, ScalarType.Float);
  }

  /** The same in other floating-point numbers. */
  static List<Tensor> inputs(Batch batch, NetworkPlan plan, Device device, ScalarType numbers) {
    List<Tensor> inputs = new ArrayList<>();
    for (Column column : plan.inputs()) {
      inputs.add(device.take(raw(batch, column)));
    }
    List<Tensor> all = standardised(inputs, plan, numbers);
    if (plan.isConditioned()) {
      all.add(numbers(plan.preference(), all.get(0)));
    }
    return all;
  }

  /** The preference of a plan, of 32 bits. */
  static Tensor shares(NetworkPlan plan) {
    float[] shares = new float[plan.preference().size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = plan.preference().get(i).floatValue();
    }
    return floats(shares, ScalarType.Float, shares.length);
  }

  /** The same of inputs as they are stored, one for each of the plan, which are used up. */
  static List<Tensor> standardised(List<Tensor> stored, NetworkPlan plan, ScalarType numbers) {
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < stored.size(); i++) {
      Column column = plan.inputs().get(i);
      ChannelStatistics statistics = plan.statistics().get(column.name());
      inputs.add(standardised(stored.get(i), column, statistics, numbers));
    }
    return inputs;
  }

  /** An input in floating point, standardised by the training split's channel statistics. */
  static Tensor input(Batch batch, Column column, ChannelStatistics statistics, ScalarType type) {
    return standardised(raw(batch, column), column, statistics, type);
  }

  private static Tensor standardised(
      Tensor stored, Column column, ChannelStatistics statistics, ScalarType type) {
    Tensor x = stored.toType(type);
    if (statistics == null) {
      return column.type() == ElementType.UINT8
          ? NetworkTrace.note(x.div(new Scalar(255.0)), BYTES, stored)
          : NetworkTrace.note(x, NUMBERS, stored);
    }
    int channels = column.shape().get(0);
    Float[] mean = new Float[channels];
    Float[] deviation = new Float[channels];
    for (int c = 0; c < channels; c++) {
      mean[c] = statistics.mean().get(c).floatValue();
      // A constant channel carries nothing; it must not become infinite.
      deviation[c] = (float) Math.max(statistics.deviation().get(c), 1e-6);
    }
    Long[] perChannel = new Long[column.shape().size()];
    Arrays.fill(perChannel, 1L);
    perChannel[0] = (long) channels;
    List<Float> means = List.of(mean);
    List<Float> deviations = List.of(deviation);
    List<Long> axes = List.of(perChannel);
    return NetworkTrace.note(
        x.sub_(beside(x, floats(means, type, axes)))
            .div_(beside(x, floats(deviations, type, axes))),
        STANDARDISED,
        stored,
        means,
        stored,
        axes,
        deviations,
        stored,
        axes);
  }

  private static Tensor floats(List<Float> values, ScalarType type, List<Long> shape) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return floats(array, type, shape.stream().mapToLong(Long::longValue).toArray());
  }

  /** A small constant tensor. */
  static Tensor floats(float[] values, ScalarType type, long... shape) {
    Tensor tensor = torch.empty(shape, options(ScalarType.Float), null);
    // An empty tensor has no storage to point at.
    if (values.length > 0) {
      try (FloatPointer data = tensor.data_ptr_float()) {
        data.capacity(values.length).put(values, 0, values.length);
      }
    }
    return tensor.toType(type);
  }

  /**
   * A tensor of the host on the device of another one. The host does not wait for what the device
   * still has to do: CUDA has read the memory when this returns, if it is not pinned.
   */
  static Tensor beside(Tensor other, Tensor host) {
    return other.is_cpu()
        ? host
        : host.to(other.device(), host.scalar_type(), true, false, new MemoryFormatOptional());
  }

  /** A vector of constants, rounded only to the type of a tensor, on its device. */
  static Tensor numbers(List<Double> values, Tensor other) {
    return constants(values.stream().mapToDouble(Double::doubleValue).toArray(), other);
  }

  /** The same of an array. */
  static Tensor constants(double[] values, Tensor other) {
    Tensor tensor = torch.empty(new long[] {values.length}, options(ScalarType.Double), null);
    try (DoublePointer data = tensor.data_ptr_double()) {
      data.capacity(values.length).put(values, 0, values.length);
    }
    return beside(other, tensor.toType(other.scalar_type()));
  }

  /** Zeros of a type on the device of a tensor. */
  static Tensor zeros(Tensor other, ScalarType type, long... shape) {
    return torch.zeros(shape, options(type).device(new DeviceOptional(other.device())));
  }

  /** Consecutive whole numbers, of 64 bits, on the device of a tensor. */
  static Tensor counted(Tensor other, long first, long count) {
    return torch.arange(
        new Scalar(first),
        new Scalar(first + count),
        options(ScalarType.Long).device(new DeviceOptional(other.device())));
  }

  /** All elements of a tensor, from wherever it lies. */
  static double[] doubles(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.numel())];
    if (values.length > 0 && !tensor.is_meta()) {
      Tensor wide = tensor.toType(ScalarType.Double).cpu().contiguous();
      try (DoublePointer data = wide.data_ptr_double()) {
        data.capacity(values.length).get(values);
      }
    }
    return values;
  }

  /** Elements of a tensor, from wherever it lies, into an array. */
  static void read(Tensor tensor, float[] into, int at, int count) {
    if (count == 0 || tensor.is_meta()) {
      Arrays.fill(into, at, at + count, 0);
      return;
    }
    Tensor host = tensor.toType(ScalarType.Float).cpu().contiguous();
    try (FloatPointer data = host.data_ptr_float()) {
      data.capacity(count).get(into, at, count);
    }
  }

  /** All elements of a tensor, from wherever it lies, as floats. */
  static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.numel())];
    read(tensor, values, 0, values.length);
    return values;
  }

  static TensorVector vector(List<Tensor> tensors) {
    return new TensorVector(tensors.toArray(Tensor[]::new));
  }

  static TensorOptions options(ScalarType type) {
    return new TensorOptions(type);
  }

  private static ScalarType type(ElementType type) {
    return switch (type) {
      case UINT8 -> ScalarType.Byte;
      case INT8 -> ScalarType.Char;
      case UINT16 -> ScalarType.UInt16;
      case INT16 -> ScalarType.Short;
      case INT32 -> ScalarType.Int;
      case FLOAT32 -> ScalarType.Float;
    };
  }
}
