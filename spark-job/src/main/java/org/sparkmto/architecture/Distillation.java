package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;

/**
 * What a task adds to its map of what the others' maps tell (Xu et al., "PAD-Net", CVPR 2018):
 * {@code F_t + sum_s sigmoid(A_ts F_s) (B_ts F_s)} with 3x3 convolutions A, which start at zero,
 * and B.
 */
final class Distillation {
  private final int task;
  private final List<Convolution> attention = new ArrayList<>();
  private final List<Convolution> message = new ArrayList<>();

  Distillation(
      ParameterBook.Section section, String name, int task, NetworkShape shape, long features) {
    this.task = task;
    for (int other = 0; other < shape.tasks(); other++) {
      if (other != task) {
        String from = name + "." + shape.heads().get(other).name();
        attention.add(Convolution.silent(section, from + ".attention", features, features, 3));
        message.add(Convolution.plain(section, from + ".conv", features, features, 3, 1));
      }
    }
  }

  /**
   * The task's map with what it takes.
   *
   * @param refined a map for each task
   */
  Tensor apply(List<Tensor> refined) {
    Tensor sum = refined.get(task);
    int at = 0;
    for (int other = 0; other < refined.size(); other++) {
      if (other != task) {
        Tensor map = refined.get(other);
        Tensor mask = Functional.sigmoid(attention.get(at).apply(map));
        sum = Functional.add(sum, Functional.mul(mask, message.get(at).apply(map)));
        at++;
      }
    }
    return sum;
  }
}
