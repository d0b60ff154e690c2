package org.sparkmto.input;

/**
 * How much a stream may hold; it changes speed and memory, never the batches.
 *
 * @param cacheBytes bound on decoded row groups held for later epochs, in bytes; what fits is
 *     decoded once per stream, the rest in every epoch
 * @param batchesAhead batches made before they are asked for, at least 1
 */
public record Buffering(long cacheBytes, int batchesAhead) {

  /** 512 MiB of row groups and two batches. */
  public static final Buffering DEFAULT = new Buffering(512L << 20, 2);

  public Buffering {
    if (cacheBytes < 0) {
      throw new IllegalArgumentException("a cache of " + cacheBytes + " bytes");
    }
    if (batchesAhead < 1) {
      throw new IllegalArgumentException("a stream must prepare at least one batch ahead");
    }
  }
}
