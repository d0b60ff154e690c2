package org.sparkmto.preprocessing.matlab;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * The numeric variables of a MATLAB 7.3 file (HDF5), slice by slice. Dimensions are those of HDF5,
 * the reverse of MATLAB's: {@code images} of NYUv2, 480x640x3x1449 in MATLAB, are {@code [1449, 3,
 * 640, 480]} here, so a slice is one image, column by column.
 *
 * <p>This reads what MATLAB writes, and no more: hard-linked data sets of plain numbers in the root
 * group, contiguous or in chunks, with gzip, shuffle and fletcher32. Soft and external links are
 * not followed. General libraries for HDF5 allocate what a header says and follow what a link says;
 * here a file can do no more than be refused. Format: "HDF5 File Format Specification 3.0".
 *
 * <p>Not for use by several threads. Every method throws {@link IOException} only if the storage
 * fails.
 */
public final class Mat73 implements Closeable {
  private static final int MAX_HEADERS = 64 << 20;

  private final String file;
  private final HdfSource source;
  private final HdfGroup root;
  private final Map<String, Optional<HdfDataset>> datasets = new HashMap<>();

  private Mat73(String file, HdfSource source, HdfGroup root) {
    this.file = file;
    this.source = source;
    this.root = root;
  }

  /**
   * Opens a file on a local disk.
   *
   * @throws PreprocessingException if it is not there, is no such file, or is damaged or cut off
   */
  public static Mat73 open(Path file) throws IOException {
    try {
      return open(file.toString(), HdfSource.local(file), Files.size(file));
    } catch (NoSuchFileException e) {
      throw PreprocessingException.failed(file + " is not there", e);
    }
  }

  /**
   * Opens a file on any storage; its blocks are read where they are.
   *
   * @throws PreprocessingException if it is not there, is no such file, or is damaged or cut off
   */
  public static Mat73 open(org.apache.hadoop.fs.Path file, RawFiles files) throws IOException {
    try {
      return open(file.toString(), HdfSource.anywhere(file, files), files.length(file));
    } catch (FileNotFoundException e) { // also where permissions lack
      throw PreprocessingException.failed(file + " cannot be opened: " + e.getMessage(), e);
    }
  }

  /** Opens what some storage holds; {@code file} is for messages. */
  static Mat73 open(String file, HdfSource.Storage storage, long length) throws IOException {
    try {
      HdfSource source = HdfSource.of(storage, length);
      source.allow(MAX_HEADERS);
      return new Mat73(file, source, HdfGroup.of(source, root(source)));
    } catch (UnreadableSampleException e) {
      storage.close();
      throw refused(file, e);
    } catch (IOException | RuntimeException e) {
      storage.close();
      throw e;
    }
  }

  /**
   * The dimensions of a numeric variable in the order of HDF5; empty if there is no variable of
   * this name, or it is a group.
   *
   * @throws PreprocessingException if the variable holds no numbers, is a link, or is damaged
   */
  public Optional<int[]> dimensions(String name) throws IOException {
    return dataset(name).map(HdfDataset::dimensions);
  }

  /**
   * A slice of whole numbers; 8 and 16 bits are unsigned unless MATLAB's class says otherwise.
   *
   * @param index along the first dimension, from 0
   * @return the slice in the order of the file
   * @throws UnreadableSampleException if the slice cannot be read or is not of whole numbers of 32
   *     bits
   * @throws PreprocessingException if there is no such variable, or it is damaged as a whole
   */
  public int[] integers(String name, int index) throws UnreadableSampleException, IOException {
    HdfDataset dataset = required(name);
    HdfNumber number = dataset.number();
    if (number.real()) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, name + " holds real numbers where whole ones belong");
    }
    ByteBuffer slice = dataset.slice(index);
    int[] values = new int[dataset.sliceCount()];
    for (int i = 0; i < values.length; i++) {
      long value = number.whole(slice, i * number.width());
      values[i] = (int) value;
      if (values[i] != value) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, name + " holds " + value + ", which is not a number of 32 bits");
      }
    }
    return values;
  }

  /**
   * A slice of real numbers, of 32 bits or rounded to 32 bits.
   *
   * @param index along the first dimension, from 0
   * @return the slice in the order of the file
   * @throws UnreadableSampleException if the slice cannot be read or is not of real numbers
   * @throws PreprocessingException if there is no such variable, or it is damaged as a whole
   */
  public float[] reals(String name, int index) throws UnreadableSampleException, IOException {
    HdfDataset dataset = required(name);
    HdfNumber number = dataset.number();
    if (!number.real()) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, name + " holds whole numbers where real ones belong");
    }
    ByteBuffer slice = dataset.slice(index);
    float[] values = new float[dataset.sliceCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) number.real(slice, i * number.width());
    }
    return values;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private HdfDataset required(String name) throws IOException {
    return dataset(name)
        .orElseThrow(() -> PreprocessingException.failed(file + " has no variable " + name));
  }

  private Optional<HdfDataset> dataset(String name) throws IOException {
    Optional<HdfDataset> known = datasets.get(name);
    if (known != null) {
      return known;
    }
    try {
      source.allow(MAX_HEADERS);
      Optional<Long> address = root.address(name);
      Optional<HdfDataset> dataset =
          address.isEmpty() ? Optional.empty() : HdfDataset.of(source, name, address.get());
      datasets.put(name, dataset);
      return dataset;
    } catch (UnreadableSampleException e) {
      throw refused(file, new UnreadableSampleException(e.reason(), name + ": " + e.getMessage()));
    }
  }

  /** The address of the root group, after a check that the file is whole. */
  private static long root(HdfSource source) throws UnreadableSampleException, IOException {
    HdfRecord block = source.start("the superblock", 0, 96).skip(8);
    int version = block.u8();
    if (version > 3) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "it has a superblock of version " + version + ", newer than 3");
    }
    boolean old = version < 2;
    block.skip(old ? 4 : 0);
    int addresses = block.u8();
    int lengths = block.u8();
    if (addresses != 8 || lengths != 8) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "its addresses have not the 64 bits that MATLAB gives them");
    }
    block.skip(old ? (version == 0 ? 9 : 13) : 1);
    long base = block.u64();
    long end = block.skip(8).u64();
    long address = block.skip(old ? 16 : 0).u64();
    // The end counts from the front of the user block, if that has not been added afterwards.
    long wanted = end - base + source.base();
    if (base < 0 || end < base || wanted > source.length()) {
      throw new UnreadableSampleException(
          Reason.TRUNCATED, "it has " + source.length() + " bytes, but says it has " + wanted);
    }
    return address;
  }

  private static PreprocessingException refused(String file, UnreadableSampleException e) {
    return PreprocessingException.failed(
        file
            + " cannot be read as a MATLAB 7.3 file ("
            + e.reason().label()
            + "): "
            + e.getMessage()
            + "; copy the original file again",
        e);
  }
}
