package org.sparkmto.preprocessing.matlab;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Writes MATLAB files of version 7.3, which are HDF5 files, from front to back: arrays of numbers
 * in one piece each, in the oldest version of the format ("HDF5 File Format Specification", version
 * 3.0: superblock 0, object headers 1, one symbol table), as MATLAB itself does. MATLAB's 512 bytes
 * in front are left out. {@link Mat73} reads the files.
 */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is allocated whole
public final class Mat73Writer {
  private static final long UNDEFINED = -1;
  private static final int LEAF_K = 4;
  private static final int INTERNAL_K = 16;
  private static final int MOST_VARIABLES = 2 * LEAF_K;

  private static final int SUPERBLOCK = 96;
  private static final int ENTRY = 40;
  private static final int TREE = 24 + (2 * INTERNAL_K + 1) * 8 + 2 * INTERNAL_K * 8;
  private static final int HEAP_HEAD = 32;
  private static final int SYMBOLS = 8 + MOST_VARIABLES * ENTRY;
  private static final int HEADER_HEAD = 16;
  private static final int MESSAGE_HEAD = 8;

  /** What the elements of a variable are, all little-endian. */
  public enum ElementKind {
    UINT8("uint8", 1),
    UINT16("uint16", 2),
    SINGLE("single", 4);

    private final String matlabName;
    private final int bytes;

    ElementKind(String matlabName, int bytes) {
      this.matlabName = matlabName;
      this.bytes = bytes;
    }
  }

  /**
   * A variable.
   *
   * @param name in ASCII
   * @param kind of its elements
   * @param dimensions in the order of HDF5, which is the reverse of MATLAB's
   */
  public record Variable(String name, ElementKind kind, List<Integer> dimensions) {
    public Variable {
      dimensions = List.copyOf(dimensions);
    }

    private long bytes() {
      return dimensions.stream().mapToLong(Integer::longValue).reduce(kind.bytes, (a, b) -> a * b);
    }
  }

  /** Writes all elements of a variable, the last dimension fastest. */
  @FunctionalInterface
  public interface Content {
    void write(Variable variable, OutputStream out) throws IOException;
  }

  private final List<Variable> variables;

  /** Names one behind the other, behind an empty one. */
  private final ByteBuffer names;

  private final List<Integer> nameOffsets = new ArrayList<>();
  private final List<Long> headers = new ArrayList<>();
  private final List<Long> data = new ArrayList<>();
  private final long tree = SUPERBLOCK + HEADER_HEAD + MESSAGE_HEAD + 16;
  private final long heap = tree + TREE;
  private final long symbols;
  private final long end;

  private Mat73Writer(List<Variable> given) {
    variables = given.stream().sorted(Comparator.comparing(Variable::name)).toList();
    if (variables.isEmpty() || variables.size() > MOST_VARIABLES) {
      throw new IllegalArgumentException(
          "a file of " + variables.size() + " variables; it takes 1 to " + MOST_VARIABLES);
    }
    int nameBytes = 8;
    for (Variable variable : variables) {
      nameOffsets.add(nameBytes);
      nameBytes += padded(variable.name().length() + 1);
    }
    names = littleEndian(nameBytes);
    symbols = heap + HEAP_HEAD + nameBytes;
    long at = symbols + SYMBOLS;
    for (int i = 0; i < variables.size(); i++) {
      names.put(nameOffsets.get(i), variables.get(i).name().getBytes(StandardCharsets.US_ASCII));
      headers.add(at);
      at += header(variables.get(i), 0).length;
    }
    for (Variable variable : variables) {
      data.add(at);
      at = Math.addExact(at, (variable.bytes() + 7) / 8 * 8);
    }
    end = at;
  }

  /**
   * Writes a file and closes the stream.
   *
   * @param variables at most eight
   * @param content of each, asked for one after the other in the order of their names
   * @throws IllegalStateException if a variable gets another number of bytes than its dimensions
   *     say
   */
  public static void write(OutputStream out, List<Variable> variables, Content content)
      throws IOException {
    Mat73Writer writer = new Mat73Writer(variables);
    try (Counted counted = new Counted(new BufferedOutputStream(out, 1 << 16))) {
      writer.writeNames(counted);
      for (Variable variable : writer.variables) {
        counted.write(writer.header(variable, writer.data.get(writer.variables.indexOf(variable))));
      }
      for (int i = 0; i < writer.variables.size(); i++) {
        Variable variable = writer.variables.get(i);
        content.write(variable, counted);
        if (counted.written != writer.data.get(i) + variable.bytes()) {
          throw new IllegalStateException(
              variable + " has got " + (counted.written - writer.data.get(i)) + " bytes");
        }
        counted.write(new byte[(int) (padded(variable.bytes()) - variable.bytes())]);
      }
    }
  }

  private void writeNames(OutputStream out) throws IOException {
    ByteBuffer superblock = littleEndian(SUPERBLOCK);
    superblock.putLong(0x0a1a0a0d46444889L); // 0x89 H D F \r \n 0x1a \n
    superblock.putInt(0).put((byte) 0).put((byte) 8).put((byte) 8).put((byte) 0);
    superblock.putShort((short) LEAF_K).putShort((short) INTERNAL_K).putInt(0);
    superblock.putLong(0).putLong(UNDEFINED).putLong(end).putLong(UNDEFINED);
    superblock.putLong(0).putLong(SUPERBLOCK).putInt(1).putInt(0).putLong(tree).putLong(heap);
    out.write(superblock.array());

    ByteBuffer table = littleEndian(16).putLong(tree).putLong(heap);
    out.write(objectHeader(List.of(message(0x11, table.array()))));

    ByteBuffer node = littleEndian(TREE).put(ascii("TREE")).put((byte) 0).put((byte) 0);
    node.putShort((short) 1).putLong(UNDEFINED).putLong(UNDEFINED);
    node.putLong(0).putLong(symbols).putLong(nameOffsets.get(variables.size() - 1));
    out.write(node.array());

    ByteBuffer head = littleEndian(HEAP_HEAD).put(ascii("HEAP")).putInt(0);
    long noFreeSpace = 1;
    head.putLong(names.capacity()).putLong(noFreeSpace).putLong(heap + HEAP_HEAD);
    out.write(head.array());
    out.write(names.array());

    ByteBuffer entries = littleEndian(SYMBOLS).put(ascii("SNOD")).put((byte) 1).put((byte) 0);
    entries.putShort((short) variables.size());
    for (int i = 0; i < variables.size(); i++) {
      entries.putLong(nameOffsets.get(i)).putLong(headers.get(i)).put(new byte[ENTRY - 16]);
    }
    out.write(entries.array());
  }

  private byte[] header(Variable variable, long address) {
    int rank = variable.dimensions().size();
    ByteBuffer space = littleEndian(8 + 8 * rank).put((byte) 1).put((byte) rank).position(8);
    variable.dimensions().forEach(space::putLong);
    ByteBuffer fill = littleEndian(8).put((byte) 2).put((byte) 2).put((byte) 2).put((byte) 1);
    ByteBuffer layout = littleEndian(24).put((byte) 3).put((byte) 1);
    layout.putLong(address).putLong(variable.bytes());
    return objectHeader(
        List.of(
            message(0x01, space.array()),
            message(0x03, type(variable.kind())),
            message(0x05, fill.array()),
            message(0x08, layout.array()),
            message(0x0c, matlabClass(variable.kind().matlabName))));
  }

  private static byte[] type(ElementKind kind) {
    int bits = 8 * kind.bytes;
    if (kind != ElementKind.SINGLE) {
      ByteBuffer whole = littleEndian(16).putInt(0x10).putInt(kind.bytes);
      return whole.putShort((short) 0).putShort((short) bits).array();
    }
    // IEEE: sign in bit 31, exponent of 8 bits from bit 23 on with bias 127, an implied first bit.
    ByteBuffer real = littleEndian(24).putInt(0x001f2011).putInt(kind.bytes);
    real.putShort((short) 0).putShort((short) bits);
    return real.put((byte) 23).put((byte) 8).put((byte) 0).put((byte) 23).putInt(127).array();
  }

  /** The attribute that says what MATLAB calls the type. */
  private static byte[] matlabClass(String name) {
    String attribute = "MATLAB_class";
    int nameBytes = attribute.length() + 1;
    ByteBuffer all = littleEndian(8 + padded(nameBytes) + 8 + 8 + padded(name.length()));
    all.put((byte) 1).put((byte) 0).putShort((short) nameBytes);
    all.putShort((short) 8).putShort((short) 8).put(ascii(attribute));
    all.position(8 + padded(nameBytes)).putInt(0x0113).putInt(name.length());
    return all.put((byte) 1).position(all.position() + 7).put(ascii(name)).array();
  }

  private static byte[] message(int type, byte[] content) {
    ByteBuffer message = littleEndian(MESSAGE_HEAD + content.length);
    message.putShort((short) type).putShort((short) content.length).putInt(0);
    return message.put(content).array();
  }

  private static byte[] objectHeader(List<byte[]> messages) {
    int size = messages.stream().mapToInt(message -> message.length).sum();
    ByteBuffer header = littleEndian(HEADER_HEAD + size).put((byte) 1).put((byte) 0);
    header.putShort((short) messages.size()).putInt(1).putInt(size).putInt(0);
    messages.forEach(header::put);
    return header.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static int padded(int bytes) {
    return (bytes + 7) / 8 * 8;
  }

  private static long padded(long bytes) {
    return (bytes + 7) / 8 * 8;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Knows how far the file is written. */
  private static final class Counted extends FilterOutputStream {
    private long written;

    Counted(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      written++;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      out.write(bytes, from, count);
      written += count;
    }
  }
}
