package org.sparkmto.network;

/** Hears while a backward pass goes on which elements of the replica's gradient it has left. */
@FunctionalInterface
public interface FoundGradient {
  /** Nobody who would want to know. */
  FoundGradient UNHEARD = (from, to) -> {};

  /**
   * Hears that elements {@code from} to {@code to - 1} are what the pass leaves there. Each is
   * found once at most, in an order that is the same on every rank; what was not by the end of the
   * pass is there then. To be called by the thread of the pass alone, or one of libtorch's that it
   * waits for.
   */
  void found(long from, long to);
}
