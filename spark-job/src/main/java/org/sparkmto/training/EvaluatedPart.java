package org.sparkmto.training;

import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.configuration.Preference;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.SplitCounts;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.evaluation.SplitFindings;
import org.sparkmto.input.SplitSource;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Replica;

/** One executor's part of an evaluation. */
final class EvaluatedPart implements Function<Integer, EvaluatedPart.Counted>, Serializable {
  /** What an executor brings back of its part. */
  record Counted(SplitCounts counts, SplitFindings findings) implements Serializable {}

  private static final long serialVersionUID = 1;

  private final String location;
  private final String model;
  private final String manifest;
  private final String data;
  private final String split;
  private final int parts;
  private final int worst;

  /** Null for what is usual. */
  private final Preference asked;

  private final SerializableConfiguration hadoop;

  EvaluatedPart(
      String location,
      String model,
      String manifest,
      String data,
      String split,
      int parts,
      int worst,
      Preference asked,
      SerializableConfiguration hadoop) {
    this.location = location;
    this.model = model;
    this.manifest = manifest;
    this.data = data;
    this.split = split;
    this.parts = parts;
    this.worst = worst;
    this.asked = asked;
    this.hadoop = hadoop;
  }

  @Override
  public Counted call(Integer number) {
    ComputeThreads.use(Math.max(1, TaskContext.get().cpus()));
    DatasetManifest contents = DatasetManifest.parse(manifest, data);
    TrainedModel trained = TrainedModel.of(location, model, hadoop.value());
    List<Task> tasks = trained.configuration().tasks(contents);
    try (Replica replica = trained.replica(contents)) {
      SplitSource source =
          new SplitSource(
              contents, new Path(data), hadoop.value(), split, SplitEvaluation.columns(tasks));
      SplitFindings findings = new SplitFindings(contents, tasks, worst);
      if (asked != null) {
        asked.askOf(replica);
      }
      SplitCounts counts =
          ModelEvaluation.judging(trained, contents, asked)
              .count(replica, source, number, parts, findings);
      return new Counted(counts, findings);
    }
  }
}
