package org.sparkmto.method;

import org.sparkmto.optimizer.Optimizer;

/**
 * AdaTask: the run's optimiser once for every task, with gradients of one point, so that each task
 * moves every shared parameter by its own adaptive step (Yang et al., AAAI 2023). The forms of the
 * paper are {@code optimizer.name = adam}, {@code adagrad} and {@code rmsprop}.
 */
record AdaTask() implements TaskwiseMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofParameters("adatask", "AdaTask", "Yang et al., AAAI 2023", MethodInput.ELEMENTS)
          .remembersElements()
          .madeBy(options -> new AdaTask());

  @Override
  public Optimizer rule(Optimizer ofRun) {
    return ofRun;
  }
}
