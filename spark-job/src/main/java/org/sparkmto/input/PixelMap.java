package org.sparkmto.input;

import java.util.Arrays;
import org.sparkmto.data.Column;

/** A column of pixels, and what an augmentation does to the values in it. For one thread. */
sealed interface PixelMap permits PictureMap, LabelMap, DepthMap, NormalMap, OffsetMap {

  Column column();

  /**
   * Shows one sample as a view does.
   *
   * @param bytes the column of a batch, changed in place
   * @param sample number within the batch
   */
  void show(View view, byte[] bytes, int sample);

  /** The bytes of one sample of a column. */
  static byte[] copy(Column column, byte[] bytes, int sample) {
    int each = column.bytes();
    return Arrays.copyOfRange(bytes, sample * each, (sample + 1) * each);
  }
}
