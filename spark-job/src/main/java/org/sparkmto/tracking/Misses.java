package org.sparkmto.tracking;

import java.util.ArrayList;
import java.util.List;
import org.sparkmto.naming.Counted;

/** What the server did not take, and what a person hears of that. Safe for several threads. */
final class Misses {
  private final String server;
  private final List<String> words = new ArrayList<>();
  private boolean warned;
  private String trouble = "";
  private long numbers;
  private int files;

  Misses(String server) {
    this.server = server;
  }

  /** The newest trouble; of a server that does not answer, one warning is enough. */
  synchronized void trouble(String reason) {
    trouble = reason;
    if (!warned) {
      warned = true;
      words.add(
          "MLflow at "
              + server
              + " does not take this run: "
              + reason
              + "; training goes on without it");
    }
  }

  /** Numbers that it will never take. */
  synchronized void numbers(int count, String reason) {
    numbers += count;
    trouble("numbers are refused, " + reason);
  }

  /** Files that it does not take. */
  synchronized void files(int count, String reason) {
    files += count;
    trouble = reason;
  }

  /** What a person should hear of, once. */
  synchronized List<String> words() {
    List<String> heard = List.copyOf(words);
    words.clear();
    return heard;
  }

  /** Says at the end where the run is. */
  synchronized void there(String page) {
    words.add("MLflow has this run at " + page);
  }

  /**
   * Says at the end what is missing, if anything is.
   *
   * @param known whether the server knows of the run
   * @param done whether it knows that it has ended
   * @param waiting how many numbers still wait
   * @param gap whether there are more that only the log has
   */
  synchronized void end(boolean known, boolean done, int waiting, boolean gap) {
    long missed = numbers + waiting;
    if (known && done && missed == 0 && files == 0 && !gap) {
      return;
    }
    List<String> what = new ArrayList<>();
    if (missed > 0 || gap) {
      what.add(gap ? "numbers" : Counted.of(missed, "number"));
    }
    if (files > 0 || !done) {
      what.add(done ? Counted.of(files, "file") : "files");
    }
    if (!done) {
      what.add("the end");
    }
    words.add(
        "MLflow at "
            + server
            + (known
                ? " misses " + String.join(", ", what) + " of this run"
                : " knows nothing of this run")
            + ": "
            + (trouble.isEmpty() ? "there was no time left" : trouble)
            + "; the same command with --resume sends what is missing");
  }
}
