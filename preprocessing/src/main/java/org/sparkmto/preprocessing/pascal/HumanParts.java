package org.sparkmto.preprocessing.pascal;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.matlab.MatFile;
import org.sparkmto.preprocessing.matlab.MatValue;

/**
 * The annotation of PASCAL-Part (Chen et al., CVPR 2014): masks of the parts of every object, of
 * which only those of persons count, in six groups.
 */
final class HumanParts {
  private static final int PERSON = 15;

  private static final Map<String, Integer> GROUPS =
      Map.ofEntries(
          Map.entry("head", 1),
          Map.entry("hair", 1),
          Map.entry("lear", 1),
          Map.entry("rear", 1),
          Map.entry("leye", 1),
          Map.entry("reye", 1),
          Map.entry("lebrow", 1),
          Map.entry("rebrow", 1),
          Map.entry("nose", 1),
          Map.entry("mouth", 1),
          Map.entry("torso", 2),
          Map.entry("neck", 2),
          Map.entry("luarm", 3),
          Map.entry("ruarm", 3),
          Map.entry("llarm", 4),
          Map.entry("rlarm", 4),
          Map.entry("lhand", 4),
          Map.entry("rhand", 4),
          Map.entry("luleg", 5),
          Map.entry("ruleg", 5),
          Map.entry("llleg", 6),
          Map.entry("rlleg", 6),
          Map.entry("lfoot", 6),
          Map.entry("rfoot", 6));

  private HumanParts() {}

  /**
   * Reads {@code anno} of a MATLAB file.
   *
   * @return a group for each pixel of a person's part, 0 elsewhere; {@link Task#MISSING} everywhere
   *     if nobody's parts are annotated
   * @throws UnreadableSampleException if it is no such file, a mask has another size, or a person
   *     has a part of an unknown name
   */
  static IntegerMap parse(byte[] file, int height, int width) throws UnreadableSampleException {
    MatValue objects =
        field(MatFile.parse(file, PascalReader.MOST_KEPT).variable("anno"), 0, "objects");
    int[] map = new int[height * width];
    boolean labelled = false;
    int count = objects.count();
    for (int i = 0; i < count; i++) {
      MatValue category = field(objects, i, "class_ind");
      if (category.count() != 1) {
        throw new UnreadableSampleException(Reason.DAMAGED, "object " + i + " has no class_ind");
      }
      if (category.integers()[0] != PERSON) {
        continue;
      }
      MatValue parts = field(objects, i, "parts");
      int partCount = parts.count();
      for (int j = 0; j < partCount; j++) {
        String name = field(parts, j, "part_name").text();
        Integer group = GROUPS.get(name);
        if (group == null) {
          String shown = name.substring(0, Math.min(20, name.length()));
          throw new UnreadableSampleException(
              Reason.BAD_LABEL,
              "a person has a part '" + shown.replaceAll("[^\\p{Graph}]", "?") + "'");
        }
        MatValue mask = field(parts, j, "mask");
        PascalReader.checkSize(mask, height, width);
        for (int place : mask.nonZero()) {
          map[place % height * width + place / height] = group;
          labelled = true;
        }
      }
    }
    if (!labelled) {
      Arrays.fill(map, Task.MISSING);
    }
    return new IntegerMap(height, width, map);
  }

  private static MatValue field(MatValue struct, int index, String name)
      throws UnreadableSampleException {
    Optional<MatValue> value = struct.field(index, name);
    if (value.isEmpty()) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, "it has no field '" + name + "', only " + struct.fields());
    }
    return value.get();
  }
}
