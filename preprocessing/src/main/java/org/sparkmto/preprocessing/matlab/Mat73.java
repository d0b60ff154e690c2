package org.sparkmto.preprocessing.matlab;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * The numeric variables of a MATLAB 7.3 file (HDF5) on a local disk, slice by slice. Dimensions are
 * those of HDF5, the reverse of MATLAB's: {@code images} of NYUv2, 480x640x3x1449 in MATLAB, are
 * {@code [1449, 3, 640, 480]} here, so a slice is one image, column by column.
 *
 * <p>Not for use by several threads.
 */
public final class Mat73 implements Closeable {
  private final Path file;
  private final HdfFile hdf;

  private Mat73(Path file, HdfFile hdf) {
    this.file = file;
    this.hdf = hdf;
  }

  /**
   * Opens a file.
   *
   * @throws PreprocessingException if it is no such file, or damaged
   */
  public static Mat73 open(Path file) {
    return new Mat73(file, guarded(file, () -> new HdfFile(file)));
  }

  /** The dimensions of a numeric variable in the order of HDF5; empty if there is none. */
  public Optional<int[]> dimensions(String name) {
    return guarded(file, () -> dataset(name).map(Dataset::getDimensions));
  }

  /**
   * A slice of whole numbers; 8 and 16 bits are unsigned unless MATLAB's class says otherwise.
   *
   * @param index along the first dimension, from 0
   * @return the slice in the order of the file
   * @throws UnreadableSampleException {@code DAMAGED} if the slice cannot be read
   */
  public int[] integers(String name, int index) throws UnreadableSampleException {
    boolean signed = isSigned(name);
    Object slice = flat(slice(name, index));
    if (slice instanceof int[] ints) {
      return ints;
    }
    if (slice instanceof byte[] bytes) {
      int[] values = new int[bytes.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = signed ? bytes[i] : bytes[i] & 0xff;
      }
      return values;
    }
    if (slice instanceof short[] shorts) {
      int[] values = new int[shorts.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = signed ? shorts[i] : shorts[i] & 0xffff;
      }
      return values;
    }
    throw new UnreadableSampleException(Reason.DAMAGED, name + " does not hold whole numbers");
  }

  /**
   * A slice of real numbers.
   *
   * @param index along the first dimension, from 0
   * @return the slice in the order of the file
   * @throws UnreadableSampleException {@code DAMAGED} if the slice cannot be read
   */
  public float[] reals(String name, int index) throws UnreadableSampleException {
    Object slice = flat(slice(name, index));
    if (slice instanceof float[] floats) {
      return floats;
    }
    if (slice instanceof double[] doubles) {
      float[] values = new float[doubles.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) doubles[i];
      }
      return values;
    }
    throw new UnreadableSampleException(Reason.DAMAGED, name + " does not hold real numbers");
  }

  @Override
  public void close() {
    hdf.close();
  }

  private Optional<Dataset> dataset(String name) {
    Node node = hdf.getChild(name);
    return node instanceof Dataset dataset && !node.isLink()
        ? Optional.of(dataset)
        : Optional.empty();
  }

  private boolean isSigned(String name) {
    return dataset(name)
        .map(dataset -> dataset.getAttribute("MATLAB_class"))
        .map(Attribute::getData)
        .map(data -> data.toString().startsWith("int"))
        .orElse(false);
  }

  private Object slice(String name, int index) throws UnreadableSampleException {
    try {
      Dataset dataset = dataset(name).orElseThrow();
      long[] offset = new long[dataset.getDimensions().length];
      offset[0] = index;
      int[] shape = dataset.getDimensions();
      shape[0] = 1;
      return dataset.getData(offset, shape);
    } catch (RuntimeException e) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, "slice " + index + " of " + name + " cannot be read: " + e.getMessage());
    }
  }

  /** Nested arrays, one behind the other. */
  private static Object flat(Object slice) {
    if (!(slice instanceof Object[] parts)) {
      return slice;
    }
    Object[] flat = Arrays.stream(parts).map(Mat73::flat).toArray();
    int each = java.lang.reflect.Array.getLength(flat[0]);
    Object all =
        java.lang.reflect.Array.newInstance(
            flat[0].getClass().getComponentType(), each * flat.length);
    for (int i = 0; i < flat.length; i++) {
      System.arraycopy(flat[i], 0, all, i * each, each);
    }
    return all;
  }

  private static <T> T guarded(Path file, Supplier<T> action) {
    try {
      return action.get();
    } catch (RuntimeException | StackOverflowError e) {
      throw PreprocessingException.failed(
          file + " is no sound MATLAB 7.3 file: " + e.getMessage() + "; copy it anew", e);
    }
  }
}
