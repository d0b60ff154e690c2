package org.sparkmto.training;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The drills of executors on four of them. */
@Tag("hostile")
@EnabledIfSystemProperty(named = ExecutorDrills.HOSTILE, matches = ExecutorDrills.ALL)
class FourExecutorsIT extends ExecutorDrills {
  @Override
  int executors() {
    return 4;
  }
}
