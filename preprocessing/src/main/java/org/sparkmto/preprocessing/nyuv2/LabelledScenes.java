package org.sparkmto.preprocessing.nyuv2;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.RealMap;
import org.sparkmto.preprocessing.matlab.Mat73;
import org.sparkmto.preprocessing.numpy.NpyMaps;

/**
 * Reads one sample after the other from its slices of the labelled data set of NYU Depth v2. MATLAB
 * stores columns one behind the other, so every image is transposed.
 */
final class LabelledScenes implements SampleReader {
  private static final String IMAGES = "images";
  private static final String LABELS = "labels";
  private static final int MAX_IMAGES = 100_000;

  /** Which of the two maps of depths is read. */
  enum Depths {
    FILLED("depths"),
    RAW("rawDepths");

    private final String variable;

    Depths(String variable) {
      this.variable = variable;
    }
  }

  /** What is read of a file of {@code images} images of {@code height x width} pixels. */
  record Layout(int images, int height, int width) implements java.io.Serializable {}

  private final RawFiles files;
  private final Path path;
  private final Layout layout;
  private final Depths depths;
  private final String normalsFolder;
  private final SceneEncoder encoder;
  private Mat73 mat;

  LabelledScenes(
      RawFiles files,
      String path,
      Layout layout,
      Depths depths,
      String normalsFolder,
      SceneEncoder encoder) {
    this.files = files;
    this.path = new Path(path);
    this.layout = layout;
    this.depths = depths;
    this.normalsFolder = normalsFolder;
    this.encoder = encoder;
  }

  @Override
  public List<byte[]> read(RawSample sample) throws UnreadableSampleException, IOException {
    if (mat == null) {
      mat = Mat73.open(path, files);
    }
    int index = (int) sample.index();
    int h = layout.height();
    int w = layout.width();
    int[] pixels = checked(IMAGES, mat.integers(IMAGES, index), 3);
    byte[] samples = new byte[pixels.length];
    for (int c = 0; c < 3; c++) {
      for (int x = 0; x < w; x++) {
        for (int y = 0; y < h; y++) {
          int value = pixels[(c * w + x) * h + y];
          if ((value & ~0xff) != 0) {
            throw new UnreadableSampleException(
                Reason.DAMAGED, "images holds " + value + ", which is not in 0..255");
          }
          samples[(c * h + y) * w + x] = (byte) value;
        }
      }
    }
    RealMap normals =
        normalsFolder.isEmpty()
            ? null
            : NpyMaps.reals(
                new Path(normalsFolder, new String(sample.labels(), StandardCharsets.UTF_8)),
                files,
                3);
    return encoder.encode(
        new Scene(new Image(3, h, w, samples), labels(index), depths(index), normals, null));
  }

  private IntegerMap labels(int index) throws UnreadableSampleException, IOException {
    int[] columns = checked(LABELS, mat.integers(LABELS, index), 1);
    int[] rows = new int[columns.length];
    for (int x = 0; x < layout.width(); x++) {
      for (int y = 0; y < layout.height(); y++) {
        int raw = columns[x * layout.height() + y];
        if (raw < 0 || raw > NyuClasses.RAW) {
          throw new UnreadableSampleException(
              Reason.BAD_LABEL,
              "label " + raw + " in row " + y + ", column " + x + " is not in 0..894");
        }
        rows[y * layout.width() + x] = label(raw);
      }
    }
    return new IntegerMap(layout.height(), layout.width(), rows);
  }

  private int label(int raw) {
    if (raw == 0) {
      return Task.MISSING;
    }
    int forty = NyuClasses.fortyOf(raw);
    return (encoder.classes() == 40 ? forty : NyuClasses.thirteenOf(forty)) - 1;
  }

  private RealMap depths(int index) throws UnreadableSampleException, IOException {
    float[] columns = mat.reals(depths.variable, index);
    checkLength(depths.variable, columns.length, 1);
    float[] rows = new float[columns.length];
    for (int x = 0; x < layout.width(); x++) {
      for (int y = 0; y < layout.height(); y++) {
        rows[y * layout.width() + x] = columns[x * layout.height() + y];
      }
    }
    return new RealMap(1, layout.height(), layout.width(), rows);
  }

  private int[] checked(String variable, int[] slice, int channels)
      throws UnreadableSampleException {
    checkLength(variable, slice.length, channels);
    return slice;
  }

  private void checkLength(String variable, int length, int channels)
      throws UnreadableSampleException {
    int wanted = channels * layout.height() * layout.width();
    if (length != wanted) {
      throw new UnreadableSampleException(
          Reason.DAMAGED,
          "the slice of " + variable + " has " + length + " numbers, not " + wanted);
    }
  }

  @Override
  public void close() throws IOException {
    if (mat != null) {
      mat.close();
    }
  }

  /**
   * How large the file says its images are.
   *
   * @throws PreprocessingException if a variable is missing, or has other dimensions than it should
   */
  static Layout layout(Path labelled, RawFiles files, Depths depths) throws IOException {
    try (Mat73 mat = Mat73.open(labelled, files)) {
      int[] images = dimensions(mat, labelled, IMAGES, 4);
      int[] maps = {images[0], images[2], images[3]};
      long pixels = (long) images[2] * images[3];
      if (images[1] != 3 || pixels < 1 || pixels > NpyMaps.MAX_PIXELS) {
        throw wrong(labelled, IMAGES, images, "[images, 3, width, height] of at most 2 megapixels");
      }
      if (images[0] < 1 || images[0] > MAX_IMAGES) {
        throw wrong(labelled, IMAGES, images, "1 to " + MAX_IMAGES + " images");
      }
      for (String map : List.of(LABELS, depths.variable)) {
        int[] dimensions = dimensions(mat, labelled, map, 3);
        if (!Arrays.equals(dimensions, maps)) {
          throw wrong(labelled, map, dimensions, Arrays.toString(maps) + " as " + IMAGES);
        }
      }
      return new Layout(images[0], images[3], images[2]);
    }
  }

  private static int[] dimensions(Mat73 mat, Path labelled, String variable, int axes)
      throws IOException {
    Optional<int[]> found = mat.dimensions(variable);
    if (found.isEmpty() || found.get().length != axes) {
      throw PreprocessingException.failed(
          labelled
              + " has no variable '"
              + variable
              + "' of "
              + axes
              + " dimensions; is it the labelled data set of NYU Depth v2?");
    }
    return found.get();
  }

  private static PreprocessingException wrong(
      Path labelled, String variable, int[] dimensions, String wanted) {
    return PreprocessingException.failed(
        labelled
            + ": variable '"
            + variable
            + "' is "
            + Arrays.toString(dimensions)
            + " (in the order of HDF5), not "
            + wanted);
  }
}
