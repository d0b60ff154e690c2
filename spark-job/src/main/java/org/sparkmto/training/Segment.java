package org.sparkmto.training;

import java.io.Serializable;
import java.util.List;

/**
 * What every rank of one attempt at a segment is told: plain text and numbers.
 *
 * @param attempt name of the attempt, never used twice
 * @param configuration the run's configuration, rendered
 * @param manifest the data set's manifest, as JSON
 * @param data directory of the data set
 * @param run directory of the run
 * @param from first step
 * @param to step after the last
 * @param start directory of the checkpoint to start from, relative to the run; empty at the
 *     beginning
 * @param startFiles files of that checkpoint, with the digests that they must have
 * @param end directory that rank 0 writes the checkpoint of step {@code to} into
 * @param threads threads of a rank
 * @param gpus where a rank looks for its GPU
 * @param first whether it ends where a run is evaluated for the first time
 */
record Segment(
    String attempt,
    String configuration,
    String manifest,
    String data,
    String run,
    long from,
    long to,
    String start,
    List<CheckpointFile> startFiles,
    String end,
    int threads,
    GpuSource gpus,
    boolean first)
    implements Serializable {
  Segment {
    startFiles = List.copyOf(startFiles);
  }

  /** This segment as it was made, if it ended elsewhere than it was to. */
  Segment endedAt(long step, String directory) {
    return new Segment(
        attempt,
        configuration,
        manifest,
        data,
        run,
        from,
        step,
        start,
        startFiles,
        directory,
        threads,
        gpus,
        first);
  }
}
