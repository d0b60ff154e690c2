package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.network.Replica;
import org.sparkmto.preprocessing.inspection.SampleRow;
import org.sparkmto.preprocessing.inspection.SampleRows;
import org.sparkmto.preprocessing.inspection.ShownSamples;
import org.sparkmto.training.StripesDataset;
import org.sparkmto.training.TrainedModel;

/** What a model says becomes a data set that the next run trains on, through the commands. */
class PseudoLabelsIT {
  private static final Configuration HADOOP = new Configuration();

  @TempDir static Path folder;

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  private static void train(String data, String run, String... settings) {
    List<String> all = new ArrayList<>(List.of("train", "--set", "data.directory=" + data));
    for (String setting : List.of("run.directory=" + run, "training.steps=4", "training.batch=6")) {
      all.addAll(List.of("--set", setting));
    }
    for (String setting : settings) {
      all.addAll(List.of("--set", setting));
    }
    CommandHere.doneByTwo(all.toArray(String[]::new));
  }

  private static void refused(String reason, String... command) {
    CommandHere refused = CommandHere.run(command);
    assertThat(refused.code()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err()).contains(reason).hasLineCount(1);
  }

  private static List<SampleRow> rows(DatasetDirectory dataset, String split) {
    SampleRows rows = new SampleRows(dataset, HADOOP);
    long count = dataset.manifest().split(split).rows();
    return rows.read(new ShownSamples.First(split, (int) count));
  }

  @Test
  void labelsOfImagesAreWhatTheModelSaysAndTheNextRunTrainsOnThem() throws IOException {
    String data =
        StripesDataset.write(Files.createDirectories(folder.resolve("stripes"))).toString();
    String small = "network.name=small-conv";
    String width = "network.width=2";
    train(data, at("teacher"), small, width);
    String[] asked = {
      "pseudo-labels",
      at("teacher"),
      "--data",
      data,
      "--task",
      "row,column",
      "--kind",
      "soft",
      "--out",
      at("soft")
    };
    CommandHere.doneByTwo(asked);
    CommandHere.doneByTwo("validate", at("soft"));

    DatasetDirectory before = DatasetDirectory.open(data, HADOOP);
    DatasetDirectory after = DatasetDirectory.open(at("soft"), HADOOP);
    DatasetManifest manifest = after.manifest();
    assertThat(manifest.tasks())
        .map(Task::name)
        .containsExactly("row", "column", "diagonal", "pseudo-row", "pseudo-column");
    assertThat(manifest.histograms().get("pseudo-row").labelled())
        .isEqualTo(before.manifest().split("train").rows());
    assertThat(manifest.settings())
        .containsEntry("pseudo.pseudo-row.task", "row")
        .containsEntry("pseudo.pseudo-row.kind", "soft")
        .containsEntry("pseudo.pseudo-row.of.train", before.manifest().split("train").digest());
    TrainedModel teacher = TrainedModel.open(at("teacher"), HADOOP);
    assertThat(manifest.settings()).containsEntry("pseudo.pseudo-row.sha256", teacher.digest());
    try (Replica network = teacher.replica()) {
      for (String split : List.of("train", "val")) {
        Map<String, List<byte[]>> old = new HashMap<>();
        rows(before, split).forEach(row -> old.put(row.id(), row.content()));
        List<SampleRow> rows = rows(after, split);
        assertThat(rows).hasSize(old.size());
        for (SampleRow row : rows) {
          List<byte[]> content = row.content();
          assertThat(content.subList(0, 2)).containsExactlyElementsOf(old.get(row.id()));
          List<float[]> said = network.predict(new Batch(1, Map.of("image", content.get(0))));
          same(said.get(0), content.get(2), content.get(3));
          double yes = 1 / (1 + Math.exp(-said.get(1)[0]));
          assertThat(content.get(4)).containsExactly(yes > 0.5 ? 1 : 0);
        }
      }
    }

    train(at("soft"), at("student"), small, width, "method.name=ial", "method.primary=diagonal");
    assertThat(TrainedModel.open(at("student"), HADOOP).tasks()).hasSize(5);
    CommandHere.doneByTwo("evaluate", at("student"), "--split", "val");
    assertThat(Files.readString(Path.of(at("student"), "evaluation-val.json")))
        .contains("pseudo-column");

    refused("has a task or column 'pseudo-row' already", withData(asked, at("soft"), at("no")));
    refused(
        "has no task 'rows'",
        "pseudo-labels",
        at("teacher"),
        "--data",
        data,
        "--task",
        "rows",
        "--out",
        at("no"));
    refused(
        "needs probabilities, and the data set has labels alone",
        "train",
        "--set",
        "data.directory=" + data,
        "--set",
        "run.directory=" + at("no"),
        "--set",
        "loss.row=soft-cross-entropy",
        "--set",
        "training.steps=1",
        "--set",
        small,
        "--master",
        "local[1]");
  }

  /** To 1e-5: the network answered more images at once. */
  private static void same(float[] outputs, byte[] label, byte[] soft) {
    double sum = 0;
    int best = 0;
    for (int k = 0; k < outputs.length; k++) {
      sum += Math.exp(outputs[k]);
      best = outputs[k] > outputs[best] ? k : best;
    }
    assertThat(Math.exp(outputs[label[0]]) / sum)
        .isCloseTo(Math.exp(outputs[best]) / sum, within(1e-5));
    ByteBuffer stored = ByteBuffer.wrap(soft).order(ByteOrder.LITTLE_ENDIAN);
    for (int k = 0; k < outputs.length; k++) {
      assertThat((stored.getShort(2 * k) & 0xffff) / 65535.0)
          .isCloseTo(Math.exp(outputs[k]) / sum, within(2e-5));
    }
  }

  private static String[] replaced(String[] command, String out) {
    String[] other = command.clone();
    other[other.length - 1] = out;
    return other;
  }

  private static String[] withData(String[] command, String data, String out) {
    String[] other = replaced(command, out);
    other[3] = data;
    return other;
  }

  @Test
  void mapsOfAModelBecomeTasksThatAreTurnedAndTrained() {
    String size = "24x32";
    CommandHere.done(
        "samples", "rooms", "--out", at("raw"), "--train", "12", "--val", "0", "--test", "6",
        "--size", size);
    CommandHere.doneByTwo(
        "preprocess", "nyuv2", "--raw", at("raw"), "--out", at("rooms"), "--image-size", size);
    train(at("rooms"), at("unet"), "network.name=small-unet", "network.width=4");
    refused(
        "which has numbers and no probabilities",
        "pseudo-labels",
        at("unet"),
        "--data",
        at("rooms"),
        "--kind",
        "soft",
        "--out",
        at("no"));
    CommandHere.doneByTwo(
        "pseudo-labels",
        at("unet"),
        "--data",
        at("rooms"),
        "--task",
        "depth,normals,segmentation",
        "--threshold",
        "0.05",
        "--prefix",
        "said-",
        "--out",
        at("hard"));
    CommandHere.doneByTwo(
        "pseudo-labels",
        at("unet"),
        "--data",
        at("hard"),
        "--task",
        "segmentation",
        "--kind",
        "soft",
        "--out",
        at("both"));
    DatasetManifest manifest = DatasetDirectory.open(at("both"), HADOOP).manifest();
    assertThat(manifest.tasks())
        .map(Task::name)
        .containsExactly(
            "segmentation",
            "depth",
            "normals",
            "said-segmentation",
            "said-depth",
            "said-normals",
            "pseudo-segmentation");
    assertThat(manifest.columns())
        .map(Column::name)
        .contains("said_depth", "pseudo_segmentation", "pseudo_segmentation_soft");
    assertThat(manifest.settings()).containsKeys("pseudo.said-depth.run");
    train(
        at("both"),
        at("student-of-maps"),
        "network.name=small-unet",
        "network.width=4",
        "augmentation.flip=true",
        "augmentation.rotation-degrees=10");
    assertThat(TrainedModel.open(at("student-of-maps"), HADOOP).tasks()).hasSize(7);
  }
}
