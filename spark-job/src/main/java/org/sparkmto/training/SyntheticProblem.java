package org.sparkmto.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.sparkmto.data.Batch;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.network.NetworkPlan;

/**
 * One batch of random RGB images with random labels for binary tasks, the same bytes everywhere,
 * and a ResNet-18 for it: enough to measure steps without a data set.
 *
 * @param tasks number of tasks, K
 * @param width channels of the network's first layer; 64 is the ResNet-18 of the paper
 * @param side height and width of an image
 * @param batch images of the global batch
 */
public record SyntheticProblem(int tasks, int width, int side, int batch) implements Serializable {
  private static final String IMAGE = "image";
  private static final String LABELS = "labels";
  private static final int CHANNELS = 3;
  private static final int MISSING = 255;

  public SyntheticProblem {
    for (int number : List.of(tasks, width, side, batch)) {
      if (number < 1) {
        throw new IllegalArgumentException(
            "tasks = %d, width = %d, side = %d, batch = %d: all must be 1 or more"
                .formatted(tasks, width, side, batch));
      }
    }
  }

  NetworkPlan plan() {
    List<Task> all = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      all.add(new Task("task" + task, TaskKind.BINARY, List.of(IMAGE), LABELS, task, 2, MISSING));
    }
    List<Integer> shape = List.of(CHANNELS, side, side);
    return new NetworkPlan(
        "resnet18",
        Map.of("width", (long) width),
        all,
        List.of(new Column(IMAGE, Column.Role.INPUT, ElementType.UINT8, shape)),
        Map.of(LABELS, new Column(LABELS, Column.Role.TARGET, ElementType.UINT8, List.of(tasks))),
        Map.of(
            IMAGE,
            new ChannelStatistics(
                Collections.nCopies(CHANNELS, 127.5), Collections.nCopies(CHANNELS, 73.9))));
  }

  /** A rank's part of the batch; parts differ by one sample at most. */
  Batch part(int rank, int ranks) {
    int from = (int) ((long) batch * rank / ranks);
    int to = (int) ((long) batch * (rank + 1) / ranks);
    int pixels = CHANNELS * side * side;
    byte[] images = new byte[Math.multiplyExact(to - from, pixels)];
    byte[] labels = new byte[(to - from) * tasks];
    IntStream.range(from, to)
        .forEach(
            sample -> {
              SplittableRandom random = new SplittableRandom(sample);
              byte[] image = new byte[pixels];
              random.nextBytes(image);
              System.arraycopy(image, 0, images, (sample - from) * pixels, pixels);
              for (int task = 0; task < tasks; task++) {
                labels[(sample - from) * tasks + task] = (byte) random.nextInt(2);
              }
            });
    return new Batch(to - from, Map.of(IMAGE, images, LABELS, labels));
  }
}
