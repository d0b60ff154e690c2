package org.sparkmto.experiment.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.OpenedDatasets;
import org.sparkmto.data.Task;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.RunDirectory;
import org.sparkmto.training.SingleTaskBaselines;
import org.sparkmto.training.TrainingRun;

/** The runs of a grid on a data set: those of single tasks, and those of all. */
record SweepTrials(
    SweepGrid grid,
    DatasetManifest data,
    List<Task> tasks,
    EachPrimary primaries,
    OpenedDatasets datasets,
    Configuration hadoop) {

  /** All of them, in the order in which they are made. */
  List<SweepTrial> all() {
    List<SweepTrial> all = new ArrayList<>();
    for (Task task : tasks) {
      if (grid.given().isPresent()) {
        grid.networks().forEach(network -> all.add(given(grid.given().get(), network, task)));
      } else if (grid.baselines()) {
        for (SweepPoint point : grid.pointsOfOneTask()) {
          all.addAll(trials(point, Optional.of(task), () -> grid.configuration(point, task)));
        }
      }
    }
    for (SweepPoint row : grid.points()) {
      for (SweepPoint point : primaries.runs(row)) {
        all.addAll(trials(point, Optional.empty(), () -> grid.configuration(point)));
      }
    }
    requirePossible(all);
    return all;
  }

  /** A network that was trained elsewhere is a run that is complete. */
  private SweepTrial given(String directory, SweepPoint network, Task task) {
    RunDirectory found =
        SingleTaskBaselines.find(directory, task, grid.configuration(network), data, hadoop);
    return new SweepTrial(
        network,
        Optional.of(task),
        grid.seeds().get(0),
        found
            .read(RunDirectory.CONFIGURATION)
            .map(text -> TrainingConfiguration.parse(text).at(found.name())),
        found.name() + " has lost " + RunDirectory.CONFIGURATION);
  }

  private List<SweepTrial> trials(
      SweepPoint point, Optional<Task> task, Supplier<TrainingConfiguration> made) {
    Optional<TrainingConfiguration> configuration = Optional.empty();
    String impossible = "";
    try {
      TrainingConfiguration checked = made.get();
      TrainingRun.check(checked, TrainingRun.Start.RESUME, datasets, hadoop);
      configuration = Optional.of(checked);
    } catch (ConfigurationException e) {
      impossible = String.valueOf(e.getMessage());
    }
    List<SweepTrial> seeded = new ArrayList<>();
    for (long seed : grid.seeds()) {
      seeded.add(
          new SweepTrial(
              point, task, seed, configuration.map(its -> its.seeded(seed)), impossible));
    }
    return seeded;
  }

  /** A value of which no run is possible is a mistake in the file, and not a result. */
  private void requirePossible(List<SweepTrial> trials) {
    grid.axes()
        .forEach(
            (axis, choices) ->
                choices.forEach(
                    choice -> {
                      List<SweepTrial> its =
                          trials.stream()
                              .filter(
                                  trial ->
                                      choice
                                          .name()
                                          .equals(primaries.row(trial.point()).names().get(axis)))
                              .toList();
                      if (its.stream().allMatch(trial -> trial.configuration().isEmpty())) {
                        throw new ConfigurationException(
                            "sweep.%s: '%s' fits no run: %s"
                                .formatted(axis.key(), choice.name(), its.get(0).impossible()));
                      }
                    }));
    if (trials.stream().allMatch(trial -> trial.configuration().isEmpty())) {
      throw new ConfigurationException(trials.get(0).impossible());
    }
  }

  /** What is checked: every method that a run is possible with. */
  List<SweepPoint> checked(List<SweepTrial> trials) {
    return grid.checked().stream()
        .flatMap(row -> primaries.runs(row).stream())
        .filter(
            point ->
                trials.stream()
                    .filter(trial -> trial.task().isEmpty() && trial.configuration().isPresent())
                    .anyMatch(
                        trial ->
                            trial.point().names().entrySet().containsAll(point.names().entrySet())))
        .toList();
  }
}
