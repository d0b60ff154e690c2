package org.sparkmto.witness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** Tensors by name, from a safetensors file of 32-bit numbers that fits into an array. */
final class TensorFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ByteBuffer bytes;
  private final JsonNode header;
  private final int start;
  private final DataType type;

  private TensorFile(byte[] content, DataType type) throws IOException {
    this.bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    this.type = type;
    this.start = Long.BYTES + Math.toIntExact(bytes.getLong(0));
    this.header = JSON.readTree(content, Long.BYTES, start - Long.BYTES);
  }

  /**
   * Reads a file.
   *
   * @param type of the tensors that are made of it
   */
  static TensorFile read(Path file, DataType type) throws IOException {
    return new TensorFile(Files.readAllBytes(file), type);
  }

  /** What the file says besides. */
  String word(String name) {
    return header.path("__metadata__").path(name).asText();
  }

  /** The type of its tensors here. */
  DataType type() {
    return type;
  }

  boolean has(String name) {
    return header.has(name);
  }

  /** What stands between a beginning and an end in the names of tensors. */
  Set<String> between(String begin, String end) {
    Set<String> found = new TreeSet<>();
    for (Iterator<String> names = header.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (name.startsWith(begin) && name.endsWith(end)) {
        found.add(name.substring(begin.length(), name.length() - end.length()));
      }
    }
    return found;
  }

  long[] shape(String name) {
    JsonNode lengths = header.path(name).path("shape");
    long[] shape = new long[lengths.size()];
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = lengths.get(axis).asLong();
    }
    return shape;
  }

  INDArray tensor(String name) {
    JsonNode offsets = header.path(name).path("data_offsets");
    int begin = start + offsets.get(0).asInt();
    int length = start + offsets.get(1).asInt() - begin;
    float[] values = new float[length / Float.BYTES];
    bytes.slice(begin, length).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return Nd4j.createFromArray(values).reshape('c', shape(name)).castTo(type);
  }

  /** Writes tensors as vectors of 64-bit numbers, row-major. */
  static void write(Path file, Map<String, INDArray> tensors) throws IOException {
    Map<String, double[]> vectors = new LinkedHashMap<>();
    ObjectNode header = JSON.createObjectNode();
    long offset = 0;
    for (Map.Entry<String, INDArray> tensor : tensors.entrySet()) {
      double[] vector = tensor.getValue().dup('c').data().asDouble();
      vectors.put(tensor.getKey(), vector);
      ObjectNode node = header.putObject(tensor.getKey());
      node.put("dtype", "F64");
      node.putArray("shape").add(vector.length);
      long end = offset + (long) vector.length * Double.BYTES;
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(Long.BYTES + json.length + offset));
    all.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json);
    for (double[] vector : vectors.values()) {
      for (double value : vector) {
        all.putDouble(value);
      }
    }
    Files.write(file, all.array());
  }
}
