package org.sparkmto.preprocessing.own;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;

/**
 * The encoded files of samples, named by or standing in rows.
 *
 * @param most bytes of a file
 */
record RowFiles(RowLayout layout, RawFiles files, int most) {
  /**
   * An encoded file, or null where a target has none.
   *
   * @param number in the layout's files
   * @param path what the row says of it, empty if the file stands in the row or there is none
   */
  byte[] read(int number, RawSample sample, String path)
      throws UnreadableSampleException, IOException {
    RowLayout.FileCell file = layout.files().get(number);
    if (!file.isPath()) {
      byte[] bytes = sample.embedded().get(file.embedded());
      if (bytes == null && file.input()) {
        throw new UnreadableSampleException(
            Reason.NO_IMAGE, "column '" + file.column() + "' is empty");
      }
      if (bytes != null && bytes.length > EmbeddedRows.MOST_BYTES) {
        throw new UnreadableSampleException(
            Reason.TOO_LARGE,
            "column '" + file.column() + "' holds more than " + EmbeddedRows.MOST_BYTES + " bytes");
      }
      return bytes;
    }
    if (path.isEmpty()) {
      return null;
    }
    try {
      return files.read(new Path(layout.images().directory() + "/" + path), most);
    } catch (UnreadableSampleException e) {
      boolean absent = e.reason() == Reason.NO_IMAGE && !file.input();
      throw new UnreadableSampleException(
          absent ? Reason.NO_TARGET : e.reason(),
          path.equals(sample.id()) ? e.getMessage() : path + ": " + e.getMessage());
    }
  }
}
