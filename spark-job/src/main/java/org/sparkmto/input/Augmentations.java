package org.sparkmto.input;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Augments the samples of a batch on several threads. What becomes of a sample depends on its
 * number alone, so that nobody can tell how many there are.
 */
final class Augmentations implements AutoCloseable {
  private static final int MOST = 4;

  private final List<Augmenter> augmenters = new ArrayList<>();
  private final WorkThreads threads;

  /** By as many threads as there are processors, and not more than a few. */
  Augmentations(String name, Supplier<Augmenter> augmenter) {
    this(name, augmenter, Math.min(MOST, Runtime.getRuntime().availableProcessors()));
  }

  Augmentations(String name, Supplier<Augmenter> augmenter, int count) {
    for (int i = 0; i < count; i++) {
      augmenters.add(augmenter.get());
    }
    threads = new WorkThreads("augmentation of " + name, count);
  }

  /** Changes the samples of a batch in place. */
  void apply(RankBatch batch) {
    if (!augmenters.get(0).changes()) {
      return;
    }
    List<Future<?>> shares = new ArrayList<>();
    for (int share = 0; share < augmenters.size(); share++) {
      int first = share;
      shares.add(
          threads.start(
              () -> {
                for (int sample = first; sample < batch.samples(); sample += augmenters.size()) {
                  augmenters.get(first).apply(batch, sample);
                }
                return null;
              }));
    }
    shares.forEach(WorkThreads::result);
  }

  @Override
  public void close() {
    threads.close();
  }
}
