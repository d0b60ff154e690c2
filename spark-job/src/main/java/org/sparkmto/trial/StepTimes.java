package org.sparkmto.trial;

import java.io.Serializable;
import java.util.List;

/**
 * Measured steps.
 *
 * @param nanos how long each step took on rank 0, in order
 * @param cpuNanos processor time of the thread that made the step: without waiting for other ranks
 *     or for other processes, and without the other threads of a rank that has several
 * @param sent bytes that rank 0 sent to other ranks per step
 * @param toDriver bytes that the driver received per step
 */
public record StepTimes(List<Long> nanos, List<Long> cpuNanos, long sent, long toDriver)
    implements Serializable {
  public StepTimes {
    nanos = List.copyOf(nanos);
    cpuNanos = List.copyOf(cpuNanos);
  }
}
