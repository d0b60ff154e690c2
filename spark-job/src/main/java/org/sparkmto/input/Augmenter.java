package org.sparkmto.input;

import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;
import org.sparkmto.random.Draws;

/** Changes the samples of a stream's batches, each by draws of its own. For one thread. */
final class Augmenter {
  private final List<Transform> transforms;
  private final List<PixelMap> maps;
  private final Draws draws;

  private Augmenter(List<Transform> transforms, List<PixelMap> maps, Draws draws) {
    this.transforms = transforms;
    this.maps = maps;
    this.draws = draws;
  }

  /** Leaves samples as they are. */
  static Augmenter none() {
    return new Augmenter(List.of(), List.of(), Draws.of(0));
  }

  /**
   * @param columns that batches have
   * @param tasks of the data set; those whose target is not among the columns do not matter
   * @param seed of the run
   * @throws IllegalArgumentException if the columns cannot be augmented so
   */
  static Augmenter of(
      Augmentation augmentation, List<Column> columns, List<Task> tasks, long seed) {
    return new Augmenter(
        augmentation.transforms(),
        augmentation.maps(columns, tasks),
        Draws.of(seed).of("augmentation"));
  }

  /** Whether it changes samples at all. */
  boolean changes() {
    return !transforms.isEmpty();
  }

  /** How a sample is shown in an epoch. */
  View view(long epoch, long index) {
    if (maps.isEmpty()) {
      return View.whole(1);
    }
    MapSize image = MapSize.of(maps.get(0).column());
    Draws ofSample = draws.at(epoch).at(index);
    View view = View.whole(image.aspect());
    for (Transform transform : transforms) {
      view = view.then(transform.draw(ofSample.of(transform.name()), image));
    }
    return view;
  }

  /** Changes a sample of a batch in place. */
  void apply(RankBatch batch, int sample) {
    if (transforms.isEmpty()) {
      return;
    }
    View view = view(batch.epoch(), batch.index(sample));
    if (view.isWhole()) {
      return;
    }
    for (PixelMap map : maps) {
      map.show(view, batch.bytes(map.column().name()), sample);
    }
  }
}
