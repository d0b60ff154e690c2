/**
 * Shards to batches on a rank. Which samples a rank sees at a step is a function of the manifest,
 * the seed, the window and the rank alone; how they are read, cached and read ahead changes
 * nothing.
 *
 * <p>{@link org.sparkmto.input.BatchStream} is for training, {@link org.sparkmto.input.SplitScan}
 * for evaluation. Both read on threads of their own: one reads windows of the epoch's order from
 * the shards and keeps the rows this rank needs, one cuts them into batches and, for training,
 * augments their samples as an {@link org.sparkmto.input.Augmentation} says: off the thread that
 * computes.
 */
package org.sparkmto.input;
