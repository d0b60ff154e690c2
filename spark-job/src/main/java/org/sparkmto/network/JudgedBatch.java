package org.sparkmto.network;

import java.util.List;

/**
 * What a network in evaluation mode says of a batch, and by how much it is off.
 *
 * @param outputs as {@link Replica#predict} gives them
 * @param lossSums by task, the sum of the losses over the labelled elements, as they are trained
 *     with and multiplied
 * @param labelled by task, how many elements are labelled: samples, labels, numbers or pixels
 */
@SuppressWarnings("ArrayRecordComponent") // made once for each batch, and read once
public record JudgedBatch(List<float[]> outputs, double[] lossSums, double[] labelled) {

  /** What is said of a batch by whoever does not look at losses. */
  public static JudgedBatch of(List<float[]> outputs) {
    return new JudgedBatch(outputs, new double[0], new double[0]);
  }
}
