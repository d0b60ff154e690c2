package org.sparkmto.preprocessing.nyuv2;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.numpy.NpyFolders;
import org.sparkmto.preprocessing.numpy.NpyMaps;

/**
 * NYUv2 as the multi-task papers since MTAN (Liu et al., CVPR 2019) pass it around: {@code
 * train|val/image|label|depth|normal/{i}.npy}, 288x384 pixels.
 *
 * <ul>
 *   <li>image: height, width, 3; red, green, blue from 0 to 1 (or bytes);
 *   <li>label: height, width; 13 classes 0..12, void -1;
 *   <li>depth: height, width (, 1); metres, missing where 0, NaN or infinite;
 *   <li>normal: height, width, 3; unit vectors, missing where (0, 0, 0) or NaN. A pixel whose
 *       components happen to sum to 0 is not missing, though the papers' masks say so.
 * </ul>
 *
 * <p>The folder "val" holds the 654 official test images, so it is the split {@code test}; a
 * validation split is held out of "train". A sample's identity is its folder and file, such as
 * {@code train/12}.
 */
public final class Nyuv2Npy implements RawDataset {
  /** Name, options and maker. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "nyuv2-npy",
          "Rooms: segmentation in 13 classes, depth, normals. The NumPy folders of MTAN: train and"
              + " val with image, label, depth and normal.",
          List.of(
              SceneOptions.size("288x384"),
              Option.of(
                  "normals",
                  Option.choice(NormalsSource.class),
                  "files",
                  "Where normals come from: files (the folder normal) or fitted (planes in windows"
                      + " of the depths; the images are taken for uncropped)."),
              SceneOptions.AXES,
              SceneOptions.FILTER,
              SceneOptions.NEAREST,
              SceneOptions.SHARE,
              SceneOptions.SEED),
          Nyuv2Npy::new);

  private static final Logger LOG = LoggerFactory.getLogger(Nyuv2Npy.class);

  private static final int CLASSES = 13;

  private final Options options;

  private Nyuv2Npy(Options options) {
    this.options = options;
  }

  @Override
  public RawContents list(Path root, RawFiles files) throws IOException {
    SceneEncoder encoder = SceneOptions.encoder(options, CLASSES, ValidRegion.NONE, false);
    NormalsSource source = options.choice("normals", NormalsSource.class);
    List<String> targets =
        source == NormalsSource.FILES
            ? List.of("label", "depth", "normal")
            : List.of("label", "depth");
    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    NpyFolders.list(new Path(root, "train"), "train", targets, files, samples, refused);
    Set<String> heldOut =
        SceneOptions.heldOut(samples.stream().map(RawSample::id).toList(), options);
    samples.replaceAll(
        sample ->
            heldOut.contains(sample.id())
                ? new RawSample(sample.id(), "val", sample.source(), 0, sample.labels())
                : sample);
    NpyFolders.list(new Path(root, "val"), "test", targets, files, samples, refused);
    for (String folder : files.directories(root)) {
      if (!folder.equals("train") && !folder.equals("val")) {
        LOG.info("the folder {} is passed over: samples are in train and val", folder);
      }
    }
    if (samples.isEmpty() && refused.isEmpty()) {
      throw notThere(root, files);
    }
    SampleReader.Opener opener = opened -> sample -> encoder.encode(scene(sample, opened, source));
    RawContents contents =
        new RawContents(encoder.columns(), encoder.tasks(), samples, refused, opener)
            .expecting(SceneOptions.splits(options));
    if (source == NormalsSource.FILES) {
      FloorCheck.warn(samples, opener.open(files), encoder);
    }
    return contents;
  }

  private static PreprocessingException notThere(Path root, RawFiles files) throws IOException {
    return SceneOptions.notThere(root, files, "train/image/0.npy", "nyuv2-npy");
  }

  private static Scene scene(RawSample sample, RawFiles files, NormalsSource source)
      throws UnreadableSampleException, IOException {
    return new Scene(
        NpyMaps.image(new Path(sample.source()), files),
        NpyMaps.labels(NpyFolders.target(sample, "label"), files, CLASSES),
        NpyMaps.reals(NpyFolders.target(sample, "depth"), files, 1),
        source == NormalsSource.FILES
            ? NpyMaps.reals(NpyFolders.target(sample, "normal"), files, 3)
            : null,
        null);
  }
}
