package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;

/** Runs of so many tasks that their exact steps take inner products of factors. */
@Tag("slow")
class FactoredRunsTest extends StripesRuns {
  /** How often each question of the images is asked, by a head of its own. */
  private static final int TIMES = 3;

  /** Ranks average their running statistics where one ends. */
  private static final int SEGMENT = 5;

  @BeforeAll
  static void start() throws IOException {
    open("local[2]");
    DatasetManifest one = StripesDataset.open(data).manifest();
    List<Task> tasks = new ArrayList<>();
    for (int time = 0; time < TIMES; time++) {
      for (Task task : one.tasks()) {
        tasks.add(
            new Task(
                task.name() + time,
                task.kind(),
                task.inputs(),
                task.target(),
                task.element(),
                task.classes(),
                task.missing()));
      }
    }
    DatasetManifest manifest =
        new DatasetManifest(
            one.dataset(),
            one.writer(),
            one.seed(),
            one.columns(),
            tasks,
            one.splits(),
            one.statistics(),
            one.histograms(),
            one.ranges(),
            one.sources(),
            one.settings(),
            one.remarks());
    Files.writeString(data.resolve(DatasetManifest.FILE_NAME), manifest.toJson());
  }

  /** With a method that goes on from what it remembers of earlier steps. */
  @Test
  void aRunThatIsInterruptedAtACheckpointEndsInTheBitsOfTheWholeOne() {
    Path whole = trained("whole", 7);
    assertThat(Runs.model(trained("gradients", 7, "look.factors = false")))
        .as("the bits of gradients are others: it went by factors")
        .isNotEqualTo(Runs.model(whole));
    Path parts = trained("parts", SEGMENT);
    Runs.train(spark, run("parts", 7), TrainingRun.Start.RESUME);
    assertThat(Runs.steps(parts)).isEqualTo(LongStream.range(0, 7).boxed().toList());
    assertThat(Runs.model(parts)).isEqualTo(Runs.model(whole));
    for (String file : List.of(Checkpoint.WEIGHTS, Checkpoint.OPTIMIZER, Checkpoint.AGGREGATOR)) {
      assertThat(Runs.bytes(parts.resolve("checkpoints/step-00000007/" + file)))
          .as(file)
          .isEqualTo(Runs.bytes(whole.resolve("checkpoints/step-00000007/" + file)));
    }
  }

  private static Path trained(String name, int steps, String... more) {
    Runs.train(spark, run(name, steps, more));
    return folder.resolve(name);
  }

  private static TrainingConfiguration run(String name, int steps, String... more) {
    return Runs.configuration(
            data,
            folder.resolve(name),
            "method { name = gradvac, level = parameters }",
            "network = null, network { name = resnet18, width = 4 }",
            String.join("\n", more))
        .with(
            "cluster.ranks = 2, training { batch = 12, steps = %d }, checkpoint.every-steps = %d"
                .formatted(steps, SEGMENT));
  }
}
