package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Batch;
import org.sparkmto.random.Draws;

/** Inner products of gradients from what goes into layers and comes back to them. */
class LayerFactorsTest {
  private static final int TASKS = 3;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  /** Of one batch: all gradients, and the factors of every layer that has some. */
  private record Seen(
      List<Tensor> rows, List<LayerFactors> layers, List<Tensor> in, List<Tensor> back) {

    static Seen of(Replica replica, Batch batch) {
      Tensor like = replica.gradient().tensor();
      List<Tensor> rows = new ArrayList<>();
      List<Tensor> in = new ArrayList<>();
      List<Tensor> back = new ArrayList<>();
      try (ForwardPass pass = replica.forward(batch, Cut.AT_LAYERS)) {
        RepresentationGradients gradients = pass.backwardHeads();
        for (int task = 0; task < TASKS; task++) {
          rows.add(zeros(like, replica.layout().shared()));
          gradients.ofTask(task, rows.get(task));
        }
        List<LayerFactors> layers = gradients.layers();
        for (LayerFactors layer : layers) {
          in.add(zeros(like, layer.weights(), layer.places()));
          layer.unfold(in.get(in.size() - 1));
          back.add(zeros(like, TASKS, layer.channels(), layer.places()));
        }
        gradients.look(new Filling(layers, back));
        return new Seen(rows, layers, in, back);
      }
    }
  }

  /** Outlives the pass. */
  private static Tensor zeros(Tensor like, long... shape) {
    Tensor zeros = HostTensors.zeros(like, ScalarType.Float, shape);
    zeros.retainReference();
    return zeros;
  }

  /** Takes factors and no elements. */
  private record Filling(List<LayerFactors> layers, List<Tensor> back) implements SharedGradients {
    @Override
    public boolean wants(int task) {
      return true;
    }

    @Override
    public SharedPart part() {
      return SharedPart.ALL.without(IntStream.range(0, 1000).boxed().collect(Collectors.toSet()));
    }

    @Override
    public Tensor vector(int task) {
      throw new AssertionError("no elements were asked for");
    }

    @Override
    public Tensor cotangent(int task, int layer) {
      return back.get(layer).select(0, task);
    }

    @Override
    public void found(int task, long from, long to) {
      throw new AssertionError("no elements were asked for");
    }
  }

  /** With the layers that the encoder has; where one is changed in place, it is not among them. */
  @ParameterizedTest
  @CsvSource({"resnet18, 20", "small-conv, 3", "deeplab, 0", "segnet, 0", "small-unet, 0"})
  void areThoseOfTheGradients(String name, int layers) {
    boolean rooms = layers == 0;
    NetworkPlan plan =
        rooms
            ? Rooms.plan(name, Map.of("width", 2L), 32, 32)
            : name.equals("resnet18")
                ? Tiny.residual(Tiny.threeTasks())
                : Tiny.smallConvolutional(Tiny.threeTasks());
    try (PointerScope scope = new PointerScope();
        Replica replica = Replica.of(plan, Draws.of(3))) {
      List<Seen> both = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        // Of different sizes, as halves of what a rank has of a batch may be.
        both.add(
            Seen.of(
                replica,
                rooms
                    ? Rooms.batch(plan, 3 - half, half)
                    : Tiny.batch(plan, 5 - half, half, true)));
      }
      Seen first = both.get(0);
      assertThat(first.layers()).hasSizeGreaterThanOrEqualTo(Math.max(layers, 4 - layers));
      for (int layer = 0; layer < first.layers().size(); layer++) {
        ParameterLayout.Entry weight =
            replica.layout().entries().get(first.layers().get(layer).parameter());
        for (Seen other : both) {
          double[] found =
              LayerFactors.products(
                  first.back().get(layer),
                  first.in().get(layer),
                  other.back().get(layer),
                  other.in().get(layer));
          compare(weight, found, first.rows(), other.rows());
        }
      }
    }
  }

  /** Floats that are rounded in another order: a part of the lengths, a thousand additions each. */
  private static void compare(
      ParameterLayout.Entry weight, double[] found, List<Tensor> left, List<Tensor> right) {
    for (int a = 0; a < TASKS; a++) {
      for (int b = 0; b < TASKS; b++) {
        Tensor one = columns(left.get(a), weight);
        Tensor two = columns(right.get(b), weight);
        double lengths = Math.sqrt(TaskRows.gram(one)[0]) * Math.sqrt(TaskRows.gram(two)[0]);
        assertThat(found[a * TASKS + b])
            .as(weight.name())
            .isCloseTo(TaskRows.crossed(one, two)[0], within(1e-5 * lengths + 1e-20));
      }
    }
  }

  private static Tensor columns(Tensor row, ParameterLayout.Entry weight) {
    return row.narrow(0, weight.offset(), weight.elements()).unsqueeze(0);
  }
}
