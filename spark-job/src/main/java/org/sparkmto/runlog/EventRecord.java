package org.sparkmto.runlog;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Records of TensorBoard's event files, as bytes. A file is a sequence of TFRecords (length,
 * checksum of the length, data, checksum of the data; all little endian), each of which holds an
 * {@code Event} in the encoding of protocol buffers: field by field a key, which is the field's
 * number and how its value is written, and the value. Only the fields that a log of numbers needs
 * are known here.
 */
final class EventRecord {
  private static final String VERSION = "brain.Event:2";

  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int BYTES = 2;
  private static final int FOUR_BYTES = 5;

  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;

  /** Fields of a session log, a summary, and a value of a summary. */
  private static final int STATUS = 1;

  private static final int START = 1;
  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private EventRecord() {}

  /** The first record of a file: the version from which on starts of sessions are heeded. */
  static byte[] version(double seconds) {
    return event(seconds, 0).bytes(FILE_VERSION, VERSION.getBytes(StandardCharsets.UTF_8)).framed();
  }

  /** A session starts: readers forget what they have read of this step and later ones. */
  static byte[] start(double seconds, long step) {
    byte[] session = new EventRecord().key(STATUS, VARINT).varint(START).content();
    return event(seconds, step).bytes(SESSION_LOG, session).framed();
  }

  /**
   * Numbers of a step.
   *
   * @param values by tag; written as floats
   */
  static byte[] scalars(double seconds, long step, Map<String, Double> values) {
    EventRecord summary = new EventRecord();
    values.forEach(
        (tag, value) ->
            summary.bytes(
                VALUE,
                new EventRecord()
                    .bytes(TAG, tag.getBytes(StandardCharsets.UTF_8))
                    .key(SIMPLE_VALUE, FOUR_BYTES)
                    .fixed(Float.floatToIntBits(value.floatValue()), Float.BYTES)
                    .content()));
    return event(seconds, step).bytes(SUMMARY, summary.content()).framed();
  }

  private static EventRecord event(double seconds, long step) {
    return new EventRecord()
        .key(WALL_TIME, EIGHT_BYTES)
        .fixed(Double.doubleToLongBits(seconds), Double.BYTES)
        .key(STEP, VARINT)
        .varint(step);
  }

  private EventRecord key(int field, int encoding) {
    return varint(((long) field << 3) | encoding);
  }

  /** Seven bits a byte, the lowest first; all but the last byte have their highest bit set. */
  private EventRecord varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  private EventRecord fixed(long bits, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) ((bits >>> (8 * i)) & 0xFF));
    }
    return this;
  }

  private EventRecord bytes(int field, byte[] content) {
    key(field, BYTES).varint(content.length);
    out.writeBytes(content);
    return this;
  }

  private byte[] content() {
    return out.toByteArray();
  }

  private byte[] framed() {
    byte[] content = content();
    byte[] length =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(content.length)
            .array();
    return ByteBuffer.allocate(length.length + content.length + 2 * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(length)
        .putInt(maskedChecksum(length))
        .put(content)
        .putInt(maskedChecksum(content))
        .array();
  }

  /**
   * CRC-32C, rotated right by 15 bits, plus a constant: masked, because a checksum over data that
   * holds its own checksum says little.
   */
  static int maskedChecksum(byte[] data) {
    CRC32C checksum = new CRC32C();
    checksum.update(data, 0, data.length);
    return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
  }
}
