package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.DecodingMemory;

/**
 * A reader whose samples hold what their columns and tasks promise, or go to quarantine; it stays
 * within the memory that all tasks of a JVM share for decoding.
 */
final class CheckedReader implements SampleReader {
  private final SampleReader reader;
  private final List<Column> columns;
  private final ContentCheck check;

  CheckedReader(SampleReader reader, List<Column> columns, List<Task> tasks) {
    this.reader = reader;
    this.columns = columns;
    this.check = new ContentCheck(columns, tasks);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the reader itself is wrong: a column has not its length
   */
  @Override
  public List<byte[]> read(RawSample sample) throws UnreadableSampleException, IOException {
    List<byte[]> content;
    try (DecodingMemory.Sample memory = DecodingMemory.sample()) {
      content = reader.read(sample);
    } catch (PreprocessingException | UncheckedIOException e) {
      throw e;
    } catch (RuntimeException e) {
      // A file that no decoder was prepared for is one bad sample, not the end of the whole job.
      throw new UnreadableSampleException(Reason.DAMAGED, "it cannot be decoded: " + e);
    }
    for (int c = 0; c < columns.size(); c++) {
      if (content.get(c).length != columns.get(c).bytes()) {
        throw new IllegalStateException(
            "sample "
                + sample.id()
                + " was decoded to "
                + content.get(c).length
                + " bytes of column "
                + columns.get(c));
      }
    }
    Optional<ContentCheck.Complaint> complaint = check.complaint(content);
    if (complaint.isPresent()) {
      throw new UnreadableSampleException(complaint.get().reason(), complaint.get().detail());
    }
    return content;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
