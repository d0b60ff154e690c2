package org.sparkmto.input;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;

/**
 * How samples are changed each time they are trained on. All maps of a sample are changed alike:
 * first turned, then a part enlarged, then shifted, then flipped, in one step of interpolation.
 * What becomes of a sample is a function of the run's seed, the epoch and the sample's number
 * alone.
 *
 * <p>Images are interpolated bilinearly and black outside; labels, depths and ways to centres are
 * those of the nearest pixel, and missing outside; normals turn and mirror with the image. Maps of
 * a lower resolution than the image are looked at in the same places. Targets of whole samples stay
 * as they are.
 *
 * @param flip whether to mirror left and right with probability 1/2; x of normals and of ways to
 *     centres changes its sign, depths and disparities stay
 * @param scales of which one is drawn, each 1 or more: a part 1/scale as wide and high as the image
 *     fills it; empty for none. The papers use 1, 1.2 and 1.5
 * @param rotationDegrees the most that an image is turned either way, 0 to 180; 0 for not at all
 * @param depthRule what enlarging does to depths
 * @param padding by how many pixels of the image it is shifted at most, across and down; 0 for not
 *     at all
 */
public record Augmentation(
    boolean flip, List<Double> scales, double rotationDegrees, DepthRule depthRule, int padding) {

  /** Samples as they are. */
  public static final Augmentation NONE = new Augmentation(false, List.of(), 0, DepthRule.PAPER);

  /** Without shifts. */
  public Augmentation(
      boolean flip, List<Double> scales, double rotationDegrees, DepthRule depthRule) {
    this(flip, scales, rotationDegrees, depthRule, 0);
  }

  /**
   * @throws IllegalArgumentException if a scale is below 1, an angle not within 0..180 or the
   *     padding negative
   */
  public Augmentation {
    scales = List.copyOf(scales);
    for (double scale : scales) {
      if (!(scale >= 1) || Double.isInfinite(scale)) {
        throw new IllegalArgumentException(
            "scales: " + scale + " must be 1 or more; a smaller one would show what is not there");
      }
    }
    if (!(rotationDegrees >= 0 && rotationDegrees <= 180)) {
      throw new IllegalArgumentException(
          "rotation-degrees = " + rotationDegrees + " must be within 0 and 180");
    }
    if (padding < 0) {
      throw new IllegalArgumentException("pad-and-crop = " + padding + " must be 0 or more");
    }
  }

  /**
   * Whether tasks of a data set can be augmented so.
   *
   * @throws IllegalArgumentException if not; the message says why and what to do
   */
  public void check(DatasetManifest manifest, List<Task> tasks) {
    Set<String> columns = new LinkedHashSet<>();
    for (Task task : tasks) {
      columns.addAll(task.inputs());
      columns.addAll(task.truths());
    }
    maps(columns.stream().map(manifest::column).toList(), tasks);
  }

  boolean isNone() {
    return transforms().isEmpty();
  }

  private boolean moves() {
    return zooms() || uncovers();
  }

  /** Whether places show what was outside of the image. */
  private boolean uncovers() {
    return rotationDegrees > 0 || padding > 0;
  }

  private boolean zooms() {
    return scales.stream().anyMatch(scale -> scale > 1);
  }

  /** In the order in which they are applied. */
  List<Transform> transforms() {
    List<Transform> transforms = new ArrayList<>();
    if (rotationDegrees > 0) {
      transforms.add(new Rotation(rotationDegrees));
    }
    if (zooms()) {
      transforms.add(new ScaleCrop(scales));
    }
    if (padding > 0) {
      transforms.add(new PadCrop(padding));
    }
    if (flip) {
      transforms.add(new Flip());
    }
    return transforms;
  }

  /** The columns that have pixels, inputs first. */
  List<PixelMap> maps(List<Column> columns, List<Task> tasks) {
    if (isNone()) {
      return List.of();
    }
    List<PixelMap> maps = new ArrayList<>();
    for (Column column : columns) {
      if (column.role() == Column.Role.INPUT) {
        maps.add(new PictureMap(column));
      }
    }
    if (maps.isEmpty()) {
      throw new IllegalArgumentException("there is no image to augment");
    }
    List<String> inputs = maps.stream().map(map -> map.column().name()).toList();
    if (inputs.size() > 1 && moves()) {
      throw new IllegalArgumentException(
          "scales, rotation-degrees and pad-and-crop are for samples of one image, and these have %s; only flip can"
                  .formatted(inputs)
              + " be used with them");
    }
    MapSize image = MapSize.of(maps.get(0).column());
    if (padding >= Math.min(image.height(), image.width())) {
      throw new IllegalArgumentException(
          "pad-and-crop = %d may leave nothing of an image of %s; set it below its sides"
              .formatted(padding, image));
    }
    for (Column column : columns) {
      if (column.role() == Column.Role.TARGET) {
        tasks.stream()
            .filter(task -> task.kind().hasPixels() && task.truths().contains(column.name()))
            .map(task -> target(column, task, image))
            .findFirst()
            .ifPresent(maps::add);
      }
    }
    return maps;
  }

  private PixelMap target(Column column, Task task, MapSize image) {
    MapSize size = MapSize.of(column);
    if (!size.sameShapeAs(image)) {
      throw new IllegalArgumentException(
          "target '%s' of %s does not have the shape of the image of %s, so nobody knows which part of"
                  .formatted(column.name(), size, image)
              + " the image it covers; preprocess with sizes of one aspect ratio");
    }
    if (column.name().equals(task.soft())) {
      // Probabilities go with the nearest pixel, as their label does: outside there are none.
      return new LabelMap(column, 0);
    }
    return switch (task.kind()) {
      case SEGMENTATION, MASK -> labels(column, task);
      case DEPTH -> {
        if (zooms()) {
          depthRule.factor(column, 1);
        }
        yield new DepthMap(column, depthRule);
      }
      case NORMALS -> new NormalMap(column);
      case VECTORS -> OffsetMap.of(column, task);
      case CLASSIFICATION, BINARY, MULTI_LABEL, REGRESSION ->
          throw new IllegalArgumentException("task '" + task.name() + "' has no map");
    };
  }

  private PixelMap labels(Column column, Task task) {
    if (uncovers() && (task.missing() < 0 || task.missing() > 255)) {
      throw new IllegalArgumentException(
          "%s needs a label that says 'not labelled' for the corners, and task '%s' has %d,"
                  .formatted(
                      rotationDegrees > 0 ? "rotation-degrees" : "pad-and-crop",
                      task.name(),
                      task.missing())
              + " which no label can be; preprocess with 255");
    }
    return new LabelMap(column, task.missing());
  }
}
