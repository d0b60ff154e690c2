package org.sparkmto.step;

import java.util.List;
import java.util.stream.IntStream;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.configuration.TrainingSection;
import org.sparkmto.data.Batch;
import org.sparkmto.options.ConfigurationException;

/**
 * The pieces that a rank's samples go through the network in, one after the other. Every rank has
 * as many, because ranks may add up gradients after each; on a rank they differ by one group.
 *
 * @param samples of a piece at most; 0 for all at once
 * @param group samples that are not parted
 * @param most samples that any rank has of a batch
 */
record BatchPieces(int samples, int group, int most) {

  /** As configured. */
  static BatchPieces of(TrainingConfiguration configuration, int ranks) {
    return new BatchPieces(
        configuration.training().microBatch(),
        Math.max(1, configuration.network().statistics().ghostSamples()),
        divided(configuration.batch(), ranks));
  }

  /**
   * Checks that every rank has samples for as many pieces as the others.
   *
   * @throws ConfigurationException if not
   */
  static void require(TrainingConfiguration configuration, int batch, int ranks) {
    int parts = configuration.look().partsWith(configuration.method().method());
    // Who has one sample less than others has as many pieces of two or more.
    if (configuration.training().microBatch() == 1 && batch % ((long) ranks * parts) != 0) {
      throw new ConfigurationException(
          "%s = 1 and training.batch = %d: some of %d ranks would have no sample for their last piece%s; make the batch a multiple of %d, or pieces of 2"
              .formatted(
                  TrainingSection.MICRO_BATCH_KEY,
                  batch,
                  ranks,
                  parts == 1 ? "" : " of one of %d parts of a batch".formatted(parts),
                  (long) ranks * parts));
    }
  }

  /**
   * How many copies of one part of a batch are no more samples at once than this allows; the same
   * on all ranks.
   *
   * @param parts into which the batch is cut
   */
  int copies(int parts) {
    return samples == 0 ? parts : Math.max(1, samples / divided(most, parts));
  }

  private static int divided(int number, int by) {
    return (int) ((number + by - 1L) / by);
  }

  /** Those of what a rank has of a batch. */
  List<Batch> of(Batch batch) {
    return of(batch, 1);
  }

  /**
   * Those of what it has of one part of a batch.
   *
   * @param parts into which the batch is cut, see {@link BatchParts}
   */
  List<Batch> of(Batch own, int parts) {
    int pieces = samples == 0 ? 1 : divided(divided(most, parts), samples);
    if (pieces == 1) {
      return List.of(own);
    }
    long groups = own.samples() / group;
    return IntStream.range(0, pieces)
        .mapToObj(
            piece -> {
              int from = (int) (piece * groups / pieces) * group;
              int to = (int) ((piece + 1) * groups / pieces) * group;
              return own.every(1, from, to - from);
            })
        .toList();
  }
}
