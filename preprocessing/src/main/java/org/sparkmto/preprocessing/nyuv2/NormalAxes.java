package org.sparkmto.preprocessing.nyuv2;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.options.Option;
import org.sparkmto.options.OptionKind;

/**
 * Which channel of a file of normals, with which sign, points right, down and forward. Files of
 * NYUv2 do not agree in this.
 *
 * @param right the file's channel 0, 1 or 2; its complement ({@code ~channel}) if it points left
 * @param down the same for down
 * @param forward the same for forward, away from the camera
 */
record NormalAxes(int right, int down, int forward) implements Serializable {
  /** The convention of the shards. */
  static final String OWN = "x,y,z";

  /** The kind of an option that {@link #parse} reads. */
  static final OptionKind KIND =
      Option.parsed(
          "the three channels x, y, z in some order, each with or without a minus, such as x,-z,y",
          NormalAxes::parse);

  private static final String NAMES = "xyz";

  /**
   * Reads {@code x,-z,y}: the channel that points right, the one that points down, the one that
   * points forward; a minus turns a channel round.
   *
   * @throws IllegalArgumentException if the text is not three different channels
   */
  static NormalAxes parse(String text) {
    List<Integer> channels = new ArrayList<>();
    boolean[] used = new boolean[3];
    for (String part : text.split(",", -1)) {
      String name = part.strip();
      boolean turned = name.startsWith("-");
      int channel =
          name.length() == (turned ? 2 : 1) ? NAMES.indexOf(name.charAt(turned ? 1 : 0)) : -1;
      if (channel < 0 || used[channel]) {
        throw wrong(text);
      }
      used[channel] = true;
      channels.add(turned ? ~channel : channel);
    }
    if (channels.size() != 3) {
      throw wrong(text);
    }
    return new NormalAxes(channels.get(0), channels.get(1), channels.get(2));
  }

  /** The file's channel that gives component 0, 1 or 2 of the shards. */
  int channel(int component) {
    int axis = axis(component);
    return axis < 0 ? ~axis : axis;
  }

  /** What the channel is multiplied with: 1 or -1. */
  int sign(int component) {
    return axis(component) < 0 ? -1 : 1;
  }

  /** These axes, followed by others that take the components of these for a file's channels. */
  NormalAxes then(NormalAxes next) {
    int[] axes = new int[3];
    for (int i = 0; i < 3; i++) {
      int inner = axis(next.channel(i));
      axes[i] = next.sign(i) < 0 ? ~inner : inner;
    }
    return new NormalAxes(axes[0], axes[1], axes[2]);
  }

  @Override
  public String toString() {
    return name(right) + "," + name(down) + "," + name(forward);
  }

  private int axis(int component) {
    return component == 0 ? right : component == 1 ? down : forward;
  }

  private static String name(int axis) {
    return axis < 0 ? "-" + NAMES.charAt(~axis) : NAMES.substring(axis, axis + 1);
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException("'" + text + "' are no axes; they are " + KIND.words());
  }
}
