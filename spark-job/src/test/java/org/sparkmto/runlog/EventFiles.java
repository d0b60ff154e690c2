package org.sparkmto.runlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads event files as TensorBoard does, and checks every checksum; knows nothing of the writer.
 */
public final class EventFiles {
  private EventFiles() {}

  /** One event; what it does not have is empty. */
  record Event(
      double seconds, long step, String version, long sessionStatus, Map<String, Float> scalars) {}

  /** A field of a message: a number, or the bytes of something longer. */
  @SuppressWarnings("ArrayRecordComponent") // read at once where it is made
  private record Field(int number, long value, byte[] content) {
    ByteBuffer buffer() {
      return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    String text() {
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  /**
   * What a person sees of all files of a folder: values by tag and step. That a step comes twice,
   * without a start in between that takes back the first, is an error.
   */
  public static Map<String, NavigableMap<Long, Float>> seen(Path folder) {
    Map<String, NavigableMap<Long, Float>> seen = new TreeMap<>();
    for (Path file : files(folder)) {
      for (Event event : read(file)) {
        if (event.sessionStatus() == 1) {
          seen.values().forEach(steps -> steps.tailMap(event.step(), true).clear());
        }
        event
            .scalars()
            .forEach(
                (tag, value) ->
                    assertThat(
                            seen.computeIfAbsent(tag, name -> new TreeMap<>())
                                .put(event.step(), value))
                        .as("%s of step %d", tag, event.step())
                        .isNull());
      }
    }
    return seen;
  }

  static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static List<Event> read(Path file) {
    try {
      return read(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static List<Event> read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[8];
      in.get(length);
      assertThat(in.getInt()).isEqualTo(masked(length));
      byte[] data =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      in.get(data);
      assertThat(in.getInt()).isEqualTo(masked(data));
      events.add(event(data));
    }
    return events;
  }

  private static Event event(byte[] data) {
    double seconds = 0;
    long step = 0;
    String version = "";
    long status = 0;
    Map<String, Float> scalars = new LinkedHashMap<>();
    for (Field field : fields(data)) {
      switch (field.number()) {
        case 1 -> seconds = field.buffer().getDouble();
        case 2 -> step = field.value();
        case 3 -> version = field.text();
        case 5 -> fields(field.content()).forEach(value -> scalar(value.content(), scalars));
        case 7 -> status = fields(field.content()).get(0).value();
        default -> throw new AssertionError("field " + field.number());
      }
    }
    return new Event(seconds, step, version, status, scalars);
  }

  private static void scalar(byte[] value, Map<String, Float> scalars) {
    List<Field> fields = fields(value);
    assertThat(fields).extracting(Field::number).containsExactly(1, 2);
    assertThat(scalars.put(fields.get(0).text(), fields.get(1).buffer().getFloat())).isNull();
  }

  private static List<Field> fields(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    List<Field> fields = new ArrayList<>();
    while (in.hasRemaining()) {
      long key = varint(in);
      int number = Math.toIntExact(key / 8);
      int length =
          switch ((int) (key % 8)) {
            case 0 -> -1;
            case 1 -> 8;
            case 2 -> Math.toIntExact(varint(in));
            case 5 -> 4;
            default -> throw new AssertionError("encoding of key " + key);
          };
      if (length < 0) {
        fields.add(new Field(number, varint(in), new byte[0]));
      } else {
        byte[] content = new byte[length];
        in.get(content);
        fields.add(new Field(number, 0, content));
      }
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    long unit = 1;
    for (int next = in.get(); ; next = in.get()) {
      value += (next & 0x7F) * unit;
      if (next >= 0) {
        return value;
      }
      unit *= 128;
    }
  }

  private static int masked(byte[] data) {
    int checksum = checksum(data);
    return ((checksum >>> 15) | (checksum << 17)) + 0xa282ead8;
  }

  /** CRC-32C bit by bit, from its polynomial. */
  static int checksum(byte[] data) {
    int rest = -1;
    for (byte next : data) {
      rest ^= next & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        rest = (rest & 1) == 1 ? (rest >>> 1) ^ 0x82F63B78 : rest >>> 1;
      }
    }
    return ~rest;
  }
}
