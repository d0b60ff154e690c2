package org.sparkmto.retraining;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.configuration.RetrainSection;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.RunDirectory;

/**
 * The data set that a retraining is about.
 *
 * @param dataset as it was found; what arrives later is for a later run
 * @param digest of the samples of all splits and of what the tasks ask: two data sets of the same
 *     digest hold the same, however their files lie
 */
record ArrivedData(DatasetDirectory dataset, String digest) {
  private static final String DIGEST = "digest";

  /**
   * Finds it: the data set of the configuration, or in a directory of them the last by its name.
   *
   * @throws ConfigurationException if there is none in the directory
   * @throws org.sparkmto.data.DataContractException if it is not whole, or lacks the split to
   *     decide by
   */
  static ArrivedData find(
      RetrainSection section, TrainingConfiguration configuration, Configuration hadoop) {
    String place =
        section
            .data()
            .map(directory -> newest(directory, hadoop))
            .orElseGet(configuration::dataDirectory);
    DatasetDirectory dataset = DatasetDirectory.open(place, hadoop);
    dataset.manifest().split(section.split());
    return new ArrivedData(dataset, digest(dataset.manifest()));
  }

  private static String newest(String directory, Configuration hadoop) {
    List<String> finished =
        RunDirectory.of(directory, hadoop).folders(".+").stream()
            .filter(
                name -> RunDirectory.of(name, hadoop).read(DatasetManifest.FILE_NAME).isPresent())
            .sorted()
            .toList();
    if (finished.isEmpty()) {
      throw new ConfigurationException(
          "retrain.data: "
              + RunDirectory.of(directory, hadoop).name()
              + " holds no finished data set; preprocess one into it, or leave retrain.data out");
    }
    return finished.get(finished.size() - 1);
  }

  private static String digest(DatasetManifest manifest) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(manifest.splits())
        .forEach(
            (name, split) -> text.append(name).append(' ').append(split.digest()).append('\n'));
    for (Task task : manifest.tasks()) {
      text.append(task.name())
          .append(' ')
          .append(task.kind().label())
          .append(' ')
          .append(task.target())
          .append(' ')
          .append(task.classes())
          .append('\n');
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    return ContentDigest.hex(ContentDigest.sha256().digest(bytes));
  }

  /** Whether an event was about the same data. */
  boolean isOf(RetrainingEvent event) {
    return digest.equals(event.data().get(DIGEST));
  }

  /** What an event says of them. */
  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("name", dataset.manifest().dataset());
    facts.put("directory", dataset.root().toString());
    dataset
        .manifest()
        .splits()
        .forEach((name, split) -> facts.put("samples of " + name, Long.toString(split.rows())));
    facts.put(DIGEST, digest);
    return facts;
  }
}
