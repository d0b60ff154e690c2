package org.sparkmto.prediction;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.own.ImageTable;

/** Where the encoded file of an image is that is asked about; travels to the executors. */
sealed interface EncodedImages extends Serializable {
  /**
   * The encoded file.
   *
   * @param most bytes of it
   * @throws UnreadableSampleException if it is not there, or too large
   */
  byte[] read(RawSample image, RawFiles files, int most)
      throws UnreadableSampleException, IOException;

  /** What stands before the trouble with an image, so that people find it; may be empty. */
  String place(RawSample image) throws IOException;

  /** Files of a folder. */
  record OfFolder() implements EncodedImages {
    @Override
    public byte[] read(RawSample image, RawFiles files, int most)
        throws UnreadableSampleException, IOException {
      return files.read(new Path(image.source()), most);
    }

    @Override
    public String place(RawSample image) {
      return "";
    }
  }

  /** Files that a table names or holds. */
  record OfTable(ImageTable.ImageColumn column) implements EncodedImages {
    @Override
    public byte[] read(RawSample image, RawFiles files, int most)
        throws UnreadableSampleException, IOException {
      return column.read(image, files, most);
    }

    @Override
    public String place(RawSample image) throws IOException {
      return column.place(image) + ": ";
    }
  }
}
