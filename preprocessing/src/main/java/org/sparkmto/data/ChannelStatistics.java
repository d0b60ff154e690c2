package org.sparkmto.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Mean and standard deviation of every channel of an input over the training split, in the units of
 * the stored elements (0..255 for uint8 images).
 */
public record ChannelStatistics(List<Double> mean, List<Double> deviation) {
  public ChannelStatistics {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != deviation.size()) {
      throw new DataContractException("channel means and deviations differ in number");
    }
  }

  /**
   * Reads what {@link #put} has written.
   *
   * @throws DataContractException if a field is missing, or there is another one
   */
  public static ChannelStatistics of(JsonFields fields) {
    ChannelStatistics channels =
        new ChannelStatistics(fields.numbers("mean"), fields.numbers("deviation"));
    fields.end();
    return channels;
  }

  /** Writes them into an object, a list each. */
  public void put(ObjectNode node) {
    mean.forEach(node.putArray("mean")::add);
    deviation.forEach(node.putArray("deviation")::add);
  }
}
