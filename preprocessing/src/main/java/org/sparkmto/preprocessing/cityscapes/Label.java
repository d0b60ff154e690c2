package org.sparkmto.preprocessing.cityscapes;

import java.util.List;
import java.util.Locale;

/**
 * What a number in a {@code labelIds} file stands for. The table is that of the data set's own
 * tools.
 *
 * @param id the number in the files; -1 is never drawn there
 * @param name of the class
 * @param trainId place among the 19 evaluated classes; {@link #IGNORED} or -1 if it is none of them
 * @param category the group it belongs to
 * @param hasInstances whether single objects of it are told apart
 */
record Label(int id, String name, int trainId, Category category, boolean hasInstances) {
  /** {@link #trainId} of a class that is not evaluated. */
  static final int IGNORED = 255;

  /** Number in a file that stands for -1, stored in 8 bits: void. */
  static final int MINUS_ONE = 255;

  /** Ids run from 0 to below this. */
  static final int IDS = 34;

  /** Groups of classes. */
  enum Category {
    VOID(-1),
    FLAT(0),
    CONSTRUCTION(1),
    OBJECT(2),
    NATURE(3),
    SKY(4),
    HUMAN(5),
    VEHICLE(6);

    private final int index;

    Category(int index) {
      this.index = index;
    }

    /** Place among the 7 categories, -1 for void. */
    int index() {
      return index;
    }

    /** The name in a manifest. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** All 35, by id, then the one of id -1. */
  static final List<Label> ALL =
      List.of(
          ignored(0, "unlabeled", Category.VOID),
          ignored(1, "ego vehicle", Category.VOID),
          ignored(2, "rectification border", Category.VOID),
          ignored(3, "out of roi", Category.VOID),
          ignored(4, "static", Category.VOID),
          ignored(5, "dynamic", Category.VOID),
          ignored(6, "ground", Category.VOID),
          stuff(7, "road", 0, Category.FLAT),
          stuff(8, "sidewalk", 1, Category.FLAT),
          ignored(9, "parking", Category.FLAT),
          ignored(10, "rail track", Category.FLAT),
          stuff(11, "building", 2, Category.CONSTRUCTION),
          stuff(12, "wall", 3, Category.CONSTRUCTION),
          stuff(13, "fence", 4, Category.CONSTRUCTION),
          ignored(14, "guard rail", Category.CONSTRUCTION),
          ignored(15, "bridge", Category.CONSTRUCTION),
          ignored(16, "tunnel", Category.CONSTRUCTION),
          stuff(17, "pole", 5, Category.OBJECT),
          ignored(18, "polegroup", Category.OBJECT),
          stuff(19, "traffic light", 6, Category.OBJECT),
          stuff(20, "traffic sign", 7, Category.OBJECT),
          stuff(21, "vegetation", 8, Category.NATURE),
          stuff(22, "terrain", 9, Category.NATURE),
          stuff(23, "sky", 10, Category.SKY),
          thing(24, "person", 11, Category.HUMAN),
          thing(25, "rider", 12, Category.HUMAN),
          thing(26, "car", 13, Category.VEHICLE),
          thing(27, "truck", 14, Category.VEHICLE),
          thing(28, "bus", 15, Category.VEHICLE),
          thing(29, "caravan", IGNORED, Category.VEHICLE),
          thing(30, "trailer", IGNORED, Category.VEHICLE),
          thing(31, "train", 16, Category.VEHICLE),
          thing(32, "motorcycle", 17, Category.VEHICLE),
          thing(33, "bicycle", 18, Category.VEHICLE),
          new Label(-1, "license plate", -1, Category.VEHICLE, false));

  /** Whether this is one of the 19 evaluated classes. */
  boolean isEvaluated() {
    return trainId >= 0 && trainId != IGNORED;
  }

  private static Label ignored(int id, String name, Category category) {
    return new Label(id, name, IGNORED, category, false);
  }

  private static Label stuff(int id, String name, int trainId, Category category) {
    return new Label(id, name, trainId, category, false);
  }

  private static Label thing(int id, String name, int trainId, Category category) {
    return new Label(id, name, trainId, category, true);
  }
}
