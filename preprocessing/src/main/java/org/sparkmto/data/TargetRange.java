package org.sparkmto.data;

import java.util.List;

/**
 * Which values the target of a task has in the training split, channel by channel: one channel for
 * each number of a regression and each label of a multi-label task, one for depth, three for
 * normals.
 *
 * @param channels in the order of the target's elements
 */
public record TargetRange(List<Channel> channels) {
  public TargetRange {
    channels = List.copyOf(channels);
    if (channels.isEmpty()) {
      throw new DataContractException("the range of a target has no channels");
    }
  }

  /**
   * One channel. Values are in the unit of the column: stored number times scale plus offset.
   *
   * @param valid elements with a value
   * @param missing elements without one
   * @param least value; NaN if no element has one
   * @param greatest value; NaN if no element has one
   * @param mean of the valid elements; NaN if there are none
   * @param deviation of the valid elements around their mean, as of a whole population; NaN if
   *     there are none, or if an earlier version preprocessed the data set
   */
  public record Channel(
      long valid, long missing, double least, double greatest, double mean, double deviation) {

    /** A channel of which no deviation is known. */
    public Channel(long valid, long missing, double least, double greatest, double mean) {
      this(valid, missing, least, greatest, mean, Double.NaN);
    }

    public Channel {
      if (valid < 0 || missing < 0) {
        throw new DataContractException(
            "the range of a target counts "
                + valid
                + " valid and "
                + missing
                + " missing elements");
      }
      if (valid > 0 && !(least <= mean && mean <= greatest)) {
        throw new DataContractException(
            "the range of a target has a mean of " + mean + " in " + least + " .. " + greatest);
      }
      if (deviation < 0) {
        throw new DataContractException("the range of a target has a deviation of " + deviation);
      }
    }
  }
}
