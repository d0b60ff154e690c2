package org.sparkmto.network;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.sparkmto.json.Json;
import org.sparkmto.network.Safetensors.Declared;
import org.sparkmto.network.Safetensors.Dtype;

/**
 * Writes a safetensors file front to back: the tensors are declared first, then their values follow
 * in the same order, in pieces of any size. The stream is the caller's to close.
 */
public final class SafetensorsWriter {
  private static final int PIECE = 1 << 16;

  private final OutputStream out;
  private final TensorCursor cursor;
  private final ByteBuffer piece = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Writes the header.
   *
   * @param tensors what will be written, in this order; each tensor begins where the one before it
   *     ends, so those of 8 bytes should stand first for readers that map the file
   * @param metadata text by name, readable without the values; may be empty
   * @throws IllegalArgumentException if two tensors have one name or the header is too long
   */
  public SafetensorsWriter(OutputStream out, List<Declared> tensors, Map<String, String> metadata)
      throws IOException {
    this.out = out;
    this.cursor = new TensorCursor(tensors);
    byte[] json = header(tensors, metadata);
    int padded = (json.length + Safetensors.ALIGNMENT - 1) / Safetensors.ALIGNMENT;
    padded *= Safetensors.ALIGNMENT;
    if (padded > Safetensors.LONGEST_HEADER) {
      throw new IllegalArgumentException("a header of " + padded + " bytes is too long");
    }
    ByteBuffer start = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(padded).put(json);
    while (start.hasRemaining()) {
      start.put((byte) ' ');
    }
    out.write(start.array());
  }

  private static byte[] header(List<Declared> tensors, Map<String, String> metadata)
      throws IOException {
    ObjectNode root = Json.object();
    if (!metadata.isEmpty()) {
      ObjectNode text = root.putObject(Safetensors.METADATA);
      // Map.of has another order in every JVM, but equal weights are to be equal files.
      new TreeMap<>(metadata).forEach(text::put);
    }
    Set<String> names = new HashSet<>();
    long offset = 0;
    for (Declared tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("two tensors are called " + tensor.name());
      }
      ObjectNode node = root.putObject(tensor.name());
      node.put("dtype", tensor.type().name());
      ArrayNode shape = node.putArray("shape");
      tensor.shape().forEach(shape::add);
      ArrayNode offsets = node.putArray("data_offsets").add(offset);
      offset = Math.addExact(offset, tensor.bytes());
      offsets.add(offset);
    }
    return root.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Writes the next values of the current tensor.
   *
   * @throws IllegalStateException if that tensor is not F32 or has fewer elements left
   */
  public void floats(float[] values, int at, int count) throws IOException {
    cursor.advance(Dtype.F32, count);
    for (int done = 0; done < count; ) {
      int now = Math.min(count - done, PIECE / Float.BYTES);
      piece.asFloatBuffer().put(values, at + done, now);
      out.write(piece.array(), 0, now * Float.BYTES);
      done += now;
    }
  }

  /**
   * Writes the next values of the current tensor.
   *
   * @throws IllegalStateException if that tensor is not F64 or has fewer elements left
   */
  public void doubles(double[] values, int at, int count) throws IOException {
    cursor.advance(Dtype.F64, count);
    for (int done = 0; done < count; ) {
      int now = Math.min(count - done, PIECE / Double.BYTES);
      piece.asDoubleBuffer().put(values, at + done, now);
      out.write(piece.array(), 0, now * Double.BYTES);
      done += now;
    }
  }

  /**
   * Flushes the stream; to be called at the end.
   *
   * @throws IllegalStateException if values of a declared tensor were never written
   */
  public void finish() throws IOException {
    cursor.requireEnd();
    out.flush();
  }
}
