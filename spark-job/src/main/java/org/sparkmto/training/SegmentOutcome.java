package org.sparkmto.training;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.sparkmto.evaluation.ConstantAnswers.Counted;
import org.sparkmto.evaluation.SplitCounts;
import org.sparkmto.timing.StepPhase;

/**
 * What a rank brings back from a segment.
 *
 * @param files the checkpoint's files; from rank 0 alone
 * @param validation counts over this rank's share of the validation split
 * @param constant counts of constant answers over the same share; nothing but of the first segment
 * @param bytesSent bytes handed to other ranks
 * @param host where the rank ran
 * @param device on what, and which GPU Spark had assigned; empty if it was asked for none
 * @param step steps made when it ended, which may be before the end that was planned
 * @param directory of the checkpoint, as rank 0 says, relative to the run
 * @param seconds how long each phase of its steps took together
 */
record SegmentOutcome(
    List<CheckpointFile> files,
    SplitCounts validation,
    Counted constant,
    long bytesSent,
    String host,
    String device,
    long step,
    String directory,
    Map<StepPhase, Double> seconds)
    implements Serializable {

  /** The same of a rank that is known to have computed there. */
  SegmentOutcome on(String where) {
    return new SegmentOutcome(
        files, validation, constant, bytesSent, host, where, step, directory, seconds);
  }
}
