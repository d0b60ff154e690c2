package org.sparkmto.preprocessing.cityscapes;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.sparkmto.data.Task;

/** The classes of a segmentation task, and which of them every label id belongs to. */
public final class Classes implements Serializable {
  private static final long serialVersionUID = 1;

  private final String[] names;
  private final byte[] byId;

  private Classes(List<String> names, byte[] byId) {
    this.names = names.toArray(String[]::new);
    this.byId = byId;
  }

  /** The 19 evaluated classes; all others are void. */
  public static Classes evaluated() {
    byte[] byId = voids();
    for (Label label : Label.ALL) {
      if (label.isEvaluated()) {
        byId[label.id()] = (byte) label.trainId();
      }
    }
    List<String> names =
        Label.ALL.stream()
            .filter(Label::isEvaluated)
            .sorted(Comparator.comparingInt(Label::trainId))
            .map(Label::name)
            .toList();
    return new Classes(names, byId);
  }

  /**
   * The 7 categories.
   *
   * @param ignoredToo whether classes that are not evaluated (parking, bridge, caravan, ...) belong
   *     to their categories as well; else they are void
   */
  public static Classes categories(boolean ignoredToo) {
    byte[] byId = voids();
    for (Label label : Label.ALL) {
      if (label.id() >= 0
          && label.category() != Label.Category.VOID
          && (ignoredToo || label.isEvaluated())) {
        byId[label.id()] = (byte) label.category().index();
      }
    }
    List<String> names =
        Arrays.stream(Label.Category.values())
            .filter(category -> category.index() >= 0)
            .sorted(Comparator.comparingInt(Label.Category::index))
            .map(Label.Category::label)
            .toList();
    return new Classes(names, byId);
  }

  /** Names, in the order of the classes. */
  List<String> names() {
    return List.of(names);
  }

  /** The class of an id of 0..255, {@link Task#MISSING} if it has none. */
  public byte of(int id) {
    return byId[id];
  }

  private static byte[] voids() {
    byte[] byId = new byte[256];
    Arrays.fill(byId, (byte) Task.MISSING);
    return byId;
  }
}
