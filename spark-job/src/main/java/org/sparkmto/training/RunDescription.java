package org.sparkmto.training;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.OptionalLong;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.runlog.Provenance;
import org.sparkmto.runlog.RunHeader;

/** What a run is, written down for people and reports when it begins. */
final class RunDescription {
  private RunDescription() {}

  /** Writes the run's complete configuration and its {@code run.json}. */
  static void write(RunDirectory directory, RunPlan plan, Provenance provenance) {
    TrainingConfiguration configuration = plan.configuration();
    MethodEntry.Made made = configuration.method();
    directory.write(RunDirectory.CONFIGURATION, configuration.render());
    RunHeader header =
        new RunHeader(
            directory.runName(),
            made.entry().name(),
            made.entry().title(),
            made.input().words(),
            made.level().map(level -> level.name().toLowerCase(Locale.ROOT)).orElse(""),
            ParameterGroups.names(made.method(), plan.layout()),
            plan.network().architecture(),
            plan.dataset().manifest().dataset(),
            plan.taskNames(),
            OptionalLong.of(provenance.ranks()),
            OptionalLong.of(plan.steps()),
            OptionalLong.of(configuration.batch()),
            OptionalLong.of(plan.layout().shared()),
            OptionalLong.of(plan.layout().total() - plan.layout().shared()),
            configuration.render(),
            provenance.facts(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
            OptionalLong.of(configuration.seed()));
    directory.write(RunHeader.FILE, header.toJson());
  }
}
