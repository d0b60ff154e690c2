package org.sparkmto.preprocessing.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * The segments of a JPEG file (ITU-T T.81), up to the end of its image: what a decoder needs in one
 * piece, and what the rest says about colours and about the way up.
 *
 * <p>Bytes that belong to no segment are passed over, as libjpeg does.
 */
final class JpegFile {
  /** Ten are usual in a progressive file. Each costs a pass over the image, however empty it is. */
  private static final int MAX_SCANS = 64;

  private static final int TEM = 0x01;
  private static final int START_OF_IMAGE = 0xD8;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int START_OF_SCAN = 0xDA;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;
  private static final int APP15 = 0xEF;
  private static final int COMMENT = 0xFE;

  private static final byte[] JFIF = text("JFIF\0");
  private static final byte[] ADOBE = text("Adobe");

  /** Adobe's word on colours where there is none. */
  private static final int NO_ADOBE = -1;

  private final byte[] file;
  private final int most;
  private final ByteArrayOutputStream plain;
  private final ExifOrientation orientation = new ExifOrientation();
  private int pixels;
  private int frame;
  private int scans;
  private int padding;
  private boolean jfif;
  private int adobe = NO_ADOBE;

  private JpegFile(byte[] file, int most) {
    this.file = file;
    this.most = most;
    this.plain = new ByteArrayOutputStream(file.length);
  }

  /**
   * Looks at every segment.
   *
   * @throws UnreadableSampleException if the file is no JPEG, is cut or damaged, or announces more
   *     than {@code most} pixels
   */
  static JpegFile parse(byte[] file, int most) throws UnreadableSampleException {
    JpegFile jpeg = new JpegFile(file, most);
    if (file.length < 3 || jpeg.at(0) != 0xFF || jpeg.at(1) != 0xD8) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "the file does not start like a JPEG");
    }
    jpeg.walk();
    return jpeg;
  }

  /** The file without what says nothing about samples: APPn, comments, stray bytes. */
  byte[] plain() {
    return plain.toByteArray();
  }

  /** Pixels that the file announces. */
  int pixels() {
    return pixels;
  }

  /** The most zeros in a row that stand right before a marker of a scan. */
  int padding() {
    return padding;
  }

  /** Which way is up, by EXIF or XMP. */
  Orientation orientation() {
    return orientation.found();
  }

  /**
   * What the numbers of a pixel mean, by libjpeg's rules: what JFIF and Adobe say, else how the
   * channels are numbered.
   *
   * @throws UnreadableSampleException if there are neither one, three nor four channels
   */
  JpegColours colours() throws UnreadableSampleException {
    int channels = at(frame + 7);
    return switch (channels) {
      case 1 -> JpegColours.GRAY;
      case 3 -> ofThree();
      case 4 -> adobe == NO_ADOBE || adobe == 0 ? JpegColours.CMYK : JpegColours.YCCK;
      default -> throw new UnreadableSampleException(Reason.WRONG_FORMAT, channels + " channels");
    };
  }

  private JpegColours ofThree() throws UnreadableSampleException {
    if (jfif) {
      return JpegColours.YCC;
    }
    if (adobe != NO_ADOBE) {
      return adobe == 0 ? JpegColours.RGB : JpegColours.YCC;
    }
    boolean letters = at(frame + 8) == 'R' && at(frame + 11) == 'G' && at(frame + 14) == 'B';
    return letters ? JpegColours.RGB : JpegColours.YCC;
  }

  private void walk() throws UnreadableSampleException {
    plain.write(file, 0, 2);
    int position = 2;
    while (true) {
      position = marker(position);
      int marker = at(position++);
      if (marker == END_OF_IMAGE) {
        if (pixels == 0 || scans == 0) {
          throw damaged("the file holds no image");
        }
        write(marker);
        return;
      }
      if (marker == TEM || isRestart(marker)) {
        continue; // nothing belongs to them, and outside of a scan they mean nothing
      }
      if (marker == START_OF_IMAGE) {
        throw damaged("another image begins at byte " + (position - 2));
      }
      int length = at(position) << 8 | at(position + 1);
      if (length < 2) {
        throw damaged("a segment of length " + length + " at byte " + (position - 2));
      }
      at(position + length - 1);
      int start = position;
      position += length;
      if (scans == 0) {
        listen(marker, start + 2, position);
      }
      if (isFrame(marker)) {
        frame(marker, start);
      }
      if (marker == START_OF_SCAN) {
        if (++scans > MAX_SCANS) {
          throw new UnreadableSampleException(
              Reason.TOO_LARGE, "more than " + MAX_SCANS + " scans of one image");
        }
        position = endOfScan(position);
      }
      if (!isRemark(marker)) {
        write(marker);
        plain.write(file, start, position - start);
      }
    }
  }

  /** The place of the next marker's code: behind stray bytes, stuffed zeros and fill bytes. */
  private int marker(int from) throws UnreadableSampleException {
    int position = from;
    while (true) {
      while (at(position) != 0xFF) {
        position++;
      }
      while (at(position) == 0xFF) {
        position++;
      }
      if (at(position) != 0) {
        return position;
      }
    }
  }

  private void write(int marker) {
    plain.write(0xFF);
    plain.write(marker);
  }

  /** Remarks count where they stand before the first scan, where libjpeg settles its colours. */
  private void listen(int marker, int from, int to) throws UnreadableSampleException {
    if (marker == APP0) {
      jfif |= to - from >= 14 && starts(from, JFIF);
    } else if (marker == APP14 && to - from >= 12 && starts(from, ADOBE)) {
      adobe = at(from + 11);
    } else if (marker == APP1) {
      orientation.segment(file, from, to);
    }
  }

  private void frame(int marker, int start) throws UnreadableSampleException {
    if (pixels > 0) {
      throw damaged("the file announces two images");
    }
    if (marker > 0xC2) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT,
          marker < 0xC9
              ? "a lossless or hierarchical JPEG; baseline and progressive ones are read"
              : "a JPEG with arithmetic coding; those with Huffman codes are read");
    }
    if (at(start + 2) != 8) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, at(start + 2) + " bits a channel; JPEGs of 8 are read");
    }
    int channels = at(start + 7);
    if (start + 8 + 3 * channels > file.length) {
      at(file.length);
    }
    frame = start;
    int width = at(start + 5) << 8 | at(start + 6);
    int height = at(start + 3) << 8 | at(start + 4);
    pixels = Pixels.of(width, height, most);
  }

  /** Entropy-coded data ends at a marker that is neither a stuffed zero nor a restart. */
  private int endOfScan(int from) throws UnreadableSampleException {
    int position = from;
    int zeros = 0;
    while (true) {
      int here = at(position);
      if (here != 0xFF) {
        zeros = here == 0 ? zeros + 1 : 0;
        position++;
        continue;
      }
      int next = at(position + 1);
      if (next == 0) {
        zeros = 0;
        position += 2;
      } else if (next == 0xFF) {
        position++;
      } else {
        padding = Math.max(padding, zeros);
        if (!isRestart(next)) {
          return position;
        }
        zeros = 0;
        position += 2;
      }
    }
  }

  /** Start of frame: C0..CF without the Huffman (C4), arithmetic (CC) and reserved (C8) tables. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static boolean isRestart(int marker) {
    return marker >= 0xD0 && marker <= 0xD7;
  }

  private static boolean isRemark(int marker) {
    return (marker >= APP0 && marker <= APP15) || marker == COMMENT;
  }

  private boolean starts(int from, byte[] text) throws UnreadableSampleException {
    for (int i = 0; i < text.length; i++) {
      if (at(from + i) != (text[i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private int at(int position) throws UnreadableSampleException {
    if (position >= file.length) {
      throw new UnreadableSampleException(
          Reason.TRUNCATED, "the file ends after " + file.length + " bytes, before its image does");
    }
    return file[position] & 0xff;
  }

  private static UnreadableSampleException damaged(String detail) {
    return new UnreadableSampleException(Reason.DAMAGED, detail);
  }
}
