package org.sparkmto.preprocessing.pascal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.matlab.MatValue;

/** Decodes samples of PASCAL-Context. */
final class PascalReader implements SampleReader {
  /** The most bytes of a MATLAB file that are kept: every task of an executor holds one. */
  static final int MOST_KEPT = 48 << 20;

  /** Longest MATLAB file, in bytes. A mask of an image of 500x500 has at most 250 KB. */
  private static final int MAX_MAT = 16 << 20;

  private static final int VOC_CLASSES = 21;

  /** Where a PNG says how many bits a channel has, and which channels there are. */
  private static final int BITS = 24;

  private static final int COLOURS = 25;

  private final RawFiles files;
  private final String base;
  private final List<PascalTask> tasks;
  private final ImageSize size;
  private final Filter filter;
  private final NearestPixel nearest;
  private final boolean allNormals;

  PascalReader(
      RawFiles files,
      String base,
      List<PascalTask> tasks,
      ImageSize size,
      Filter filter,
      NearestPixel nearest,
      boolean allNormals) {
    this.files = files;
    this.base = base;
    this.tasks = tasks;
    this.size = size;
    this.filter = filter;
    this.nearest = nearest;
    this.allNormals = allNormals;
  }

  /** What a sample carries: which file has its classes. */
  static byte[] labels(String semseg) {
    return semseg.getBytes(StandardCharsets.US_ASCII);
  }

  /** A target of a MATLAB file must have the size of its image. */
  static void checkSize(MatValue target, int height, int width) throws UnreadableSampleException {
    if (!target.isMatrix()) {
      throw new UnreadableSampleException(
          Reason.WRONG_SIZE, "it has more dimensions than rows and columns");
    }
    checkSize(target.rows(), target.columns(), height, width);
  }

  /** A target must have the size of its image. */
  static void checkSize(int height, int width, int wantedHeight, int wantedWidth)
      throws UnreadableSampleException {
    if (height != wantedHeight || width != wantedWidth) {
      throw new UnreadableSampleException(
          Reason.WRONG_SIZE,
          "it has "
              + height
              + "x"
              + width
              + " pixels, the image "
              + wantedHeight
              + "x"
              + wantedWidth);
    }
  }

  @Override
  public List<byte[]> read(RawSample sample) throws UnreadableSampleException, IOException {
    return new Decoding(sample).columns();
  }

  /** One sample. */
  private final class Decoding {
    private final RawSample sample;
    private int height;
    private int width;
    private ContextLabels labelMap;

    private Decoding(RawSample sample) {
      this.sample = sample;
    }

    private List<byte[]> columns() throws UnreadableSampleException, IOException {
      List<byte[]> columns = new ArrayList<>();
      Image image = decoded(PascalFile.IMAGE, Jpeg.MAX_FILE, Jpeg::decode);
      height = image.height();
      width = image.width();
      columns.add(image.resized(size.height(), size.width(), filter).samples());
      boolean hasValue = false;
      for (PascalTask task : tasks) {
        if (task == PascalTask.NORMALS) {
          short[] normals = normals().resized(size, nearest);
          ByteBuffer bytes =
              ByteBuffer.wrap(new byte[2 * normals.length]).order(ByteOrder.LITTLE_ENDIAN);
          for (short component : normals) {
            bytes.putShort(component);
            hasValue |= component != (short) ElementType.INT16.missing();
          }
          columns.add(bytes.array());
        } else {
          byte[] labels = bytes(labels(task));
          for (byte label : labels) {
            hasValue |= label != (byte) Task.MISSING;
          }
          columns.add(labels);
        }
      }
      if (!hasValue) {
        throw new UnreadableSampleException(
            Reason.NO_LABELS, "no target has a value anywhere in the image");
      }
      return columns;
    }

    private IntegerMap labels(PascalTask task) throws UnreadableSampleException, IOException {
      return switch (task) {
        case SEGMENTATION -> classes();
        case HUMAN_PARTS ->
            decoded(PascalFile.PARTS, MAX_MAT, file -> HumanParts.parse(file, height, width));
        case SALIENCY -> saliency();
        case EDGES -> labelMap().edges();
        case NORMALS -> throw new IllegalArgumentException("normals are no labels");
      };
    }

    private IntegerMap classes() throws UnreadableSampleException, IOException {
      PascalFile kind = PascalFile.valueOf(new String(sample.labels(), StandardCharsets.US_ASCII));
      return decoded(
          kind,
          Png.MAX_FILE,
          file -> {
            IntegerMap labels = Png.decodeNumbers(file);
            checkSize(labels.height(), labels.width(), height, width);
            for (int label : labels.values()) {
              if (label >= VOC_CLASSES && label != Task.MISSING) {
                throw new UnreadableSampleException(
                    Reason.BAD_LABEL, "it has label " + label + ", not one of 0..20 or 255");
              }
            }
            return labels;
          });
    }

    private IntegerMap saliency() throws UnreadableSampleException, IOException {
      return decoded(
          PascalFile.SALIENCY,
          Png.MAX_FILE,
          file -> {
            IntegerMap gray = Png.decodeNumbers(file);
            if (file[BITS] != 8 || file[COLOURS] != 0) {
              throw new UnreadableSampleException(
                  Reason.WRONG_FORMAT, "it is no gray picture of 8 bits a pixel");
            }
            checkSize(gray.height(), gray.width(), height, width);
            int[] salient = new int[gray.values().length];
            for (int i = 0; i < salient.length; i++) {
              salient[i] = gray.values()[i] / 255.0 > 0.5 ? 1 : 0;
            }
            return new IntegerMap(height, width, salient);
          });
    }

    private NormalPicture normals() throws UnreadableSampleException, IOException {
      Image picture =
          decoded(
              PascalFile.NORMALS,
              Png.MAX_FILE,
              file -> {
                Image colours = Png.decodeColour(file);
                if ((file[COLOURS] & 2) == 0) {
                  throw new UnreadableSampleException(
                      Reason.WRONG_FORMAT, "it is gray, without the three parts of a normal");
                }
                checkSize(colours.height(), colours.width(), height, width);
                return colours;
              });
      boolean[] valid = new boolean[height * width];
      Arrays.fill(valid, true);
      if (!allNormals) {
        ContextLabels map = labelMap();
        for (int i = 0; i < valid.length; i++) {
          valid[i] = map.isInNyu(i / width, i % width);
        }
      }
      return new NormalPicture(picture, valid);
    }

    private ContextLabels labelMap() throws UnreadableSampleException, IOException {
      if (labelMap == null) {
        labelMap =
            decoded(
                PascalFile.LABEL_MAP, MAX_MAT, file -> ContextLabels.parse(file, height, width));
      }
      return labelMap;
    }

    private byte[] bytes(IntegerMap labels) {
      int[] values = labels.resized(size.height(), size.width(), nearest).values();
      byte[] bytes = new byte[values.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) values[i];
      }
      return bytes;
    }

    /** Names the file in which something was wrong. */
    private <T> T decoded(PascalFile kind, int limit, Decoder<T> decoder)
        throws UnreadableSampleException, IOException {
      String name = kind.of(sample.id());
      try {
        return decoder.decode(files.read(new Path(base, name), limit));
      } catch (UnreadableSampleException e) {
        boolean gone = e.reason() == Reason.NO_IMAGE && kind != PascalFile.IMAGE;
        throw new UnreadableSampleException(
            gone ? Reason.NO_TARGET : e.reason(), name + ": " + e.getMessage());
      }
    }
  }

  private interface Decoder<T> {
    T decode(byte[] file) throws UnreadableSampleException;
  }
}
