package org.sparkmto.preprocessing.cityscapes;

import java.util.List;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * The numbers of Cityscapes-Panoptic-Parts (de Geus et al., CVPR 2021): class, instance and part
 * packed into one to seven decimal digits, and the 10 part classes that auto-lambda (Liu et al.,
 * 2022) and IAL make of them. There is no void: what has no part is background.
 */
final class Parts {
  /** The classes, in order. */
  static final List<String> NAMES =
      List.of(
          "background",
          "human torso",
          "human head",
          "human arms",
          "human legs",
          "vehicle windows",
          "vehicle wheels",
          "vehicle lights",
          "vehicle license plate",
          "vehicle chassis");

  private static final int PERSON = 24;
  private static final int RIDER = 25;
  private static final int CAR = 26;
  private static final int BUS = 28;

  private Parts() {}

  /**
   * The part class of a pixel. Some ten of the real files hold a part 5 on humans, which is
   * background.
   *
   * @throws UnreadableSampleException if the number has not 1, 2, 4, 5, 6 or 7 digits, or names a
   *     label or a part that does not exist
   */
  static int classOf(int uid) throws UnreadableSampleException {
    int id = labelOf(uid);
    int part = uid < 100_000 ? 0 : uid % 100;
    if (part == 0) {
      return 0;
    }
    if (id >= PERSON && id <= RIDER && part <= 5) {
      return part == 5 ? 0 : part;
    }
    if (id >= CAR && id <= BUS && part <= 5) {
      return 4 + part;
    }
    throw new UnreadableSampleException(
        Reason.BAD_LABEL, "uid " + uid + " names part " + part + " of " + Label.ALL.get(id).name());
  }

  /** The label id that a number starts with. */
  static int labelOf(int uid) throws UnreadableSampleException {
    boolean possible = uid >= 0 && uid < 10_000_000 && !(uid >= 100 && uid < 1000);
    int id = uid < 100 ? uid : uid < 100_000 ? uid / 1000 : uid / 100_000;
    if (!possible || id >= Label.IDS) {
      throw new UnreadableSampleException(
          Reason.BAD_LABEL,
          "uid " + uid + " is not a label of 0..33, with instance and part or not");
    }
    return id;
  }
}
