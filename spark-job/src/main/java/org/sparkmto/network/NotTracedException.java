package org.sparkmto.network;

/** A network computes with something else than the operations of {@link Functional}. */
final class NotTracedException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  NotTracedException() {
    super("a tensor was not computed by the operations that can be written down");
  }
}
