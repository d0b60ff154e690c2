package org.sparkmto.network;

import java.util.List;
import org.sparkmto.data.Column;

/**
 * What a network must take and give.
 *
 * @param inputs the input columns, in order
 * @param taskNames names of the tasks, in order
 * @param outputs outputs of each task's head
 */
public record NetworkShape(List<Column> inputs, List<String> taskNames, List<Integer> outputs) {
  public NetworkShape {
    inputs = List.copyOf(inputs);
    taskNames = List.copyOf(taskNames);
    outputs = List.copyOf(outputs);
  }

  /** Number of tasks. */
  public int tasks() {
    return outputs.size();
  }

  /**
   * The only input, an image of channel, height and width.
   *
   * @throws IllegalArgumentException if there are several inputs or it is no image
   */
  public Column image() {
    if (inputs.size() != 1 || inputs.get(0).shape().size() != 3) {
      throw new IllegalArgumentException(
          "this network takes one image of channel, height and width, not " + inputs);
    }
    return inputs.get(0);
  }
}
