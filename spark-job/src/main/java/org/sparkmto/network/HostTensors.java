package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
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

  /** The inputs of a network, standardised as its plan says. */
  static List<Tensor> inputs(Batch batch, NetworkPlan plan) {
    List<Tensor> inputs = new ArrayList<>();
    for (Column column : plan.inputs()) {
      inputs.add(input(batch, column, plan.statistics().get(column.name()), ScalarType.Float));
    }
    return inputs;
  }

  /** An input in floating point, standardised by the training split's channel statistics. */
  static Tensor input(Batch batch, Column column, ChannelStatistics statistics, ScalarType type) {
    Tensor x = raw(batch, column).toType(type);
    if (statistics == null) {
      return column.type() == ElementType.UINT8 ? x.div(new Scalar(255.0)) : x;
    }
    int channels = column.shape().get(0);
    float[] mean = new float[channels];
    float[] deviation = new float[channels];
    for (int c = 0; c < channels; c++) {
      mean[c] = statistics.mean().get(c).floatValue();
      // A constant channel carries nothing; it must not become infinite.
      deviation[c] = (float) Math.max(statistics.deviation().get(c), 1e-6);
    }
    long[] perChannel = new long[column.shape().size()];
    java.util.Arrays.fill(perChannel, 1);
    perChannel[0] = channels;
    return x.sub_(floats(mean, type, perChannel)).div_(floats(deviation, type, perChannel));
  }

  /** A small constant tensor. */
  static Tensor floats(float[] values, ScalarType type, long... shape) {
    Tensor tensor = torch.empty(shape, options(ScalarType.Float), null);
    try (FloatPointer data = tensor.data_ptr_float()) {
      data.capacity(values.length).put(values, 0, values.length);
    }
    return tensor.toType(type);
  }

  /** A vector of constants, rounded to float. */
  static Tensor constants(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats(floats, ScalarType.Float, floats.length);
  }

  /** A vector of constants, rounded only to the type that is asked for. */
  static Tensor numbers(List<Double> values, ScalarType type) {
    Tensor tensor = torch.empty(new long[] {values.size()}, options(ScalarType.Double), null);
    try (DoublePointer data = tensor.data_ptr_double()) {
      data.capacity(values.size())
          .put(values.stream().mapToDouble(Double::doubleValue).toArray(), 0, values.size());
    }
    return tensor.toType(type);
  }

  /** All elements of a tensor. */
  static double[] doubles(Tensor tensor) {
    Tensor wide = tensor.toType(ScalarType.Double).contiguous();
    double[] values = new double[(int) wide.numel()];
    try (DoublePointer data = wide.data_ptr_double()) {
      data.capacity(values.length).get(values);
    }
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
