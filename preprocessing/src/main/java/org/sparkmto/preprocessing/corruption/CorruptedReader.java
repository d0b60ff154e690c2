package org.sparkmto.preprocessing.corruption;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/**
 * Reads samples whose images are corrupted; targets are what they were. What happens to an image is
 * a function of the seed, its sample and its column: neither of who reads it nor of what else is
 * read. Several images of one sample are under the same condition, with draws of their own.
 */
public final class CorruptedReader implements SampleReader {
  private final SampleReader reader;
  private final List<Column> columns;
  private final List<CorruptionCondition> conditions;
  private final Draws draws;

  /**
   * @param reader of the samples as they are
   * @param columns what it reads
   * @param conditions at least one; of several, every sample has one that is drawn for it, each as
   *     likely as the others
   */
  public CorruptedReader(
      SampleReader reader, List<Column> columns, List<CorruptionCondition> conditions, long seed) {
    this.reader = reader;
    this.columns = List.copyOf(columns);
    this.conditions = List.copyOf(conditions);
    this.draws = Draws.of(seed).of("corruption");
  }

  /** Whether a column holds images that can be corrupted: bytes of one channel or three. */
  public static boolean isImage(Column column) {
    return column.role() == Column.Role.INPUT
        && column.type() == ElementType.UINT8
        && column.shape().size() == 3
        && (column.shape().get(0) == 1 || column.shape().get(0) == 3);
  }

  @Override
  public List<byte[]> read(RawSample sample) throws UnreadableSampleException, IOException {
    List<byte[]> content = new ArrayList<>(reader.read(sample));
    Draws own = draws.of(sample.id());
    CorruptionCondition condition = conditions.get(own.of("condition").below(conditions.size(), 0));
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (isImage(column)) {
        List<Integer> shape = column.shape();
        Image image = new Image(shape.get(0), shape.get(1), shape.get(2), content.get(i));
        content.set(i, condition.corrupt(image, own.of(column.name())).samples());
      }
    }
    return content;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
