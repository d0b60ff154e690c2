package org.sparkmto.preprocessing.numpy;

import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.RealMap;

/** Images and maps in NumPy files, whose axes are height, width, channel. */
public final class NpyMaps {
  /**
   * Most pixels of an image; those of NYUv2 have 307,200. A task holds up to 90 bytes for each, if
   * files are of 64-bit numbers.
   */
  public static final int MAX_PIXELS = 1 << 21;

  /** Longest file: three channels of 8 bytes, and a header. */
  private static final int MAX_FILE = 3 * Double.BYTES * MAX_PIXELS + (1 << 16);

  /** What a number that should be in 0..1 may be off by, from resizing in floats. */
  private static final double SLACK = 0.5 / 255;

  private NpyMaps() {}

  /**
   * Red, green and blue from 0 to 1, or, in a file of bytes, from 0 to 255.
   *
   * @throws UnreadableSampleException DAMAGED if a number is outside of that
   */
  public static Image image(Path path, RawFiles files)
      throws UnreadableSampleException, IOException {
    NpyArray array = array(path, files.read(path, MAX_FILE), 3);
    int area = array.shape()[0] * array.shape()[1];
    byte[] samples = new byte[3 * area];
    double full = array.holdsBytes() ? 255 : 1;
    for (int i = 0; i < samples.length; i++) {
      double part = array.at(i) / full;
      if (!(part >= -SLACK && part <= 1 + SLACK)) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, name(path) + " has " + array.at(i) + ", which is not in 0..1");
      }
      samples[(i % 3) * area + i / 3] = (byte) Math.max(0, Math.min(255, Math.round(255 * part)));
    }
    return new Image(3, array.shape()[0], array.shape()[1], samples);
  }

  /** Labels {@code -1..classes-1}; -1 is void, and 255 is in a file of bytes. */
  public static IntegerMap labels(Path path, RawFiles files, int classes)
      throws UnreadableSampleException, IOException {
    NpyArray array = array(path, files, 1);
    int[] labels = new int[array.count()];
    for (int i = 0; i < labels.length; i++) {
      double label = array.at(i);
      if (label == Task.MISSING && array.holdsBytes()) {
        label = -1; // which such a file cannot hold
      }
      if (!(label >= -1 && label < classes && label == Math.rint(label))) {
        throw badLabel(path, label, "-1.." + (classes - 1));
      }
      labels[i] = label == -1 ? Task.MISSING : (int) label;
    }
    return new IntegerMap(array.shape()[0], array.shape()[1], labels);
  }

  /** 0 or 1. */
  public static IntegerMap edges(Path path, RawFiles files)
      throws UnreadableSampleException, IOException {
    NpyArray array = array(path, files, 1);
    int[] edges = new int[array.count()];
    for (int i = 0; i < edges.length; i++) {
      double edge = array.at(i);
      if (edge != 0 && edge != 1) {
        throw badLabel(path, edge, "0 or 1");
      }
      edges[i] = (int) edge;
    }
    return new IntegerMap(array.shape()[0], array.shape()[1], edges);
  }

  /** One or three real numbers a pixel. */
  public static RealMap reals(Path path, RawFiles files, int channels)
      throws UnreadableSampleException, IOException {
    NpyArray array = array(path, files, channels);
    int height = array.shape()[0];
    int width = array.shape()[1];
    float[] planes = new float[channels * height * width];
    for (int i = 0; i < planes.length; i++) {
      planes[(i % channels) * height * width + i / channels] = (float) array.at(i);
    }
    return new RealMap(channels, height, width, planes);
  }

  /** Bytes of a target; what is not there is a missing target, not a missing image. */
  public static byte[] target(Path path, RawFiles files, int limit)
      throws UnreadableSampleException, IOException {
    try {
      return files.read(path, limit);
    } catch (UnreadableSampleException e) {
      throw e.reason() == Reason.NO_IMAGE ? noTarget(path) : e;
    }
  }

  public static UnreadableSampleException noTarget(Path path) {
    return new UnreadableSampleException(
        Reason.NO_TARGET, "there is no " + path.getParent().getName() + "/" + path.getName());
  }

  private static NpyArray array(Path path, RawFiles files, int channels)
      throws UnreadableSampleException, IOException {
    return array(path, target(path, files, MAX_FILE), channels);
  }

  private static NpyArray array(Path path, byte[] file, int channels)
      throws UnreadableSampleException {
    NpyArray array;
    try {
      array = Npy.parse(file, 3L * MAX_PIXELS);
    } catch (UnreadableSampleException e) {
      throw new UnreadableSampleException(e.reason(), name(path) + ": " + e.getMessage());
    }
    int[] shape = array.shape();
    boolean fits =
        (shape.length == 3 && shape[2] == channels) || (shape.length == 2 && channels == 1);
    if (!fits || shape[0] < 1 || shape[1] < 1) {
      throw new UnreadableSampleException(
          Reason.WRONG_SIZE,
          name(path)
              + " has shape "
              + Arrays.toString(shape)
              + ", not height, width"
              + (channels == 1 ? "" : ", " + channels));
    }
    return array;
  }

  private static UnreadableSampleException badLabel(Path path, double label, String range) {
    return new UnreadableSampleException(
        Reason.BAD_LABEL,
        name(path)
            + " has label "
            + (label == (long) label ? Long.toString((long) label) : Double.toString(label))
            + ", not "
            + range);
  }

  private static String name(Path path) {
    return path.getParent().getName() + "/" + path.getName();
  }
}
