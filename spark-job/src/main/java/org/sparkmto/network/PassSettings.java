package org.sparkmto.network;

/**
 * How a replica makes its passes in training; nothing of it belongs to the network.
 *
 * @param recompute what of the encoder is run again in backward passes instead of kept
 * @param precision in which numbers it computes
 */
public record PassSettings(Recompute recompute, Precision precision) {

  /** What of the encoder is run again in backward passes. */
  public enum Recompute {
    /** Nothing: what backward passes need is kept. */
    NONE,
    /** Block after block, {@link Network#blocks}: only what stands between them is kept. */
    BLOCKS
  }

  /** Everything is kept, in 32 bits. */
  public static final PassSettings USUAL = new PassSettings(Recompute.NONE, Precision.FLOAT32);
}
