package org.sparkmto.preprocessing.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.hostile.HostileCase.FileHarm;
import org.sparkmto.preprocessing.hostile.HostileCase.Harm;

/** Every attack on every reader. */
final class HostileCorpus {
  private HostileCorpus() {}

  /** Sound data of a reader, small, and what there is to attack. */
  record Ground(
      String reader, String options, Sound sound, List<String> pictures, List<String> others) {}

  /** Writes sound data. */
  interface Sound {
    void write(SparkSession spark, Path root) throws IOException;
  }

  private static final Map<String, Ground> GROUNDS = new TreeMap<>();

  static {
    GROUNDS.put(
        "celeba",
        new Ground(
            "celeba",
            "size = 16",
            SoundData::faces,
            List.of("Img/img_align_celeba/000002.jpg"),
            List.of("Anno/list_attr_celeba.txt", "Eval/list_eval_partition.txt")));
    GROUNDS.put(
        "multi-fashion",
        new Ground(
            "multi-fashion",
            "",
            SoundData::multiFashion,
            List.of(),
            List.of("train-images-idx3-ubyte.gz", "train-left-labels-idx1-ubyte.gz")));
    GROUNDS.put(
        "cityscapes",
        new Ground(
            "cityscapes",
            "tasks = ial-3, size = 32x64",
            SoundData::streets,
            List.of(
                "leftImg8bit/train/aachen/FIRST_leftImg8bit.png",
                "gtFine/train/aachen/FIRST_gtFine_labelIds.png",
                "disparity/train/aachen/FIRST_disparity.png",
                "gtFinePanopticParts/train/aachen/FIRST_gtFinePanopticParts.tif"),
            List.of()));
    GROUNDS.put(
        "cityscapes-instances",
        new Ground(
            "cityscapes",
            "tasks = kendall-3, size = 32x64, disparity = metric-depth",
            SoundData::streets,
            List.of("gtFine/train/aachen/FIRST_gtFine_instanceIds.png"),
            List.of("camera/train/aachen/FIRST_camera.json")));
    GROUNDS.put(
        "nyuv2",
        new Ground(
            "nyuv2",
            "size = 24x32",
            SoundData::rooms,
            List.of(),
            List.of("nyu_depth_v2_labeled.mat", "splits.mat")));
    GROUNDS.put(
        "nyuv2-npy",
        new Ground(
            "nyuv2-npy",
            "size = 24x32",
            SoundData::roomsNpy,
            List.of(),
            List.of(
                "train/image/1.npy",
                "train/label/1.npy",
                "train/depth/1.npy",
                "train/normal/1.npy")));
    GROUNDS.put(
        "nyud-mt",
        new Ground(
            "nyud-mt",
            "size = 24x32",
            SoundData::nyudTree,
            List.of("images/0001.jpg", "segmentation/0001.png"),
            List.of("depth/0001.npy", "normals/0001.npy", "gt_sets/train.txt")));
    GROUNDS.put(
        "multi-cifar100",
        new Ground(
            "multi-cifar100", "", SoundData::cifar, List.of(), List.of("train.bin", "test.bin")));
    GROUNDS.put(
        "emotic",
        new Ground(
            "emotic",
            "size = 16",
            SoundData::emotic,
            List.of("mscoco/images/two.jpg"),
            List.of("Annotations/Annotations.mat")));
    GROUNDS.put(
        "pascal-context",
        new Ground(
            "pascal-context",
            "size = 24x32, validation-share = 0",
            SoundData::pascal,
            List.of(
                "JPEGImages/2008_000001.jpg",
                "semseg/VOC12/2008_000002.png",
                "normals_distill/2008_000001.png",
                "sal_distill/2008_000001.png"),
            List.of(
                "pascal-context/trainval/2008_000001.mat",
                "human_parts/2008_000001.mat",
                "ImageSets/Context/train.txt")));
    GROUNDS.put(
        "own-csv",
        new Ground(
            "own",
            SoundData.OWN_CSV,
            SoundData::ownCsv,
            List.of("photos/1.png", "parts/1.png"),
            List.of("table.csv")));
    GROUNDS.put(
        "own-parquet",
        new Ground(
            "own",
            SoundData.OWN_PARQUET,
            SoundData::ownParquet,
            List.of(),
            List.of("table.parquet")));
  }

  static String reader(String ground) {
    return GROUNDS.get(ground).reader();
  }

  static String options(String ground) {
    return GROUNDS.get(ground).options();
  }

  static void sound(String ground, SparkSession spark, Path root) throws IOException {
    GROUNDS.get(ground).sound().write(spark, root);
  }

  /** All cases, ground by ground. */
  static List<HostileCase> cases() {
    List<HostileCase> cases = new ArrayList<>();
    GROUNDS.forEach(
        (name, ground) -> {
          Map<String, FileHarm> any = FileHarms.ofAnyFile();
          Map<String, FileHarm> pictures = FileHarms.ofPictures();
          for (String file : ground.pictures()) {
            any.forEach((kind, harm) -> cases.add(onFile(name, kind, file, harm)));
            pictures.forEach((kind, harm) -> cases.add(onFile(name, kind, file, harm)));
          }
          for (String file : ground.others()) {
            any.forEach((kind, harm) -> cases.add(onFile(name, kind, file, harm)));
          }
        });
    cases.addAll(OwnHarms.cases());
    cases.sort(Comparator.comparing(HostileCase::dataset));
    return cases;
  }

  /**
   * One case of each kind of attack, on the first and every third of the readers that it can be
   * tried on: what decodes an image or finds a file is the same code for all of them. Every reader
   * gets every third kind.
   */
  static List<HostileCase> brief() {
    Set<String> met = new HashSet<>();
    List<String> kinds = new ArrayList<>();
    Map<String, Integer> readers = new TreeMap<>();
    List<HostileCase> brief = new ArrayList<>();
    for (HostileCase attack : cases()) {
      if (!met.add(attack.dataset() + ": " + attack.kind())) {
        continue;
      }
      if (!kinds.contains(attack.kind())) {
        kinds.add(attack.kind());
      }
      int reader = readers.merge(attack.kind(), 1, Integer::sum);
      // The readers come in the same order for all kinds, so the kinds take turns.
      if (reader == 1 || (reader + kinds.indexOf(attack.kind())) % 3 == 0) {
        brief.add(attack);
      }
    }
    return brief;
  }

  private static HostileCase onFile(String ground, String kind, String file, FileHarm harm) {
    Harm whole = root -> harm.on(found(root, file));
    return new HostileCase(ground, kind, file + ": " + kind, whole);
  }

  /** A file by its name, in which FIRST stands for the beginning of the first one. */
  static Path found(Path root, String file) throws IOException {
    if (!file.contains("FIRST")) {
      return root.resolve(file);
    }
    Path pattern = root.resolve(file);
    String ending = pattern.getFileName().toString().replace("FIRST", "");
    try (var files = Files.list(pattern.getParent())) {
      return files
          .filter(candidate -> candidate.toString().endsWith(ending))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  /**
   * Why a reader cannot notice a harm, or empty: the raw format has nothing to notice it by. Such a
   * case must still end in time and in order.
   */
  static String undetectable(HostileCase attack) {
    String name = attack.name();
    boolean flipped = name.contains("flipped bytes") || name.startsWith("damaged structure");
    return switch (attack.dataset()) {
      case "celeba", "emotic" ->
          name.contains(".jpg: gray JPEG instead") ? "it is a sound picture" : "";
      case "multi-cifar100" ->
          flipped
              ? "pixels without a checksum"
              : name.contains("cut in the middle") ? "cut between two records" : "";
      case "nyuv2", "nyuv2-npy", "nyud-mt" -> flipped ? "numbers without a checksum" : "";
      case "own-csv" ->
          name.startsWith("table.csv: cut") || name.startsWith("table.csv: flipped")
              ? "text without a checksum and without a count"
              : "";
      default -> "";
    };
  }
}
