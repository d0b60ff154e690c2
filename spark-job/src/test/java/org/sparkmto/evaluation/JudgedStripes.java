package org.sparkmto.evaluation;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.Task;
import org.sparkmto.input.SplitSource;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.training.StripesDataset;

/** Stripes that lack many labels, and an untrained network to be judged on those to train on. */
record JudgedStripes(
    DatasetDirectory dataset,
    List<Task> tasks,
    SplitEvaluation evaluation,
    SplitSource source,
    Replica replica) {

  /** Writes them; the caller closes the network. */
  static JudgedStripes write(Path folder) {
    Configuration hadoop = new Configuration();
    Path root = StripesDataset.write(folder.resolve("gaps"), List.of(0.3, 0.5, 0.9));
    DatasetDirectory dataset = DatasetDirectory.open(root.toString(), hadoop);
    List<Task> tasks = dataset.manifest().tasks();
    return new JudgedStripes(
        dataset,
        tasks,
        SplitEvaluation.of(dataset.manifest(), tasks, MetricChoices.USUAL),
        new SplitSource(
            dataset.manifest(), dataset.root(), hadoop, "train", SplitEvaluation.columns(tasks)),
        Replica.of(
            NetworkPlan.of(
                Architectures.known().entry("small-conv"),
                Map.of("width", 2L),
                dataset.manifest(),
                tasks),
            Draws.of(5)));
  }
}
