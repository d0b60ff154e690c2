package org.sparkmto.retraining;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.RunLease;
import org.sparkmto.training.TrainedModel;

/** The way back to a model that was promoted before. */
public final class Rollback {
  private Rollback() {}

  /**
   * Promotes an earlier model again.
   *
   * @param name of the directory of retrainings
   * @param to the run whose model is wanted; by default the one that the promoted model took the
   *     place of
   * @param breakLease whether to take the directory from another process that may live
   * @throws ConfigurationException if there is no such model any more, it is damaged, or another
   *     process has the directory
   */
  public static RetrainingEvent run(
      String name, Optional<String> to, boolean breakLease, Configuration hadoop)
      throws InterruptedException {
    RetrainingDirectory directory = RetrainingDirectory.existing(name, hadoop);
    target(directory, to);
    try (RunLease lease = directory.lease(breakLease)) {
      directory.settle();
      RetrainingEvent now = directory.promotion().orElseThrow();
      RetrainingEvent.Judged target = target(directory, to);
      TrainedModel model = TrainedModel.open(directory.run(target.run()).name(), hadoop);
      if (!model.digest().equals(target.weights())) {
        throw new ConfigurationException(
            model.run() + " holds another model than the one that was promoted; restore it");
      }
      model.verify();
      RetrainingEvent event =
          new RetrainingEvent(
              directory.nextNumber(),
              RetrainingEvent.Outcome.ROLLED_BACK,
              target.run(),
              RetrainingDirectory.now(),
              List.of("rolled back from " + now.run()),
              Map.of(),
              "",
              Optional.of(target),
              now.model(),
              Double.NaN,
              List.of(),
              List.of());
      directory.add(event, lease);
      return event;
    }
  }

  private static RetrainingEvent.Judged target(RetrainingDirectory directory, Optional<String> to) {
    List<RetrainingEvent> events = directory.events();
    RetrainingEvent now =
        directory
            .promotion()
            .orElseThrow(
                () -> new ConfigurationException(directory.name() + ": nothing was promoted yet"));
    RetrainingEvent.Judged target =
        to.isPresent() ? named(directory, events, to.get()) : before(directory, events, now);
    if (target.run().equals(now.run())) {
      throw new ConfigurationException("the model of " + now.run() + " is promoted already");
    }
    if (!directory.run(target.run()).hasModel()) {
      throw new ConfigurationException(
          "the model of "
              + target.run()
              + " is not there any more (retrain.keep); there are those of "
              + String.join(", ", there(directory, events)));
    }
    return target;
  }

  private static RetrainingEvent.Judged before(
      RetrainingDirectory directory, List<RetrainingEvent> events, RetrainingEvent now) {
    List<RetrainingEvent.Judged> line = RetrainingDirectory.line(events, now);
    if (line.size() < 2) {
      throw new ConfigurationException(
          "the model of "
              + now.run()
              + " was the first of "
              + directory.name()
              + ": there is none before it");
    }
    return line.get(1);
  }

  private static RetrainingEvent.Judged named(
      RetrainingDirectory directory, List<RetrainingEvent> events, String run) {
    return events.stream()
        .filter(event -> event.outcome() == RetrainingEvent.Outcome.PROMOTED)
        .filter(event -> event.run().equals(run))
        .findFirst()
        .flatMap(RetrainingEvent::model)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "--to "
                        + run
                        + " was never promoted; there are the models of "
                        + String.join(", ", there(directory, events))));
  }

  /** Runs that were promoted and whose models are there. */
  private static List<String> there(RetrainingDirectory directory, List<RetrainingEvent> events) {
    return events.stream()
        .filter(event -> event.outcome() == RetrainingEvent.Outcome.PROMOTED)
        .map(RetrainingEvent::run)
        .filter(run -> directory.run(run).hasModel())
        .toList();
  }
}
