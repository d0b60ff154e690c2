package org.sparkmto.cli;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the process tells its caller; a scheduler retries a 1, but never a 2. Above 128 it was ended
 * by a signal, 128 plus whose number it returns.
 */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_CONFIGURATION = 2;

  /** Of retrain: the old model stays, because the new one is not better by the rule. */
  static final int KEPT = 3;

  /** Of retrain: nothing was trained, because no data have arrived. */
  static final int NOTHING_NEW = 4;

  /** All of them with their meaning, for the help. */
  static final SortedMap<Integer, String> TABLE =
      Collections.unmodifiableSortedMap(
          new TreeMap<>(
              Map.of(
                  DONE,
                  "done",
                  FAILED,
                  "failed; the causes are on stderr. To try again with --resume may help",
                  WRONG_CONFIGURATION,
                  "wrong usage or configuration; one line on stderr says what to change",
                  KEPT,
                  "retrain kept the promoted model: by the rule the new one is no better",
                  NOTHING_NEW,
                  "retrain trained nothing: no data have arrived",
                  129,
                  "stopped by SIGHUP, as its terminal was closed; train leaves a checkpoint, and"
                      + " --resume goes on",
                  130,
                  "stopped by Ctrl-C (SIGINT); train leaves a checkpoint, and --resume goes on",
                  137,
                  "killed (SIGKILL), as systems do when memory runs out",
                  143,
                  "stopped by SIGTERM, as schedulers do; train leaves a checkpoint, and --resume"
                      + " goes on")));

  private ExitCode() {}
}
