package org.sparkmto.preprocessing.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.sparkmto.preprocessing.hostile.HostileCase.FileHarm;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.image.Png;

/** What can be wrong with a single file, whatever it should hold. */
final class FileHarms {
  private FileHarms() {}

  /** Harms of any file, by the name of their kind. */
  static Map<String, FileHarm> ofAnyFile() {
    Map<String, FileHarm> harms = new LinkedHashMap<>();
    harms.put("cut early", file -> cut(file, 20));
    harms.put("cut in the middle", file -> cut(file, Files.size(file) / 2));
    harms.put("cut late", file -> cut(file, Files.size(file) - 3));
    harms.put("empty", file -> cut(file, 0));
    harms.put("text instead", file -> Files.writeString(file, "this is not what you want\n"));
    harms.put("zeros instead", file -> Files.write(file, new byte[(int) Files.size(file)]));
    harms.put("flipped bytes in front", file -> flip(file, 12, 4));
    harms.put("flipped bytes in the middle", file -> flip(file, Files.size(file) / 2, 4));
    harms.put("link out of the root", FileHarms::linkOut);
    harms.put("link to itself", FileHarms::linkToItself);
    harms.put("link to nothing", file -> relink(file, Path.of("nothing-there")));
    harms.put("directory instead", FileHarms::directory);
    harms.put("pipe instead", FileHarms::pipe);
    harms.put("deleted", Files::delete);
    harms.put("3 GB of nothing", FileHarms::sparse);
    harms.put("random bytes", FileHarms::noise);
    return harms;
  }

  /** Harms of a picture. */
  static Map<String, FileHarm> ofPictures() {
    Map<String, FileHarm> harms = new LinkedHashMap<>();
    harms.put("60000 x 60000 PNG", file -> Files.write(file, png(60_000, 60_000, 8, 0, zeros(9))));
    harms.put("PNG that inflates for ever", file -> Files.write(file, png(8, 8, 8, 0, zeros(99))));
    harms.put(
        "PNG of 1 x 2^31", file -> Files.write(file, png(1, Integer.MAX_VALUE, 1, 0, zeros(9))));
    harms.put(
        "PNG of 1 x 24,000,000",
        file -> Files.write(file, png(1, 24_000_000, 8, 0, zeros(46)))); // filter, pixel, filter...
    harms.put("PNG of size 0", file -> Files.write(file, png(0, 8, 8, 0, zeros(9))));
    harms.put("PNG of impossible depth", file -> Files.write(file, png(8, 8, 7, 0, zeros(9))));
    harms.put("PNG of impossible colours", file -> Files.write(file, png(8, 8, 8, 5, zeros(9))));
    harms.put("PNG without data", file -> Files.write(file, png(64, 64, 8, 2, new byte[0])));
    harms.put("JPEG of 65500 x 65500", FileHarms::hugeJpeg);
    harms.put("gray JPEG instead", file -> Files.write(file, jpeg(40, 30)));
    harms.put(
        "16-bit PNG instead",
        file -> Files.write(file, Png.encode(new IntegerMap(9, 9, filled(81, 777)), 16)));
    harms.put(
        "PNG of one pixel",
        file -> Files.write(file, Png.encode(new IntegerMap(1, 1, new int[] {250}), 8)));
    return harms;
  }

  static void cut(Path file, long length) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(Math.max(0, Math.min(length, open.length())));
    }
  }

  static void flip(Path file, long from, int count) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < count; i++) {
      int at = (int) Math.min(bytes.length - 1L, from + i);
      bytes[at] ^= (byte) 0x5a;
    }
    Files.write(file, bytes);
  }

  /** A file outside that would be read with success, so that reading it shows. */
  private static void linkOut(Path file) throws IOException {
    Path outside = Files.createTempDirectory("outside").resolve(file.getFileName());
    Files.move(file, outside);
    byte[] other = Files.readAllBytes(outside);
    Files.write(outside, other);
    Files.createSymbolicLink(file, outside);
  }

  private static void linkToItself(Path file) throws IOException {
    relink(file, file.getFileName());
  }

  static void relink(Path file, Path target) throws IOException {
    Files.delete(file);
    Files.createSymbolicLink(file, target);
  }

  private static void directory(Path file) throws IOException {
    Files.delete(file);
    Files.createDirectory(file);
  }

  /** Whoever opens a pipe that nobody writes to waits for ever. */
  private static void pipe(Path file) throws IOException {
    Files.delete(file);
    try {
      int code = new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
      if (code != 0) {
        throw new IOException("mkfifo ended with " + code);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void sparse(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(3L << 30);
    }
  }

  private static void noise(Path file) throws IOException {
    byte[] bytes = new byte[4096];
    long state = 88172645463325252L;
    for (int i = 0; i < bytes.length; i++) {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
      bytes[i] = (byte) state;
    }
    Files.write(file, bytes);
  }

  /** A PNG of one IHDR, one IDAT and IEND with right checksums. */
  static byte[] png(int width, int height, int depth, int colours, byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 137, 80, 78, 71, 13, 10, 26, 10});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) depth).put((byte) colours);
    chunk(out, "IHDR", header.array());
    chunk(out, "IDAT", data);
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] content) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content);
    out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
    out.writeBytes(name);
    out.writeBytes(content);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  /** A few kilobytes that inflate to so many MiB of zeros. */
  static byte[] zeros(int mebibytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      byte[] block = new byte[1 << 20];
      for (int i = 0; i < mebibytes; i++) {
        deflater.write(block);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  private static void hugeJpeg(Path file) throws IOException {
    byte[] bytes = jpeg(16, 16);
    for (int i = 2; i + 9 < bytes.length; i++) {
      if ((bytes[i] & 0xff) == 0xFF && (bytes[i + 1] & 0xff) == 0xC0) {
        ByteBuffer.wrap(bytes).putShort(i + 5, (short) 65_500).putShort(i + 7, (short) 65_500);
      }
    }
    Files.write(file, bytes);
  }

  static byte[] jpeg(int width, int height) {
    byte[] samples = new byte[3 * width * height];
    Arrays.fill(samples, (byte) 90);
    return Jpeg.encode(new Image(3, height, width, samples), 0.9f);
  }

  private static int[] filled(int count, int value) {
    int[] values = new int[count];
    Arrays.fill(values, value);
    return values;
  }
}
