package org.sparkmto.preprocessing.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * whatever size a header announces, takes colours of unnumbered channels for others than libjpeg
 * does, knows no inks, and converts colours where a file carries an ICC profile. The decoder here
 * therefore walks over the file's segments first, wants an end-of-image marker, bounds the size,
 * hands on what an image needs and nothing else, and converts colours itself: what comes out is,
 * byte for byte, what libjpeg-turbo gives Pillow, OpenCV and torchvision. Profiles change nothing.
 */
public final class Jpeg {
  /** Longest file that is decoded, in bytes. */
  public static final int MAX_FILE = 32 << 20;

  /** Most pixels that are decoded. */
  public static final int MAX_PIXELS = 25_000_000;

  private static final Pattern STRAY_BYTES =
      Pattern.compile("Corrupt JPEG data: (\\d{1,9}) extraneous bytes before marker 0x[0-9a-f]+");

  private Jpeg() {}

  /**
   * Decodes a file to red, green and blue, as it is stored, whatever it says about its way up. A
   * gray file gives three equal channels; inks are converted as Pillow does, without a profile.
   *
   * @throws UnreadableSampleException if the file is no JPEG, is cut or damaged, announces more
   *     than {@link #MAX_PIXELS}, has two channels or more than four, or is of a kind that is not
   *     read: lossless, with arithmetic coding, or of 12 bits
   */
  public static Image decode(byte[] file) throws UnreadableSampleException {
    return decode(file, ImageReading.USUAL);
  }

  static Image decode(byte[] file, ImageReading reading) throws UnreadableSampleException {
    return decode(checked(file, reading));
  }

  /**
   * Decodes a file to red, green and blue and turns it upright, as EXIF or XMP say.
   *
   * @throws UnreadableSampleException as {@link #decode}
   */
  public static Image decodeUpright(byte[] file) throws UnreadableSampleException {
    return decodeUpright(file, ImageReading.USUAL);
  }

  static Image decodeUpright(byte[] file, ImageReading reading) throws UnreadableSampleException {
    JpegFile jpeg = checked(file, reading);
    return jpeg.orientation().upright(decode(jpeg));
  }

  private static JpegFile checked(byte[] file, ImageReading reading)
      throws UnreadableSampleException {
    int most = reading.mostBytes(MAX_FILE);
    if (file.length > most) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, "the file is longer than " + most + " bytes");
    }
    return JpegFile.parse(file, reading.mostPixels());
  }

  private static Image decode(JpegFile jpeg) throws UnreadableSampleException {
    JpegColours colours = jpeg.colours();
    try (DecodingMemory.Held memory = DecodingMemory.SHARED.image(jpeg.pixels())) {
      return colours.image(numbers(jpeg, colours));
    }
  }

  /** The numbers of all channels, at full size, before any conversion. */
  private static Raster numbers(JpegFile jpeg, JpegColours colours)
      throws UnreadableSampleException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try (ImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg.plain()))) {
      // Thrown out of the decoder: after a warning it would go on through all scans for nothing.
      reader.addIIOReadWarningListener(
          (IIOReadWarningListener)
              (source, warning) -> {
                if (!isPadding(warning, jpeg)) {
                  throw new IllegalStateException("it warned: " + warning);
                }
              });
      reader.setInput(in, true, true);
      Raster raster = reader.readRaster(0, null);
      if (raster.getNumBands() != colours.channels()) {
        throw new IllegalStateException(raster.getNumBands() + " channels came out");
      }
      return raster;
    } catch (IOException | RuntimeException e) {
      // The decoder meets hostile headers with unchecked exceptions of many kinds.
      throw new UnreadableSampleException(Reason.DAMAGED, "the decoder failed: " + e.getMessage());
    } finally {
      reader.dispose();
    }
  }

  /**
   * Zeros behind a scan, which some cameras write and every program passes over. Other bytes there
   * may be what is left of samples that flipped bits have cut off.
   */
  private static boolean isPadding(String warning, JpegFile jpeg) {
    Matcher stray = STRAY_BYTES.matcher(String.valueOf(warning));
    return stray.matches() && Integer.parseInt(stray.group(1)) <= jpeg.padding();
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
}
