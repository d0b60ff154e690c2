package org.sparkmto.preprocessing.matlab;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Makes small MATLAB files of version 5, little-endian and without compression: columns and rows of
 * whole numbers, and cells of texts. {@link MatFile} reads them.
 */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is allocated whole
public final class MatFileWriter {
  private static final String TITLE = "MATLAB 5.0 MAT-file, written by spark-mto";
  private static final int TITLE_BYTES = 116;
  private static final int HEADER_BYTES = 128;
  private static final int VERSION = 0x0100;

  private static final int CELL_CLASS = 1;
  private static final int CHAR_CLASS = 4;
  private static final int UINT8_CLASS = 9;
  private static final int UINT32_CLASS = 13;

  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  /** An empty file. */
  public MatFileWriter() {
    byte[] title = TITLE.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(title);
    while (header.position() < TITLE_BYTES) {
      header.put((byte) ' ');
    }
    header.putLong(0).putShort((short) VERSION).put((byte) 'I').put((byte) 'M');
    file.writeBytes(header.array());
  }

  /** Adds a column of unsigned numbers of 32 bits. */
  public MatFileWriter column(String name, List<Integer> numbers) {
    ByteBuffer data = littleEndian(Integer.BYTES * numbers.size());
    numbers.forEach(data::putInt);
    byte[] content = element(MatElement.UINT32, data.array());
    file.writeBytes(array(UINT32_CLASS, numbers.size(), 1, name, content));
    return this;
  }

  /** Adds a row of unsigned numbers of 8 bits. */
  public MatFileWriter row(String name, byte[] numbers) {
    byte[] content = element(MatElement.UINT8, numbers);
    file.writeBytes(array(UINT8_CLASS, 1, numbers.length, name, content));
    return this;
  }

  /** Adds a row of cells, each with a text. */
  public MatFileWriter cells(String name, List<String> texts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (String text : texts) {
      byte[] characters =
          text.getBytes(StandardCharsets.UTF_16LE); // MATLAB's own way for every character
      byte[] data = element(MatElement.UINT16, characters);
      content.writeBytes(array(CHAR_CLASS, text.isEmpty() ? 0 : 1, text.length(), "", data));
    }
    file.writeBytes(array(CELL_CLASS, 1, texts.size(), name, content.toByteArray()));
    return this;
  }

  /** The file so far. */
  public byte[] bytes() {
    return file.toByteArray();
  }

  private static byte[] array(int type, int rows, int columns, String name, byte[] content) {
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    byte[] flags = littleEndian(8).putInt(type).array();
    byte[] sizes = littleEndian(8).putInt(rows).putInt(columns).array();
    parts.writeBytes(element(MatElement.UINT32, flags));
    parts.writeBytes(element(MatElement.INT32, sizes));
    parts.writeBytes(element(MatElement.INT8, name.getBytes(StandardCharsets.US_ASCII)));
    parts.writeBytes(content);
    return element(MatElement.MATRIX, parts.toByteArray());
  }

  /** A tag of eight bytes, and the data up to a multiple of eight. */
  private static byte[] element(int type, byte[] data) {
    int padded = (data.length + 7) / 8 * 8;
    return littleEndian(8 + padded).putInt(type).putInt(data.length).put(data).array();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
