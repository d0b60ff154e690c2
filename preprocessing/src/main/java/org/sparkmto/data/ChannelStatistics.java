package org.sparkmto.data;

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
}
