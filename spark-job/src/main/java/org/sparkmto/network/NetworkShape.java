package org.sparkmto.network;

import java.util.List;
import org.sparkmto.data.Column;

/**
 * What a network must take and give.
 *
 * @param inputs the input columns, in order
 * @param heads what each task's head must give, in the order of the tasks
 * @param dropout what heads of whole samples drop of what they read
 * @param scripts the files that it is made of; none for most
 */
public record NetworkShape(
    List<Column> inputs, List<Head> heads, HeadDropout dropout, ScriptFiles scripts) {

  /**
   * What a head gives: {@code samples x outputs}, or for a task of pixels {@code samples x outputs
   * x height x width}.
   *
   * @param name name of the task
   * @param outputs numbers for a sample or pixel
   * @param height rows of the map; 0 if the task is of whole samples
   * @param width columns of the map; 0 if the task is of whole samples
   */
  public record Head(String name, int outputs, int height, int width) {

    /** Whether the task has a target for every pixel. */
    public boolean hasPixels() {
      return height > 0;
    }
  }

  public NetworkShape {
    inputs = List.copyOf(inputs);
    heads = List.copyOf(heads);
  }

  /** A network without dropout. */
  public NetworkShape(List<Column> inputs, List<Head> heads) {
    this(inputs, heads, HeadDropout.none(), ScriptFiles.none());
  }

  /** Number of tasks. */
  public int tasks() {
    return heads.size();
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

  /** Whether a task has a target for every pixel. */
  public boolean hasPixels() {
    return heads.stream().anyMatch(Head::hasPixels);
  }

  /**
   * The heads, all of whole samples, for a network without maps at its end.
   *
   * @throws IllegalArgumentException if a task has pixels
   */
  public List<Head> wholeSamples() {
    for (Head head : heads) {
      if (head.hasPixels()) {
        throw new IllegalArgumentException(
            "task '"
                + head.name()
                + "' has a target for every pixel, and this network answers for whole images alone;"
                + " small-unet, resnet18 and all others of 'any tasks' take both");
      }
    }
    return heads;
  }
}
