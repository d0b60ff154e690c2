package org.sparkmto.training;

import java.io.Serializable;
import java.util.List;

/**
 * Measured steps.
 *
 * @param nanos how long each step took on rank 0, in order
 * @param sent bytes that rank 0 sent to other ranks per step
 * @param toDriver bytes that the driver received per step
 */
public record StepTimes(List<Long> nanos, long sent, long toDriver) implements Serializable {
  public StepTimes {
    nanos = List.copyOf(nanos);
  }
}
