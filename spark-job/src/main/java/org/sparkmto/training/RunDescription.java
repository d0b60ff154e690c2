package org.sparkmto.training;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.sparkmto.configuration.Preference;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.TargetRange;
import org.sparkmto.data.TargetRange.Channel;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.runlog.Provenance;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.TargetCounts;
import org.sparkmto.runlog.TrainingData;
import org.sparkmto.step.ParameterGroups;

/** What a run is, written down for people and reports when it begins. */
final class RunDescription {
  private RunDescription() {}

  /** Writes the run's complete configuration and its {@code run.json}, which it gives. */
  static RunHeader write(RunDirectory directory, RunPlan plan, Provenance provenance) {
    TrainingConfiguration configuration = plan.configuration();
    MethodEntry.Made made = configuration.method();
    directory.write(RunDirectory.CONFIGURATION, configuration.render());
    RunHeader header =
        new RunHeader(
            directory.runName(),
            made.entry().name(),
            made.entry().title(),
            made.input().words()
                + configuration.look().words()
                + Preference.words(plan.network()).map(words -> "; " + words).orElse(""),
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
            OptionalLong.of(configuration.seed()),
            trainingData(plan));
    directory.write(RunHeader.FILE, header.toJson());
    return header;
  }

  private static TrainingData trainingData(RunPlan plan) {
    DatasetManifest manifest = plan.dataset().manifest();
    Map<String, TargetCounts> labels = new LinkedHashMap<>();
    for (Task task : plan.tasks()) {
      LabelHistogram histogram = manifest.histograms().get(task.name());
      TargetRange range = manifest.ranges().get(task.name());
      if (task.kind().hasLabels() && histogram != null) {
        labels.put(
            task.name(), new TargetCounts(names(task), histogram.counts(), histogram.missing()));
      } else if (range != null) {
        labels.put(
            task.name(),
            new TargetCounts(
                List.of(),
                List.of(range.channels().stream().mapToLong(Channel::valid).sum()),
                range.channels().stream().mapToLong(Channel::missing).sum()));
      }
    }
    return new TrainingData(OptionalLong.of(plan.stepsPerEpoch()), labels);
  }

  private static List<String> names(Task task) {
    if (!task.classNames().isEmpty()) {
      return task.classNames();
    }
    return task.kind() == TaskKind.BINARY || task.kind() == TaskKind.MASK
        ? List.of("no", "yes")
        : IntStream.range(0, task.classes()).mapToObj(Integer::toString).toList();
  }
}
