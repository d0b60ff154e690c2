package org.sparkmto.preprocessing.emotic;

import java.io.IOException;
import java.io.Serializable;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.matlab.MatFile;

/**
 * EMOTIC (Kosti et al., CVPR 2017 and TPAMI 2019): what a person in a scene feels, as 26 categories
 * and as valence, arousal and dominance from 1 to 10. A sample is a person; the inputs are the
 * whole image and the person's box cut out of it.
 *
 * <p>Raw layout: {@code Annotations/Annotations.mat} (MATLAB version 5) and the images at {@code
 * emotic/FOLDER/FILE} or {@code FOLDER/FILE}, with the folder and the file of the annotations.
 */
public final class Emotic implements RawDataset {
  /** Name, options and maker. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "emotic",
          "EMOTIC, persons in context: 26 categories and 3 dimensions, or 26 tasks; two inputs."
              + " Annotations/Annotations.mat and the folders of images below emotic.",
          List.of(
              Option.of(
                  "size",
                  ImageSize.KIND,
                  "224",
                  "Stored size of the image; the aspect ratio is not kept (224x224)."),
              Option.orAbsent(
                  "person-size",
                  ImageSize.KIND,
                  "Stored size of the person cut out of the image; without it, that of the image"
                      + " (128 in the PyTorch port of the authors' code)."),
              Option.of(
                  "tasks",
                  Option.choice(Tasks.class),
                  "multi-label",
                  "multi-label: one task of 26 categories and one of valence, arousal and"
                      + " dominance; binary-26: one task for each category.")),
          Emotic::new);

  /** The categories, in the order of their labels. */
  static final List<String> CATEGORIES =
      List.of(
          "Affection",
          "Anger",
          "Annoyance",
          "Anticipation",
          "Aversion",
          "Confidence",
          "Disapproval",
          "Disconnection",
          "Disquietment",
          "Doubt/Confusion",
          "Embarrassment",
          "Engagement",
          "Esteem",
          "Excitement",
          "Fatigue",
          "Fear",
          "Happiness",
          "Pain",
          "Peace",
          "Pleasure",
          "Sadness",
          "Sensitivity",
          "Suffering",
          "Surprise",
          "Sympathy",
          "Yearning");

  private static final List<String> SPLITS = List.of("train", "val", "test");
  private static final List<String> INPUTS = List.of("image", "person");

  /** The real table names four. */
  private static final int MAX_FOLDERS = 256;

  /** Which tasks are made of the annotations. */
  enum Tasks {
    /** One task of 26 labels, one of three numbers. */
    MULTI_LABEL,
    /** One task for each category; the numbers are left out. */
    BINARY_26
  }

  private final Options options;

  private Emotic(Options options) {
    this.options = options;
  }

  @Override
  public RawContents list(Path root, RawFiles files) throws IOException {
    ImageSize size = options.value("size", ImageSize.class);
    ImageSize personSize = options.optional("person-size", ImageSize.class).orElse(size);
    boolean binary = options.choice("tasks", Tasks.class) == Tasks.BINARY_26;
    List<Path> tables =
        List.of(
            new Path(root, "Annotations/Annotations.mat"),
            new Path(root, "Annotations.mat"),
            new Path(root, "emotic/Annotations/Annotations.mat"));
    Path path = files.first(tables).orElseThrow(() -> notEmotic(root));
    Path nested = new Path(root, "emotic");
    Path images = files.isDirectory(nested) ? nested : root;
    EmoticTable table = new EmoticTable(path, images);
    try {
      MatFile file = MatFile.parse(files.read(path, MatFile.MAX_FILE));
      for (String split : SPLITS) {
        if (!file.names().contains(split)) {
          boolean any = SPLITS.stream().anyMatch(file.names()::contains);
          throw PreprocessingException.failed(
              path
                  + (any
                      ? " lacks '" + split + "' of the variables "
                      : " has none of the variables ")
                  + SPLITS
                  + ", it has only "
                  + file.names()
                  + "; copy it anew");
        }
        table.add(split, file);
      }
    } catch (UnreadableSampleException e) {
      throw PreprocessingException.failed(
          path + " cannot be read (" + e.reason().label() + "): " + e.getMessage());
    }
    List<RefusedSample> refused = new ArrayList<>(table.refused());
    List<RawSample> samples = withImages(table, images, files, refused);
    Reader.Sizes sizes = new Reader.Sizes(size, personSize);
    return new RawContents(
            columns(size, personSize, binary),
            tasks(binary),
            samples,
            refused,
            opened -> new Reader(opened, sizes, binary))
        .expecting(SPLITS);
  }

  /** Sets aside the persons of images that are not there, and images without annotations. */
  private static List<RawSample> withImages(
      EmoticTable table, Path images, RawFiles files, List<RefusedSample> refused)
      throws IOException {
    if (table.named().size() > MAX_FOLDERS) {
      throw PreprocessingException.failed(
          "the annotations name " + table.named().size() + " folders; EMOTIC has four");
    }
    Map<String, Boolean> present = new HashMap<>();
    for (Map.Entry<String, Set<String>> entry : table.named().entrySet()) {
      Path folder = new Path(images, entry.getKey());
      Set<String> there = files.isDirectory(folder) ? files.names(folder) : Set.of();
      for (String name : entry.getValue()) {
        present.put(new Path(folder, name).toString(), there.contains(name));
      }
      for (String name : there) {
        if (!entry.getValue().contains(name)) {
          refused.add(
              new RefusedSample(
                  entry.getKey() + "/" + name,
                  folder + "/" + name,
                  Reason.NO_ATTRIBUTES,
                  "the annotations name no such image"));
        }
      }
    }
    List<RawSample> samples = new ArrayList<>();
    for (RawSample sample : table.samples()) {
      if (present.get(sample.source())) {
        samples.add(sample);
      } else {
        refused.add(
            new RefusedSample(
                sample.id(), sample.source(), Reason.NO_IMAGE, "annotated, but not there"));
      }
    }
    return samples;
  }

  private static List<Column> columns(ImageSize size, ImageSize personSize, boolean binary) {
    List<Column> columns = new ArrayList<>();
    columns.add(
        new Column(
            "image",
            Column.Role.INPUT,
            ElementType.UINT8,
            List.of(3, size.height(), size.width())));
    columns.add(
        new Column(
            "person",
            Column.Role.INPUT,
            ElementType.UINT8,
            List.of(3, personSize.height(), personSize.width())));
    columns.add(
        new Column(
            "categories", Column.Role.TARGET, ElementType.UINT8, List.of(CATEGORIES.size())));
    if (!binary) {
      columns.add(new Column("continuous", Column.Role.TARGET, ElementType.FLOAT32, List.of(3)));
    }
    return columns;
  }

  private static List<Task> tasks(boolean binary) {
    if (!binary) {
      return List.of(
          Task.of("categories", TaskKind.MULTI_LABEL, INPUTS, "categories", CATEGORIES.size())
              .named(CATEGORIES),
          Task.of("continuous", TaskKind.REGRESSION, INPUTS, "continuous", 3)
              .named(List.of("valence", "arousal", "dominance"))
              .withLoss("l1"));
    }
    List<Task> tasks = new ArrayList<>();
    for (int i = 0; i < CATEGORIES.size(); i++) {
      tasks.add(
          new Task(CATEGORIES.get(i), TaskKind.BINARY, INPUTS, "categories", i, 2, Task.MISSING));
    }
    return tasks;
  }

  private static PreprocessingException notEmotic(Path root) {
    return PreprocessingException.wrongUsage(
        root
            + " does not hold EMOTIC: the annotations are neither Annotations/Annotations.mat nor"
            + " Annotations.mat nor emotic/Annotations/Annotations.mat");
  }

  /**
   * Decodes an image for each of its persons. The last image stays while there is memory: samples
   * come in random order, so that helps little as a rule, but an image may have a thousand persons.
   */
  private static final class Reader implements SampleReader {
    private final RawFiles files;
    private final Sizes sizes;
    private final boolean binary;
    private SoftReference<Decoded> last = new SoftReference<>(null);

    private record Decoded(String source, Image image, Image resized) {}

    private record Sizes(ImageSize image, ImageSize person) implements Serializable {}

    Reader(RawFiles files, Sizes sizes, boolean binary) {
      this.files = files;
      this.sizes = sizes;
      this.binary = binary;
    }

    @Override
    public List<byte[]> read(RawSample sample) throws UnreadableSampleException, IOException {
      Decoded decoded = decoded(sample.source());
      Person person = Person.of(sample.labels());
      List<byte[]> content = new ArrayList<>();
      content.add(decoded.resized().samples());
      content.add(resized(person.crop(decoded.image()), sizes.person()).samples());
      content.add(person.categories());
      if (!binary) {
        content.add(person.dimensions());
      }
      return content;
    }

    private Decoded decoded(String source) throws UnreadableSampleException, IOException {
      Decoded decoded = last.get();
      if (decoded == null || !decoded.source().equals(source)) {
        Image image = Jpeg.decode(files.read(new Path(source), Jpeg.MAX_FILE));
        decoded = new Decoded(source, image, resized(image, sizes.image()));
        last = new SoftReference<>(decoded);
      }
      return decoded;
    }

    private static Image resized(Image image, ImageSize size) {
      return image.resized(size.height(), size.width());
    }
  }
}
