package org.sparkmto.training;

import org.sparkmto.method.Observation;
import org.sparkmto.method.Weighing;

/** Tells a person who watches how a run goes. */
final class ConsoleListener implements RunListener {
  private final Progress progress;
  private boolean deltaExplained;

  ConsoleListener(Progress progress) {
    this.progress = progress;
  }

  @Override
  public void stepWeighed(Observation seen, Weighing weighing) {
    double sum = 0;
    int labelled = 0;
    for (double loss : seen.losses().toArray()) {
      if (!Double.isNaN(loss)) {
        sum += loss;
        labelled++;
      }
    }
    progress.step(seen.step(), seen.epoch(), sum / labelled);
  }

  @Override
  public void evaluated(ValidationScores validation) {
    if (!deltaExplained && validation.delta().isPresent()) {
      progress.say("Delta_m: " + validation.delta().orElseThrow().meaning());
      deltaExplained = true;
    }
    progress.say(
        "step %d  %s  %s%s"
            .formatted(
                validation.step(),
                validation.split(),
                validation.scores().summary(),
                validation.delta().map(delta -> "  Delta_m " + delta.values()).orElse("")));
  }

  @Override
  public void restarts(Restart restart) {
    progress.say(
        "restart "
            + restart.number()
            + " of "
            + restart.allowed()
            + " from step "
            + restart.from()
            + " because of: "
            + restart.reason());
  }

  @Override
  public void note(String line) {
    progress.say(line);
  }
}
