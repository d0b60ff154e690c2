package org.sparkmto.preprocessing.pascal;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.OptionKind;
import org.sparkmto.preprocessing.ImageSize;

/** The five tasks; a task's name is that of its column. */
enum PascalTask {
  SEGMENTATION(TaskKind.SEGMENTATION),
  HUMAN_PARTS(TaskKind.SEGMENTATION),
  NORMALS(TaskKind.NORMALS),
  SALIENCY(TaskKind.MASK),
  EDGES(TaskKind.MASK);

  /** What a component of a normal of length 1 is stored as. */
  static final int UNIT = 32_767;

  private static final List<String> VOC =
      List.of(
          "background",
          "aeroplane",
          "bicycle",
          "bird",
          "boat",
          "bottle",
          "bus",
          "car",
          "cat",
          "chair",
          "cow",
          "diningtable",
          "dog",
          "horse",
          "motorbike",
          "person",
          "pottedplant",
          "sheep",
          "sofa",
          "train",
          "tvmonitor");

  private static final List<String> PARTS =
      List.of(
          "background", "head", "torso", "upper arms", "lower arms", "upper legs", "lower legs");

  private final TaskKind kind;

  PascalTask(TaskKind kind) {
    this.kind = kind;
  }

  /** The kind of an option that names some of them: a list in the order of this enum. */
  static final OptionKind LIST =
      new OptionKind() {
        @Override
        public String words() {
          return "names of tasks, separated by commas";
        }

        @Override
        public List<PascalTask> read(Object given) {
          return parse(String.valueOf(given));
        }
      };

  private static List<PascalTask> parse(String names) {
    EnumSet<PascalTask> tasks = EnumSet.noneOf(PascalTask.class);
    for (String name : names.split(",", -1)) {
      String wanted = name.strip();
      tasks.add(
          Arrays.stream(values())
              .filter(known -> known.label().equals(wanted))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("one or more of " + all())));
    }
    return List.copyOf(tasks);
  }

  /** All names, as they stand in a configuration. */
  static String all() {
    return Arrays.stream(values()).map(PascalTask::label).collect(Collectors.joining(", "));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  Column column(ImageSize size) {
    List<Integer> map = List.of(size.height(), size.width());
    List<Integer> vectors = List.of(3, size.height(), size.width());
    return this == NORMALS
        ? new Column(label(), Column.Role.TARGET, ElementType.INT16, vectors)
            .measured(1.0 / UNIT, 0, "")
        : new Column(label(), Column.Role.TARGET, ElementType.UINT8, map);
  }

  Task task(String image) {
    List<String> classes =
        switch (this) {
          case SEGMENTATION -> VOC;
          case HUMAN_PARTS -> PARTS;
          case NORMALS, SALIENCY, EDGES -> List.of();
        };
    int count = this == NORMALS ? 3 : kind == TaskKind.MASK ? 2 : classes.size();
    return Task.of(label(), kind, List.of(image), label(), count).named(classes);
  }
}
