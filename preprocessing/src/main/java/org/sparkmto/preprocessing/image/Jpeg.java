package org.sparkmto.preprocessing.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * JPEG files to and from images.
 *
 * <p>The JDK's decoder fills the rest of a cut file with gray and raises no exception, allocates
 * whatever size a header announces, and converts colours where a file carries an ICC profile. The
 * decoder here therefore walks over the file's segments first: it wants an end-of-image marker,
 * bounds the size, and drops the profile, so that equal pixels in a file are equal in the shards.
 */
public final class Jpeg {
  /** Longest file that is decoded, in bytes. */
  public static final int MAX_FILE = 32 << 20;

  /** Most pixels that are decoded. */
  public static final int MAX_PIXELS = 25_000_000;

  /** Ten are usual in a progressive file. Each costs a pass over the image, however empty it is. */
  private static final int MAX_SCANS = 64;

  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int APP2 = 0xE2;

  /** A file that is worth decoding, and the pixels it announces. */
  private static final class Checked {
    private final byte[] file;
    private final int pixels;

    private Checked(byte[] file, int pixels) {
      this.file = file;
      this.pixels = pixels;
    }
  }

  private Jpeg() {}

  /**
   * Decodes a file to red, green and blue; a gray file gives three equal channels.
   *
   * @throws UnreadableSampleException if the file is no JPEG, is cut or damaged, announces more
   *     than {@link #MAX_PIXELS}, or has neither one nor three channels
   */
  public static Image decode(byte[] file) throws UnreadableSampleException {
    if (file.length > MAX_FILE) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, "the file is longer than " + MAX_FILE + " bytes");
    }
    Checked plain = checkedWithoutProfile(file);
    try (DecodingMemory.Held memory = DecodingMemory.SHARED.image(plain.pixels)) {
      return decodeChecked(plain.file);
    }
  }

  private static Image decodeChecked(byte[] plain) throws UnreadableSampleException {
    Raster raster;
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(plain))) {
      // Thrown out of the decoder: after a warning it would go on through all scans for nothing.
      reader.addIIOReadWarningListener(
          (IIOReadWarningListener)
              (source, warning) -> {
                throw new IllegalStateException("it warned: " + warning);
              });
      reader.setInput(in, true, true);
      raster = reader.read(0).getRaster();
    } catch (IOException | RuntimeException e) {
      // The decoder meets hostile headers with unchecked exceptions of many kinds.
      throw new UnreadableSampleException(Reason.DAMAGED, "the decoder failed: " + e.getMessage());
    } finally {
      reader.dispose();
    }
    return planes(raster);
  }

  /**
   * Encodes an image of three channels.
   *
   * @param quality 0 to 1, as the JDK understands it
   */
  public static byte[] encode(Image image, float quality) {
    BufferedImage pixels =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    int[] line = new int[image.width()];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < line.length; x++) {
        line[x] = image.at(0, y, x) << 16 | image.at(1, y, x) << 8 | image.at(2, y, x);
      }
      pixels.getRaster().setDataElements(0, y, line.length, 1, line);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(quality);
      writer.setOutput(out);
      writer.write(null, new IIOImage(pixels, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException("a JPEG could not be written to memory", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static Image planes(Raster raster) throws UnreadableSampleException {
    int bands = raster.getNumBands();
    if (bands != 1 && bands != 3) {
      throw new UnreadableSampleException(Reason.WRONG_FORMAT, bands + " channels");
    }
    int height = raster.getHeight();
    int width = raster.getWidth();
    int area = height * width;
    byte[] samples = new byte[3 * area];
    int[] line = new int[width];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        raster.getSamples(0, y, width, 1, Math.min(c, bands - 1), line);
        for (int x = 0; x < width; x++) {
          samples[c * area + y * width + x] = (byte) line[x];
        }
      }
    }
    return new Image(3, height, width, samples);
  }

  /** The file without its APP2 segments, after a look at everything the decoder does not check. */
  private static Checked checkedWithoutProfile(byte[] file) throws UnreadableSampleException {
    if (file.length < 3 || at(file, 0) != 0xFF || at(file, 1) != 0xD8 || at(file, 2) != 0xFF) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "the file does not start like a JPEG");
    }
    ByteArrayOutputStream plain = new ByteArrayOutputStream(file.length);
    plain.write(file, 0, 2);
    int pixels = 0;
    int scans = 0;
    int position = 2;
    while (true) {
      int start = position;
      if (at(file, position) != 0xFF) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, "no segment starts at byte " + position);
      }
      while (at(file, position) == 0xFF) {
        position++;
      }
      int marker = at(file, position++);
      if (marker == END_OF_IMAGE) {
        if (pixels == 0 || scans == 0) {
          throw new UnreadableSampleException(Reason.DAMAGED, "the file holds no image");
        }
        plain.write(file, start, position - start);
        return new Checked(plain.toByteArray(), pixels);
      }
      int length = at(file, position) << 8 | at(file, position + 1);
      if (length < 2) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, "a segment of length " + length + " at byte " + start);
      }
      if (isFrame(marker)) {
        if (pixels > 0) {
          throw new UnreadableSampleException(Reason.DAMAGED, "the file announces two images");
        }
        pixels = pixels(file, position);
      }
      position += length;
      if (marker == START_OF_SCAN) {
        if (++scans > MAX_SCANS) {
          throw new UnreadableSampleException(
              Reason.TOO_LARGE, "more than " + MAX_SCANS + " scans of one image");
        }
        position = endOfScan(file, position);
      }
      at(file, position - 1);
      if (marker != APP2) {
        plain.write(file, start, position - start);
      }
    }
  }

  /** Start of frame: C0..CF without the Huffman (C4), arithmetic (CC) and reserved (C8) tables. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static int pixels(byte[] file, int position) throws UnreadableSampleException {
    int height = at(file, position + 3) << 8 | at(file, position + 4);
    int width = at(file, position + 5) << 8 | at(file, position + 6);
    return Pixels.of(width, height);
  }

  /** Entropy-coded data ends at a marker that is neither a stuffed zero nor a restart. */
  private static int endOfScan(byte[] file, int position) throws UnreadableSampleException {
    while (true) {
      if (at(file, position) == 0xFF) {
        int next = at(file, position + 1);
        if (next != 0 && next != 0xFF && !(next >= 0xD0 && next <= 0xD7)) {
          return position;
        }
      }
      position++;
    }
  }

  private static int at(byte[] file, int position) throws UnreadableSampleException {
    if (position >= file.length) {
      throw new UnreadableSampleException(
          Reason.TRUNCATED, "the file ends after " + file.length + " bytes, before its image does");
    }
    return file[position] & 0xff;
  }
}
