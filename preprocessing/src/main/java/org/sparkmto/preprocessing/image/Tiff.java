package org.sparkmto.preprocessing.image;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferInt;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * TIFF files (revision 6.0) of one whole number for each pixel, such as the labels of Panoptic
 * Parts.
 *
 * <p>They are decoded here and not by the JDK, whose reader fills with zeros what a damaged strip
 * does not hold: a label of its own. Of a file with several images the first one is read, and
 * nothing else is followed, so that directories in a loop do no harm.
 */
public final class Tiff {
  /** Longest file that is decoded, in bytes. */
  public static final int MAX_FILE = 128 << 20;

  /** Tiles of 16x16, the smallest that are usual, of the largest image. Each costs a decoder. */
  private static final int MAX_PIECES = 1 << 17;

  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS = 258;
  private static final int COMPRESSION = 259;
  private static final int PHOTOMETRIC = 262;
  private static final int FILL_ORDER = 266;
  private static final int STRIPS = 273;
  private static final int SAMPLES_PER_PIXEL = 277;
  private static final int ROWS_PER_STRIP = 278;
  private static final int STRIP_BYTES = 279;
  private static final int PREDICTOR = 317;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int TILES = 324;
  private static final int TILE_BYTES = 325;
  private static final int SAMPLE_FORMAT = 339;

  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int NONE = 1;
  private static final int LZW = 5;
  private static final int DEFLATE = 8;
  private static final int OLD_DEFLATE = 32946;

  /** Where a field of the directory keeps its numbers. */
  private record Field(int type, int count, int at) {}

  private final ByteBuffer file;
  private final Map<Integer, Field> fields = new HashMap<>();

  private Tiff(byte[] bytes) throws UnreadableSampleException {
    if (bytes.length > MAX_FILE) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, "the file is longer than " + MAX_FILE + " bytes");
    }
    file = ByteBuffer.wrap(bytes);
    boolean little = bytes.length >= 4 && bytes[0] == 'I' && bytes[1] == 'I';
    boolean big = bytes.length >= 4 && bytes[0] == 'M' && bytes[1] == 'M';
    file.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    if ((!little && !big) || file.getShort(2) != 42) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "the file does not start like a TIFF of up to 4 GB");
    }
    directory();
  }

  /**
   * Decodes a file of one channel: whole numbers of 8, 16 or 32 bits, signed or not, in strips or
   * tiles, uncompressed or compressed by LZW or Deflate, with or without differences of neighbours.
   *
   * @throws UnreadableSampleException if the file is no such TIFF, is cut or damaged, announces
   *     more than {@link Jpeg#MAX_PIXELS}, or holds a number above {@code 2^31 - 1}
   */
  public static IntegerMap decodeNumbers(byte[] file) throws UnreadableSampleException {
    Tiff tiff = new Tiff(file);
    int width = tiff.number(WIDTH, 0);
    int height = tiff.number(HEIGHT, 0);
    int pixels = Pixels.of(width, height);
    Layout layout = tiff.layout(width, height);
    try (DecodingMemory.Held memory = DecodingMemory.SHARED.image(pixels)) {
      int[] values = new int[pixels];
      tiff.pieces(layout, values);
      return new IntegerMap(height, width, values);
    }
  }

  /** Encodes a map as signed numbers of 32 bits, compressed by LZW. */
  public static byte[] encode(IntegerMap map) {
    WritableRaster raster =
        Raster.createWritableRaster(
            new PixelInterleavedSampleModel(
                DataBuffer.TYPE_INT, map.width(), map.height(), 1, map.width(), new int[] {0}),
            new DataBufferInt(map.values(), map.values().length),
            new Point());
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_INT);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionType("LZW");
      writer.setOutput(out);
      BufferedImage pixels = new BufferedImage(model, raster, false, null);
      writer.write(null, new IIOImage(pixels, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException("a TIFF could not be written to memory", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private void directory() throws UnreadableSampleException {
    int at = place(4, 4) ? file.getInt(4) : -1;
    if (!place(at, 2)) {
      throw truncated("its directory");
    }
    int count = file.getShort(at) & 0xffff;
    if (!place(at + 2, 12L * count)) {
      throw truncated("its directory");
    }
    for (int i = 0; i < count; i++) {
      int entry = at + 2 + 12 * i;
      int tag = file.getShort(entry) & 0xffff;
      int type = file.getShort(entry + 2) & 0xffff;
      int numbers = file.getInt(entry + 4);
      if (type != SHORT && type != LONG) {
        continue; // texts and fractions; nothing that is needed here has such a type
      }
      int size = type == SHORT ? 2 : 4;
      boolean inside = numbers >= 0 && (long) numbers * size <= 4;
      fields.put(tag, new Field(type, numbers, inside ? entry + 8 : file.getInt(entry + 8)));
    }
  }

  /** The pieces of an image: strips are tiles of its whole width. */
  private record Layout(
      int width,
      int height,
      int pieceWidth,
      int pieceHeight,
      boolean cutAtTheEdge,
      Field offsets,
      Field lengths,
      Coding coding) {
    int across() {
      return (width - 1) / pieceWidth + 1;
    }

    int down() {
      return (height - 1) / pieceHeight + 1;
    }
  }

  /** How a number is stored. */
  private record Coding(int bits, boolean signed, int compression, boolean differences) {}

  private Layout layout(int width, int height) throws UnreadableSampleException {
    Coding coding = coding();
    boolean tiled = fields.containsKey(TILES);
    int pieceWidth = tiled ? number(TILE_WIDTH, 0) : width;
    int pieceHeight =
        tiled ? number(TILE_HEIGHT, 0) : Math.min(number(ROWS_PER_STRIP, height), height);
    Pixels.of(pieceWidth, pieceHeight);
    Field offsets = fields.get(tiled ? TILES : STRIPS);
    Field lengths = fields.get(tiled ? TILE_BYTES : STRIP_BYTES);
    Layout layout =
        new Layout(width, height, pieceWidth, pieceHeight, !tiled, offsets, lengths, coding);
    // Of a long and low image in narrow and high tiles, nearly everything would be padding.
    Pixels.of((long) layout.across() * pieceWidth, (long) layout.down() * pieceHeight);
    int pieces = layout.across() * layout.down();
    if (pieces > MAX_PIECES) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE,
          "an image in " + pieces + " pieces; at most " + MAX_PIECES + " are read");
    }
    if (offsets == null
        || lengths == null
        || offsets.count() != pieces
        || lengths.count() != pieces) {
      throw damaged("the directory does not list the " + pieces + " pieces of the image");
    }
    return layout;
  }

  private Coding coding() throws UnreadableSampleException {
    int bits = number(BITS, 1);
    int samples = number(SAMPLES_PER_PIXEL, 1);
    int format = number(SAMPLE_FORMAT, 1);
    int compression = number(COMPRESSION, NONE);
    int photometric = number(PHOTOMETRIC, 1);
    int predictor = number(PREDICTOR, 1);
    if (samples != 1
        || (bits != 8 && bits != 16 && bits != 32)
        || (format != 1 && format != 2)
        || (photometric != 1 && photometric != 3)
        || number(FILL_ORDER, 1) != 1
        || (predictor != 1 && predictor != 2)) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT,
          "not one whole number of 8, 16 or 32 bits for each pixel: samples "
              + samples
              + ", bits "
              + bits
              + ", sample format "
              + format
              + ", photometric "
              + photometric
              + ", predictor "
              + predictor);
    }
    if (compression != NONE
        && compression != LZW
        && compression != DEFLATE
        && compression != OLD_DEFLATE) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "compression " + compression + "; known are none, LZW and Deflate");
    }
    return new Coding(bits, format == 2, compression, predictor == 2);
  }

  private void pieces(Layout layout, int[] values) throws UnreadableSampleException {
    int bytesPerNumber = layout.coding().bits() / 8;
    byte[] piece = new byte[0];
    for (int p = 0; p < layout.across() * layout.down(); p++) {
      int top = p / layout.across() * layout.pieceHeight();
      int left = p % layout.across() * layout.pieceWidth();
      int rows = Math.min(layout.pieceHeight(), layout.height() - top);
      int columns = Math.min(layout.pieceWidth(), layout.width() - left);
      // The last strip is as short as the image; tiles at the edges are as large as all others.
      int stored = layout.cutAtTheEdge() ? rows : layout.pieceHeight();
      int length = stored * layout.pieceWidth() * bytesPerNumber;
      if (piece.length != length) {
        piece = new byte[length];
      }
      expand(layout, p, piece);
      ByteBuffer numbers = ByteBuffer.wrap(piece).order(file.order());
      for (int y = 0; y < rows; y++) {
        int from = y * layout.pieceWidth();
        row(numbers, from, values, (top + y) * layout.width() + left, columns, layout.coding());
      }
    }
  }

  private static void row(
      ByteBuffer numbers, int from, int[] values, int to, int columns, Coding coding)
      throws UnreadableSampleException {
    int previous = 0;
    for (int x = 0; x < columns; x++) {
      int stored =
          switch (coding.bits()) {
            case 8 -> numbers.get(from + x);
            case 16 -> numbers.getShort(2 * (from + x));
            default -> numbers.getInt(4 * (from + x));
          };
      previous = coding.differences() ? previous + stored : stored;
      int unused = 32 - coding.bits();
      int value = coding.signed() ? previous << unused >> unused : previous << unused >>> unused;
      if (!coding.signed() && value < 0) {
        throw damaged("the number " + (value & 0xFFFFFFFFL) + " is above 2^31 - 1");
      }
      values[to + x] = value;
    }
  }

  private void expand(Layout layout, int piece, byte[] to) throws UnreadableSampleException {
    long at = number(layout.offsets(), piece);
    long length = number(layout.lengths(), piece);
    if (!place(at, length)) {
      throw truncated("piece " + piece + " of its image");
    }
    switch (layout.coding().compression()) {
      case NONE -> {
        if (length < to.length) {
          throw damaged("piece " + piece + " of the image is too short");
        }
        file.get((int) at, to);
      }
      case LZW -> {
        if (LzwStrip.expand(file.array(), (int) at, (int) length, to) < to.length) {
          throw damaged("piece " + piece + " of the image ends before its last number");
        }
      }
      default -> inflate(piece, (int) at, (int) length, to);
    }
  }

  private void inflate(int piece, int at, int length, byte[] to) throws UnreadableSampleException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(file.array(), at, length);
      int filled = 0;
      while (filled < to.length) {
        int count = inflater.inflate(to, filled, to.length - filled);
        if (count == 0) {
          throw damaged("piece " + piece + " of the image ends before its last number");
        }
        filled += count;
      }
      // The check sum stands behind the last byte and is looked at only when that is asked for.
      if (inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
        throw damaged("piece " + piece + " of the image does not end with its last number");
      }
    } catch (DataFormatException e) {
      throw damaged("piece " + piece + " of the image cannot be inflated: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  /** The only number of a field, or {@code usual} if the directory has no such field. */
  private int number(int tag, int usual) throws UnreadableSampleException {
    Field field = fields.get(tag);
    if (field == null) {
      return usual;
    }
    if (field.count() != 1) {
      return -1; // nothing that is asked for here has several numbers or a negative one
    }
    return (int) Math.min(Integer.MAX_VALUE, number(field, 0));
  }

  private long number(Field field, int index) throws UnreadableSampleException {
    int size = field.type() == SHORT ? 2 : 4;
    long at = (field.at() & 0xFFFFFFFFL) + (long) size * index;
    if (!place(at, size)) {
      throw truncated("its directory");
    }
    return size == 2 ? file.getShort((int) at) & 0xffff : file.getInt((int) at) & 0xFFFFFFFFL;
  }

  private boolean place(long at, long length) {
    return at >= 0 && length >= 0 && at + length <= file.capacity();
  }

  private UnreadableSampleException truncated(String what) {
    return new UnreadableSampleException(
        Reason.TRUNCATED, "the file ends after " + file.capacity() + " bytes, before " + what);
  }

  private static UnreadableSampleException damaged(String detail) {
    return new UnreadableSampleException(Reason.DAMAGED, detail);
  }
}
