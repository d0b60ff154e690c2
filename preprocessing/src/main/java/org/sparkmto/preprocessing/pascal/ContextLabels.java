package org.sparkmto.preprocessing.pascal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.matlab.MatFile;
import org.sparkmto.preprocessing.matlab.MatValue;

/** The annotation of PASCAL-Context (Mottaghi et al., CVPR 2014): one of 459 classes a pixel. */
final class ContextLabels {
  /** Number of classes, which count from 1. */
  static final int CLASSES = 459;

  private static final boolean[] IN_NYU = inNyu();

  private final IntegerMap labels;

  private ContextLabels(IntegerMap labels) {
    this.labels = labels;
  }

  /**
   * Reads {@code LabelMap} of a MATLAB file.
   *
   * @throws UnreadableSampleException if it is no such file, its size is another one, or a label is
   *     not one of 0..459
   */
  static ContextLabels parse(byte[] file, int height, int width) throws UnreadableSampleException {
    MatValue value = MatFile.parse(file, PascalReader.MOST_KEPT).variable("LabelMap");
    PascalReader.checkSize(value, height, width);
    int[] columns = value.integers();
    int[] rows = new int[columns.length];
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        int label = columns[x * height + y];
        if (label < 0 || label > CLASSES) {
          throw new UnreadableSampleException(
              Reason.BAD_LABEL, "it has label " + label + ", not one of 0.." + CLASSES);
        }
        rows[y * width + x] = label;
      }
    }
    return new ContextLabels(new IntegerMap(height, width, rows));
  }

  /**
   * The lines between regions: where the Laplacian of the labels is not 0, thinned. The Laplacian
   * is that of OpenCV (five points, the image mirrored at its border without its last row), so
   * lines are where the papers' code draws them.
   */
  IntegerMap edges() {
    int height = labels.height();
    int width = labels.width();
    boolean[] edges = new boolean[height * width];
    for (int y = 0; y < height; y++) {
      int above = mirrored(y - 1, height);
      int below = mirrored(y + 1, height);
      for (int x = 0; x < width; x++) {
        int sum =
            labels.at(above, x)
                + labels.at(below, x)
                + labels.at(y, mirrored(x - 1, width))
                + labels.at(y, mirrored(x + 1, width));
        edges[y * width + x] = sum != 4 * labels.at(y, x);
      }
    }
    Thinning.thin(edges, height, width);
    int[] values = new int[edges.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = edges[i] ? 1 : 0;
    }
    return new IntegerMap(height, width, values);
  }

  /** Whether the class of a pixel is one of NYUv2's too. */
  boolean isInNyu(int row, int column) {
    return IN_NYU[labels.at(row, column)];
  }

  private static int mirrored(int place, int length) {
    if (length == 1) {
      return 0;
    }
    return place < 0 ? -place : place >= length ? 2 * length - 2 - place : place;
  }

  /**
   * The classes whose names are among the 894 of NYUv2, and {@code tvmonitor}, which is {@code
   * television} there: the choice of Maninis et al.
   */
  private static boolean[] inNyu() {
    boolean[] classes = new boolean[CLASSES + 1];
    try (InputStream in = ContextLabels.class.getResourceAsStream("normals-classes.csv");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      lines.readLine();
      String line;
      while ((line = lines.readLine()) != null) {
        classes[Integer.parseInt(line.substring(0, line.indexOf(',')))] = true;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("normals-classes.csv of this program cannot be read", e);
    }
    return classes;
  }
}
