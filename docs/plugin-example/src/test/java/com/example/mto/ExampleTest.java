package com.example.mto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.method.MethodCheck;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.optimizer.Schedules;

/** What the project promises. */
class ExampleTest {

  /** Finite weights on all kinds of gradients, and each property that an entry declares. */
  @Test
  void methodsKeepWhatTheyDeclare() {
    for (MethodEntry entry : new ExampleMethods().entries()) {
      assertEquals(List.of(), MethodCheck.of(entry));
    }
  }

  /** META-INF/services names the class: the registry has found it. */
  @Test
  void lengthsAreThoseOfTheMedian() {
    double[][] gram = {{1, 0, 0}, {0, 4, 0}, {0, 0, 10_000}};
    var weighing = Methods.of("median-norm").weigh(new double[] {1, 1, 1}, gram);
    assertEquals("[2.0, 1.0, 0.1]", weighing.shared().toString());
  }

  @Test
  void theRateClimbsAndFalls() {
    Schedule schedule = Schedules.byName("triangle", Map.of("rate", 0.1, "steps", 9, "top", 0.5));
    assertEquals(0.1, schedule.rate(4, 0), 1e-12);
    assertEquals(0.04, schedule.rate(1, 0), 1e-12);
    assertEquals(0.0, schedule.rate(9, 0), 1e-12);
  }
}
