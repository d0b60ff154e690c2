package org.sparkmto.network;

/**
 * How an operation reads in a program, with {@code %s} for each argument in turn.
 *
 * @param python in Python, where {@code F} is {@code torch.nn.functional}
 * @param script in the text that TorchScript is compiled of, where {@code torch} has the operations
 *     of ATen
 */
record Spelling(String python, String script) {
  /** One that reads the same in both. */
  static Spelling of(String both) {
    return new Spelling(both, both);
  }
}
