package org.sparkmto.preprocessing.cityscapes;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.NearestPixel;

/**
 * What a user chose, with the choices of the task set's papers for the rest.
 *
 * @param tasks the task set
 * @param size of images
 * @param targetSize of all targets
 * @param filter that makes images smaller
 * @param nearest which pixel of a target stays when it becomes smaller
 * @param classes of the segmentation
 * @param disparity what is made of disparities
 * @param fullWidth width of the images in whose pixels disparities are measured
 * @param maxDepth metres; where {@link DisparityConvention#METRIC_DEPTH} ends
 * @param groups what is made of groups of objects
 * @param validationShare of the official training split
 * @param validationSeed of the hash that picks it
 */
record Choices(
    TaskSet tasks,
    ImageSize size,
    ImageSize targetSize,
    Filter filter,
    NearestPixel nearest,
    Classes classes,
    DisparityConvention disparity,
    int fullWidth,
    double maxDepth,
    GroupInstances groups,
    double validationShare,
    long validationSeed)
    implements Serializable {

  /** What can be chosen. An option without a usual value has one in each task set. */
  static final List<Option> OPTIONS =
      List.of(
          Option.of(
              "tasks",
              Option.choice(TaskSet.class),
              "mtan-2",
              "mtan-2: 7 classes and inverse depth, 128x256 (MTAN, CAGrad, Aligned-MTL); kendall-3:"
                  + " 19 classes, offsets to instance centres and disparity, 256x512 with targets"
                  + " at 1/8 (Kendall, Sener, IMTL, Aligned-MTL); ial-3: 19 classes, 10 part"
                  + " classes and disparity, 256x512 (auto-lambda, IAL)."),
          Option.orAbsent(
              "size",
              ImageSize.KIND,
              "Stored size of the images, HEIGHTxWIDTH; without it that of the task set: 128x256"
                  + " for mtan-2, else 256x512."),
          Option.orAbsent(
              "target-size",
              ImageSize.KIND,
              "Stored size of all targets, HEIGHTxWIDTH; without it the size of the images, for"
                  + " kendall-3 an eighth of that."),
          Option.of(
              "image-filter",
              Option.choice(Filter.class),
              "antialiased",
              "How images become smaller: antialiased (Pillow's bilinear, MTAN and Sener), bilinear"
                  + " (OpenCV, later three-task code), nearest-centre or nearest-floor."),
          Option.of(
              "nearest",
              Option.choice(NearestPixel.class),
              "centre",
              "Which pixel of a target stays when it becomes smaller: centre (Pillow) or floor"
                  + " (OpenCV); the same one for all targets, which are never interpolated."),
          Option.orAbsent(
              "classes",
              Option.oneOf(7, 19),
              "Classes of the segmentation: 7 or 19; without it 7 for mtan-2, else 19."),
          Option.of(
              "group-ignored-too",
              Option.flag(),
              false,
              "With 7 classes: whether parking, rail track, guard rail, bridge, tunnel, polegroup,"
                  + " caravan and trailer belong to their categories (true) or, as they are not"
                  + " evaluated, are void (false: Aligned-MTL groups the 19 classes)."),
          Option.orAbsent(
              "disparity",
              Option.choice(DisparityConvention.class),
              "What is learned from disparities: mtan-inverse-depth (usual for mtan-2),"
                  + " sener-scaled (usual for kendall-3), auto-lambda-disparity (usual for ial-3),"
                  + " pixels or metric-depth, which needs the camera files."),
          Option.of(
              "full-width",
              Option.whole(1, ImageSize.MAX),
              2048,
              "Width of the raw images, by which auto-lambda-disparity converts pixels of the raw"
                  + " image to pixels of the stored one."),
          Option.of(
              "max-depth",
              Option.within(0.1, 100_000),
              80,
              "Metres to which metric-depth is capped; what is infinitely far has this depth."),
          Option.of(
              "group-instances",
              Option.choice(GroupInstances.class),
              "ignored",
              "Regions of objects that nobody could tell apart: ignored (no offsets), or as-one,"
                  + " one object of each class, as in Sener's code."),
          Option.of(
              "validation-share",
              Option.within(0, 1),
              0.2,
              "Share of the official training split that is held out as val, 595 of 2,975"
                  + " (Examining Common Paradigms in MTL); 0 trains on all of it, as the other"
                  + " papers do."),
          Option.of(
              "validation-seed",
              Option.whole(Integer.MIN_VALUE, Integer.MAX_VALUE),
              0,
              "Seed of the hash of names that picks what is held out."));

  private static final String IMAGE = "image";
  private static final String SEGMENTATION = "segmentation";
  private static final String OFFSETS = "offsets";
  private static final String PARTS = "parts";

  /**
   * Resolves options.
   *
   * @throws PreprocessingException if one of them is not possible, alone or with the others
   */
  static Choices of(Options options) {
    TaskSet tasks = options.choice("tasks", TaskSet.class);
    ImageSize size = options.optional("size", ImageSize.class).orElse(tasks.size());
    DisparityConvention disparity =
        options.optional("disparity", DisparityConvention.class).orElse(tasks.disparity());
    return new Choices(
        tasks,
        size,
        options.optional("target-size", ImageSize.class).orElse(tasks.targetSize(size)),
        options.choice("image-filter", Filter.class),
        options.choice("nearest", NearestPixel.class),
        classes(options, tasks),
        disparity,
        options.count("full-width"),
        options.number("max-depth"),
        options.choice("group-instances", GroupInstances.class),
        options.number("validation-share"),
        options.count("validation-seed"));
  }

  private static Classes classes(Options options, TaskSet tasks) {
    int count = options.optionalCount("classes").orElse(tasks.classes());
    boolean ignoredToo = options.flag("group-ignored-too");
    if (count == 19 && ignoredToo) {
      throw PreprocessingException.wrongUsage(
          "option group-ignored-too is for 7 classes; here are 19, set classes = 7 or leave it");
    }
    return count == 7 ? Classes.categories(ignoredToo) : Classes.evaluated();
  }

  /** The files that a sample needs. */
  Set<RawFile> files() {
    Set<RawFile> files = EnumSet.of(RawFile.IMAGE);
    for (LabelKind target : tasks.targets()) {
      switch (target) {
        case SEGMENTATION -> files.add(RawFile.LABEL_IDS);
        case OFFSETS -> files.add(RawFile.INSTANCE_IDS);
        case PARTS -> files.add(RawFile.PARTS);
        case DISPARITY -> {
          files.add(RawFile.DISPARITY);
          if (disparity == DisparityConvention.METRIC_DEPTH) {
            files.add(RawFile.CAMERA);
          }
        }
      }
    }
    return files;
  }

  /** The columns: the image, and the targets in the order of the task set. */
  List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    columns.add(
        new Column(
            IMAGE, Column.Role.INPUT, ElementType.UINT8, List.of(3, size.height(), size.width())));
    List<Integer> map = List.of(targetSize.height(), targetSize.width());
    for (LabelKind target : tasks.targets()) {
      columns.add(
          switch (target) {
            case SEGMENTATION ->
                new Column(SEGMENTATION, Column.Role.TARGET, ElementType.UINT8, map);
            case PARTS -> new Column(PARTS, Column.Role.TARGET, ElementType.UINT8, map);
            case OFFSETS ->
                new Column(
                        OFFSETS,
                        Column.Role.TARGET,
                        ElementType.FLOAT32,
                        List.of(2, targetSize.height(), targetSize.width()))
                    .measured(1, 0, "px");
            case DISPARITY -> disparity.column(fullWidth, size.width(), targetSize);
          });
    }
    return columns;
  }

  /** The tasks, one for each target. */
  List<Task> learned() {
    List<String> inputs = List.of(IMAGE);
    List<Task> learned = new ArrayList<>();
    for (LabelKind target : tasks.targets()) {
      learned.add(
          switch (target) {
            case SEGMENTATION ->
                Task.of(
                        SEGMENTATION,
                        TaskKind.SEGMENTATION,
                        inputs,
                        SEGMENTATION,
                        classes.names().size())
                    .named(classes.names());
            case PARTS ->
                Task.of(PARTS, TaskKind.SEGMENTATION, inputs, PARTS, Parts.NAMES.size())
                    .named(Parts.NAMES);
            case OFFSETS ->
                Task.of("instances", TaskKind.VECTORS, inputs, OFFSETS, 2)
                    .named(List.of("dy", "dx"));
            case DISPARITY ->
                Task.of(
                    disparity.task(),
                    TaskKind.DEPTH,
                    inputs,
                    disparity.column(fullWidth, size.width(), targetSize).name(),
                    1);
          });
    }
    return learned;
  }
}
