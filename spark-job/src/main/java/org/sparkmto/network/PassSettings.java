package org.sparkmto.network;

import java.util.Set;

/**
 * How a replica makes its passes in training; nothing of it belongs to the network.
 *
 * @param recompute what of the encoder is run again in backward passes instead of kept
 * @param precision in which numbers it computes
 * @param format in which order images and maps lie
 * @param statistics over which samples batch normalisation takes its statistics
 * @param frozenHeads numbers of the tasks whose heads answer as in evaluation
 */
public record PassSettings(
    Recompute recompute,
    Precision precision,
    MemoryFormat format,
    BatchStatistics statistics,
    Set<Integer> frozenHeads) {

  /** What of the encoder is run again in backward passes. */
  public enum Recompute {
    /** Nothing: what backward passes need is kept. */
    NONE,
    /** Block after block, {@link Network#blocks}: only what stands between them is kept. */
    BLOCKS
  }

  /** Everything is kept, in 32 bits, channel after channel; statistics are a rank's own. */
  public static final PassSettings USUAL =
      new PassSettings(
          Recompute.NONE,
          Precision.FLOAT32,
          MemoryFormat.CONTIGUOUS,
          BatchStatistics.ofRank(),
          Set.of());

  /** The same in other numbers. */
  PassSettings in(Precision numbers) {
    return new PassSettings(recompute, numbers, format, statistics, frozenHeads);
  }

  /** The same with something else run again. */
  PassSettings with(Recompute again) {
    return new PassSettings(again, precision, format, statistics, frozenHeads);
  }

  /** The same in another order of memory. */
  PassSettings with(MemoryFormat order) {
    return new PassSettings(recompute, precision, order, statistics, frozenHeads);
  }

  /** The same with other statistics. */
  PassSettings with(BatchStatistics over) {
    return new PassSettings(recompute, precision, format, over, frozenHeads);
  }

  /** The same with heads that answer as in evaluation. */
  public PassSettings withFrozenHeads(Set<Integer> tasks) {
    return new PassSettings(recompute, precision, format, statistics, Set.copyOf(tasks));
  }
}
