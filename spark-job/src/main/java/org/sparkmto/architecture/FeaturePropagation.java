package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.ParameterBook;

/**
 * What MTI-Net passes from one scale to the next finer one (Vandenhende et al., ECCV 2020, feature
 * propagation module): the tasks' maps side by side, through two residual blocks of a fourth of
 * their channels and a 1x1 convolution, say by a softmax over the tasks, channel by channel, what
 * of each task's map counts; another residual block makes one map of what is left; and each task
 * adds that one, its channels weighed by squeeze and excitation, to its own.
 *
 * <p>The authors' program forms its softmax over as many neighbouring channels as there are tasks,
 * most of them of one task; the paper's is over the tasks, and so is this one.
 */
final class FeaturePropagation {
  private static final int NARROWING = 4;

  private final List<ResidualBlock> shared;
  private final Convolution widening;
  private final ResidualBlock joined;
  private final List<Excitation> excitations = new ArrayList<>();
  private final int tasks;

  /**
   * Declares the parameters.
   *
   * @param tasks their names
   * @param channels of each task's map
   */
  FeaturePropagation(
      ParameterBook.Section section, String name, List<String> tasks, long channels) {
    this.tasks = tasks.size();
    long all = channels * tasks.size();
    long narrow = Math.max(1, all / NARROWING);
    String body = name + ".non_linear";
    shared =
        List.of(
            ResidualBlock.basic(section, body + ".0", all, narrow, 1, 1, 1),
            ResidualBlock.basic(section, body + ".1", narrow, narrow, 1, 1, 1));
    widening = Convolution.biased(section, body + ".2", narrow, all, 1, 0);
    joined =
        ResidualBlock.basic(section, name + ".dimensionality_reduction", all, channels, 1, 1, 1);
    for (String task : tasks) {
      excitations.add(new Excitation(section, name + ".se." + task, channels));
    }
  }

  /**
   * What each task passes on.
   *
   * @param maps of the tasks, of one size
   */
  List<Tensor> apply(List<Tensor> maps, boolean training) {
    Tensor all = Maps.beside(maps.toArray(Tensor[]::new));
    Tensor x = all;
    for (ResidualBlock block : shared) {
      x = block.apply(x, training);
    }
    Tensor left = Functional.mul(overTasks(widening.apply(x)), all);
    Tensor one = joined.apply(left, training);
    List<Tensor> passed = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      passed.add(Functional.add(excitations.get(task).apply(one), maps.get(task)));
    }
    return passed;
  }

  /** The softmax over the tasks, whose channels lie one task's after the other's. */
  private Tensor overTasks(Tensor x) {
    long channels = x.size(1);
    long height = x.size(2);
    long width = x.size(3);
    Tensor byTask =
        Functional.viewed(Functional.flatten(x), tasks, channels / tasks * height, width);
    return Functional.viewed(
        Functional.flatten(Functional.softmax(byTask)), channels, height, width);
  }

  /** Weighs the channels of a map by what its means say (Hu et al., CVPR 2018). */
  private static final class Excitation {
    private static final int SQUEEZE = 16;

    private final Linear squeeze;
    private final Linear excite;

    Excitation(ParameterBook.Section section, String name, long channels) {
      long squeezed = Math.max(1, channels / SQUEEZE);
      squeeze = new Linear(section, name + ".squeeze.0", channels, squeezed);
      excite = new Linear(section, name + ".squeeze.2", squeezed, channels);
    }

    Tensor apply(Tensor map) {
      Tensor inner = Functional.reluInPlace(squeeze.apply(Representation.mean(map)));
      Tensor weights = Functional.sigmoid(excite.apply(inner));
      return Functional.mul(map, Functional.spread(weights, map.size(2), map.size(3)));
    }
  }
}
