package org.sparkmto.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.sparkmto.method.MethodEntry;

/** What a run is, written down for people and reports when it begins. */
final class RunDescription {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RunDescription() {}

  /** Writes the run's complete configuration and its {@code run.json}. */
  static void write(
      RunDirectory directory, RunPlan plan, int ranks, Map<String, String> environment) {
    TrainingConfiguration configuration = plan.configuration();
    MethodEntry.Made made = configuration.method();
    directory.write(RunDirectory.CONFIGURATION, configuration.render());
    ObjectNode header = JSON.createObjectNode();
    header.put("run", new Path(directory.name()).getName());
    header.put("method", made.entry().name());
    header.put("methodTitle", made.entry().title());
    header.put("sight", made.sight().words());
    made.level().ifPresent(level -> header.put("level", level.name().toLowerCase(Locale.ROOT)));
    header.put("network", plan.network().architecture());
    header.put("dataset", plan.dataset().manifest().dataset());
    plan.taskNames().forEach(header.putArray("tasks")::add);
    header.put("ranks", ranks);
    header.put("steps", plan.steps());
    header.put("globalBatch", configuration.batch());
    header
        .putObject("parameters")
        .put("shared", plan.layout().shared())
        .put("heads", plan.layout().total() - plan.layout().shared());
    header.put("configuration", configuration.render());
    ObjectNode versions = header.putObject("versions");
    environment.forEach(versions::put);
    header.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    header.put("seed", configuration.seed());
    directory.write(RunDirectory.HEADER, header.toPrettyString() + "\n");
  }
}
