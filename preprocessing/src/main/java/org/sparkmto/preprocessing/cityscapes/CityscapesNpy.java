package org.sparkmto.preprocessing.cityscapes;

import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.HeldOut;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.image.RealMap;
import org.sparkmto.preprocessing.numpy.NpyFolders;
import org.sparkmto.preprocessing.numpy.NpyMaps;

/**
 * Cityscapes as the multi-task papers since MTAN (Liu et al., CVPR 2019) pass it around: {@code
 * train|val/image|label_7|label_19|depth/{i}.npy}, 128x256 pixels.
 *
 * <ul>
 *   <li>image: height, width, 3; red, green, blue from 0 to 1 (or bytes);
 *   <li>label_7, label_19: height, width; classes 0..6 or 0..18, void -1. Later code calls the one
 *       in use {@code label};
 *   <li>depth: height, width (, 1); inverse depth, that is the raw disparity / 65535, missing where
 *       0 or NaN.
 * </ul>
 *
 * <p>The folder "val" holds the 500 official validation images, on which the papers report, so it
 * is the split {@code test}; a validation split is held out of "train". The tasks are those of
 * {@link TaskSet#MTAN_2}.
 */
public final class CityscapesNpy implements RawDataset {
  /** Name, options and maker. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "cityscapes-npy",
          "Streets: segmentation in 7 or 19 classes, inverse depth. The NumPy folders of MTAN:"
              + " train and val with image, label_7 or label_19, and depth.",
          List.of(
              Option.of(
                  "size",
                  ImageSize.KIND,
                  "128x256",
                  "Stored size of images and targets, HEIGHTxWIDTH (MTAN, CAGrad, Aligned-MTL)."),
              Option.of(
                  "classes",
                  Option.oneOf(7, 19),
                  7,
                  "Classes of the segmentation, 7 or 19: the folder label_7 or label_19, or"
                      + " label."),
              choice("image-filter"),
              choice("nearest"),
              choice("validation-share"),
              choice("validation-seed")),
          CityscapesNpy::new);

  private static final String IMAGE = "image";
  private static final String SEGMENTATION = "segmentation";
  private static final String DISPARITY = "disparity";

  private final Options options;

  private CityscapesNpy(Options options) {
    this.options = options;
  }

  /** An option that is the same for the official trees. */
  private static Option choice(String name) {
    return Choices.OPTIONS.stream()
        .filter(option -> option.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public RawContents list(Path root, RawFiles files) throws IOException {
    Classes classes =
        options.count("classes") == 7 ? Classes.categories(false) : Classes.evaluated();
    String labels = labels(root, files);
    List<String> targets = List.of(labels, "depth");
    double share = options.number("validation-share");
    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    NpyFolders.list(new Path(root, "train"), "train", targets, files, samples, refused);
    Set<String> heldOut =
        HeldOut.of(
            samples.stream().map(RawSample::id).toList(), share, options.count("validation-seed"));
    samples.replaceAll(
        sample ->
            heldOut.contains(sample.id())
                ? new RawSample(sample.id(), "val", sample.source(), 0, sample.labels())
                : sample);
    NpyFolders.list(new Path(root, "val"), "test", targets, files, samples, refused);
    Encoder encoder =
        new Encoder(
            options.value("size", ImageSize.class),
            classes.names().size(),
            labels,
            options.choice("image-filter", Filter.class),
            options.choice("nearest", NearestPixel.class));
    return new RawContents(
            encoder.columns(),
            List.of(
                Task.of(
                        SEGMENTATION,
                        TaskKind.SEGMENTATION,
                        List.of(IMAGE),
                        SEGMENTATION,
                        classes.names().size())
                    .named(classes.names()),
                Task.of(
                    DisparityConvention.MTAN_INVERSE_DEPTH.task(),
                    TaskKind.DEPTH,
                    List.of(IMAGE),
                    DISPARITY,
                    1)),
            samples,
            refused,
            opened -> sample -> encoder.encode(sample, opened))
        .expecting(HeldOut.splits(share));
  }

  /** The folder of the labels that are asked for. */
  private String labels(Path root, RawFiles files) throws IOException {
    String named = "label_" + options.count("classes");
    Set<String> found = new TreeSet<>();
    for (String folder : List.of("train", "val")) {
      if (files.isDirectory(new Path(root, folder))) {
        found.addAll(files.directories(new Path(root, folder)));
      }
    }
    if (found.contains(named)) {
      return named;
    }
    if (found.contains("label")) {
      return "label";
    }
    throw PreprocessingException.wrongUsage(
        root
            + " does not hold MTAN's folders of Cityscapes: there is neither train/"
            + named
            + " nor train/label with files such as 0.npy; "
            + (found.isEmpty()
                ? "it has neither train nor val, and the official PNG trees are 'cityscapes'"
                : "it has " + found));
  }

  /** From the files of a sample to the columns of the shards. */
  private record Encoder(
      ImageSize size, int classes, String labels, Filter filter, NearestPixel nearest)
      implements Serializable {

    List<Column> columns() {
      int h = size.height();
      int w = size.width();
      return List.of(
          new Column(IMAGE, Column.Role.INPUT, ElementType.UINT8, List.of(3, h, w)),
          new Column(SEGMENTATION, Column.Role.TARGET, ElementType.UINT8, List.of(h, w)),
          new Column(DISPARITY, Column.Role.TARGET, ElementType.FLOAT32, List.of(h, w))
              .measured(1, 0, DisparityConvention.MTAN_INVERSE_DEPTH.unit()));
    }

    List<byte[]> encode(RawSample sample, RawFiles files)
        throws UnreadableSampleException, IOException {
      Image image = NpyMaps.image(new Path(sample.source()), files);
      IntegerMap classMap = NpyMaps.labels(NpyFolders.target(sample, labels), files, classes);
      RealMap inverse = NpyMaps.reals(NpyFolders.target(sample, "depth"), files, 1);
      same(labels, classMap.height(), classMap.width(), image);
      same("depth", inverse.height(), inverse.width(), image);
      IntegerMap kept = classMap.resized(size.height(), size.width(), nearest);
      RealMap keptInverse = inverse.resized(size.height(), size.width(), nearest);
      byte[] segmentation = new byte[kept.values().length];
      byte[] depths = new byte[Float.BYTES * segmentation.length];
      ByteBuffer out = ByteBuffer.wrap(depths).order(ByteOrder.LITTLE_ENDIAN);
      boolean labelled = false;
      for (int i = 0; i < segmentation.length; i++) {
        segmentation[i] = (byte) kept.values()[i];
        float value = value(keptInverse.values()[i]);
        out.putFloat(value);
        labelled |= kept.values()[i] != Task.MISSING || !Float.isNaN(value);
      }
      if (!labelled) {
        throw new UnreadableSampleException(Reason.NO_LABELS, "no pixel has a label or a value");
      }
      return List.of(
          image.resized(size.height(), size.width(), filter).samples(), segmentation, depths);
    }

    /** A stored inverse depth. */
    private static float value(float inverse) throws UnreadableSampleException {
      if (Float.isNaN(inverse) || inverse == 0) {
        return Float.NaN;
      }
      if (!(inverse > 0 && inverse <= 1)) {
        throw new UnreadableSampleException(
            Reason.BAD_TARGET,
            "depth has " + inverse + ", not the inverse depth of MTAN, which is from 0 to 1");
      }
      return inverse;
    }

    private static void same(String part, int height, int width, Image image)
        throws UnreadableSampleException {
      if (height != image.height() || width != image.width()) {
        throw new UnreadableSampleException(
            Reason.WRONG_SIZE,
            part
                + " is "
                + height
                + "x"
                + width
                + ", the image "
                + image.height()
                + "x"
                + image.width());
      }
    }
  }
}
