package org.sparkmto.exchange;

/**
 * A collective operation that has begun and goes on by itself while its rank computes. The tensors
 * that it was given are its own until its end. Several may be under way; all ranks begin them in
 * the same order, and end them in that order. Where nothing carries it meanwhile, as in shared
 * memory, it is done when it is ended.
 */
public interface Underway {
  /** Of what moves nothing. */
  Underway NOTHING = () -> {};

  /**
   * Waits until the result is there; at once if it is. What has ended once does not end again.
   *
   * @throws ExchangeException if a peer is lost, or does not come before the group's deadline,
   *     counted from this call
   */
  void end();
}
