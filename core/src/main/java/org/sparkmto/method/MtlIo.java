package org.sparkmto.method;

import org.sparkmto.optimizer.Optimizer;

/**
 * MTL-IO: the run's optimiser once for every task, tasks taking turns in the order of their
 * numbers; each takes its gradient where the one before it has left the parameters (Pascal et al.,
 * "Improved optimization strategies for deep multi-task networks", 2021). Costs a forward and a
 * backward pass per task; batch normalisation sees the batch once per turn.
 */
record MtlIo() implements TaskwiseMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "mtl-io",
              "MTL-IO, individual optimisers in turns",
              "Pascal et al., 2021",
              MethodInput.ELEMENTS)
          .remembersElements()
          .madeBy(options -> new MtlIo());

  @Override
  public Optimizer rule(Optimizer ofRun) {
    return ofRun;
  }

  @Override
  public boolean alternates() {
    return true;
  }
}
