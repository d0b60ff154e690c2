package org.sparkmto.preprocessing.cityscapes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.image.RealMap;
import org.sparkmto.preprocessing.image.Tiff;

/** Decodes samples of Cityscapes. */
final class CityscapesReader implements SampleReader {
  /** Where the number of bits of a sample stands in a PNG, whose header always comes first. */
  private static final int PNG_BITS = 24;

  private static final String SEPARATOR = "\0"; // in no file name

  private final RawFiles files;
  private final Choices choices;

  CityscapesReader(RawFiles files, Choices choices) {
    this.files = files;
    this.choices = choices;
  }

  /** What a sample carries: its files, in the order of {@link Choices#files()}. */
  static byte[] paths(List<String> paths) {
    return String.join(SEPARATOR, paths).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public List<byte[]> read(RawSample sample) throws UnreadableSampleException, IOException {
    return new Decoding(sample).columns();
  }

  /** One sample, and whether a target of it has a value. */
  private final class Decoding {
    private final Map<RawFile, String> paths = new EnumMap<>(RawFile.class);
    private int height;
    private int width;
    private boolean hasValue;

    private Decoding(RawSample sample) {
      String[] parts = new String(sample.labels(), StandardCharsets.UTF_8).split(SEPARATOR, -1);
      int next = 0;
      for (RawFile kind : choices.files()) {
        paths.put(kind, parts[next++]);
      }
    }

    private List<byte[]> columns() throws UnreadableSampleException, IOException {
      List<byte[]> columns = new ArrayList<>();
      columns.add(image());
      IntegerMap labels = labels();
      for (LabelKind target : choices.tasks().targets()) {
        columns.add(
            switch (target) {
              case SEGMENTATION -> segmentation(labels);
              case OFFSETS -> offsets(labels);
              case PARTS -> parts();
              case DISPARITY -> disparity();
            });
      }
      if (!hasValue) {
        throw new UnreadableSampleException(
            Reason.NO_LABELS, "no target has a value anywhere in the image");
      }
      return columns;
    }

    private byte[] image() throws UnreadableSampleException, IOException {
      byte[] file = bytes(RawFile.IMAGE, Png.MAX_FILE);
      Image image = within(RawFile.IMAGE, () -> Png.decodeColour(file));
      height = image.height();
      width = image.width();
      ImageSize size = choices.size();
      return image.resized(size.height(), size.width(), choices.filter()).samples();
    }

    private IntegerMap labels() throws UnreadableSampleException, IOException {
      IntegerMap labels = numbers(RawFile.LABEL_IDS, 8);
      for (int id : labels.values()) {
        if (id >= Label.IDS && id != Label.MINUS_ONE) {
          throw about(
              RawFile.LABEL_IDS, Reason.BAD_LABEL, "it has label " + id + ", not one of 0..33");
        }
      }
      return labels;
    }

    private byte[] segmentation(IntegerMap labels) {
      int[] ids = resized(labels);
      byte[] classes = new byte[ids.length];
      for (int i = 0; i < ids.length; i++) {
        classes[i] = choices.classes().of(ids[i]);
        hasValue |= classes[i] != (byte) Task.MISSING;
      }
      return classes;
    }

    private byte[] offsets(IntegerMap labels) throws UnreadableSampleException, IOException {
      IntegerMap numbers = numbers(RawFile.INSTANCE_IDS, 16);
      RealMap offsets =
          within(
              RawFile.INSTANCE_IDS,
              () ->
                  new Instances(labels, numbers, choices.groups())
                      .offsets(choices.targetSize(), choices.nearest()));
      return bytes(offsets.values());
    }

    private byte[] parts() throws UnreadableSampleException, IOException {
      byte[] file = bytes(RawFile.PARTS, Tiff.MAX_FILE);
      IntegerMap numbers = within(RawFile.PARTS, () -> Tiff.decodeNumbers(file));
      checkSize(RawFile.PARTS, numbers);
      return within(
          RawFile.PARTS,
          () -> {
            int previous = -1;
            for (int uid : numbers.values()) {
              if (uid != previous) { // runs are long
                Parts.classOf(uid);
                previous = uid;
              }
            }
            int[] uids = resized(numbers);
            byte[] classes = new byte[uids.length];
            for (int i = 0; i < uids.length; i++) {
              classes[i] = (byte) Parts.classOf(uids[i]);
              // All of a void image is background, which says nothing about it.
              hasValue |= Label.ALL.get(Parts.labelOf(uids[i])).category() != Label.Category.VOID;
            }
            return classes;
          });
    }

    private byte[] disparity() throws UnreadableSampleException, IOException {
      int[] raw = resized(numbers(RawFile.DISPARITY, 16));
      int missing = (int) ElementType.UINT16.missing();
      if (choices.disparity() != DisparityConvention.METRIC_DEPTH) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * raw.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int p : raw) {
          bytes.putShort((short) p);
          hasValue |= p != missing;
        }
        return bytes.array();
      }
      byte[] file = bytes(RawFile.CAMERA, Camera.MAX_FILE);
      Camera camera = within(RawFile.CAMERA, () -> Camera.parse(file));
      float[] depths = new float[raw.length];
      for (int i = 0; i < raw.length; i++) {
        depths[i] = raw[i] == missing ? Float.NaN : camera.depth(raw[i], choices.maxDepth());
      }
      return bytes(depths);
    }

    private byte[] bytes(float[] values) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        bytes.putFloat(value);
        hasValue |= !Float.isNaN(value);
      }
      return bytes.array();
    }

    private int[] resized(IntegerMap map) {
      ImageSize size = choices.targetSize();
      return map.resized(size.height(), size.width(), choices.nearest()).values();
    }

    private IntegerMap numbers(RawFile kind, int bits)
        throws UnreadableSampleException, IOException {
      byte[] file = bytes(kind, Png.MAX_FILE);
      IntegerMap numbers = within(kind, () -> Png.decodeNumbers(file));
      boolean wide = file[PNG_BITS] == 16;
      if (wide != (bits == 16)) {
        throw about(
            kind, Reason.WRONG_FORMAT, "it has " + file[PNG_BITS] + " bits a pixel, not " + bits);
      }
      checkSize(kind, numbers);
      return numbers;
    }

    private void checkSize(RawFile kind, IntegerMap numbers) throws UnreadableSampleException {
      if (numbers.height() != height || numbers.width() != width) {
        throw about(
            kind,
            Reason.WRONG_SIZE,
            String.format(
                Locale.ROOT,
                "it has %dx%d pixels, the image %dx%d",
                numbers.height(),
                numbers.width(),
                height,
                width));
      }
    }

    private byte[] bytes(RawFile kind, int limit) throws UnreadableSampleException, IOException {
      try {
        return files.read(new Path(paths.get(kind)), limit);
      } catch (UnreadableSampleException e) {
        boolean gone = e.reason() == Reason.NO_IMAGE && kind != RawFile.IMAGE;
        throw about(kind, gone ? Reason.NO_TARGET : e.reason(), e.getMessage());
      }
    }

    /** Names the file in which something was wrong. */
    private <T> T within(RawFile kind, Step<T> step) throws UnreadableSampleException {
      try {
        return step.run();
      } catch (UnreadableSampleException e) {
        throw about(kind, e.reason(), e.getMessage());
      }
    }

    private static UnreadableSampleException about(RawFile kind, Reason reason, String detail) {
      return new UnreadableSampleException(reason, kind.suffix() + ": " + detail);
    }
  }

  private interface Step<T> {
    T run() throws UnreadableSampleException;
  }
}
