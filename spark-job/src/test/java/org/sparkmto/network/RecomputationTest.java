package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.random.Draws;

/** Blocks that are run again give what was kept of them, bit for bit. */
@Tag("slow")
class RecomputationTest {
  private static final PassSettings BLOCKS = PassSettings.USUAL.with(PassSettings.Recompute.BLOCKS);
  private static final double[] SHARED = {0.7, -1.3, 2.5};
  private static final double[] HEADS = {1.0, 0.25, 3.0};

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  /** A network with a batch. */
  record Case(NetworkPlan plan, Batch batch) {
    @Override
    public String toString() {
      return plan.architecture() + " " + plan.tasks().get(0).kind();
    }

    static Case ofImages(String name, Map<String, Long> options, int side) {
      NetworkPlan plan =
          Tiny.plan(name, options, Tiny.threeTasks(), List.of(3, side, side), Map.of());
      return new Case(plan, Tiny.batch(plan, 3, 1, true));
    }

    static Case ofPixels(String name, Map<String, Long> options) {
      NetworkPlan plan = Rooms.plan(name, options, 32, 35);
      return new Case(plan, Rooms.batch(plan, 2, 1));
    }

    /** Every way to a gradient, and what it does to the running statistics. */
    List<float[]> everything(PassSettings settings) {
      List<float[]> all = new ArrayList<>();
      try (Replica replica = Replica.of(plan.dropping(droppable() ? 0.3 : 0), Draws.of(2));
          FlatVector rows = FlatVector.zeros(3 * replica.layout().shared())) {
        replica.makePasses(settings);
        for (boolean frozen : new boolean[] {false, true}) {
          replica.freezeEncoderStatistics(frozen);
          for (double[] heads : frozen ? List.of(HEADS) : List.of(SHARED, HEADS)) {
            try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
              pass.gramAtRepresentation();
              pass.backward(SHARED, heads);
              all.add(Tiny.values(replica.gradient()));
            }
          }
          try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
            pass.backwardHeads().backward(SHARED);
            all.add(Tiny.values(replica.gradient()));
          }
          if (frozen) {
            continue;
          }
          try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
            RepresentationGradients gradients = pass.backwardHeads();
            try (PointerScope scope = new PointerScope()) {
              gradients.ofTask(1, rows.tensor().narrow(0, 0, replica.layout().shared()));
            }
            all.add(Tiny.values(rows));
            SharedPart weights = SharedPart.named(replica.layout(), name -> !name.endsWith("bias"));
            gradients.look(new Rows(rows, weights.elements(replica.layout()), weights));
            all.add(Tiny.values(rows));
            gradients.mixed(List.of(SHARED)).look(new Rows(rows, replica.layout().shared()));
            all.add(Tiny.values(rows));
            gradients.ofTasks(new Rows(rows, replica.layout().shared()));
            all.add(Tiny.values(rows));
          }
          all.add(Tiny.values(replica.buffers()));
        }
        all.add(Tiny.values(replica.buffers()));
        return all;
      }
    }

    private boolean droppable() {
      return !plan.tasks().get(0).kind().hasPixels();
    }
  }

  /** One row for each task. */
  private record Rows(FlatVector rows, long elements, SharedPart part) implements SharedGradients {
    Rows(FlatVector rows, long elements) {
      this(rows, elements, SharedPart.ALL);
    }

    @Override
    public boolean wants(int task) {
      return true;
    }

    @Override
    public Tensor vector(int task) {
      return rows.tensor().narrow(0, task * elements, elements);
    }

    @Override
    public void found(int task, long from, long to) {
      assertThat(from).isLessThan(to).isBetween(0L, elements);
    }
  }

  /** A small one of each kind. */
  static Stream<Case> everyArchitecture() {
    int side = 16;
    Map<String, Long> residual = Map.of("depth", 50L, "width", 2L, "features", 3L);
    Map<String, Long> narrow = Map.of("width", 2L);
    return Stream.of(
        Case.ofImages("constant", Map.of(), 4),
        Case.ofImages("small-conv", Map.of("width", 2L, "features", 6L, "hidden", 5L), 8),
        Case.ofImages("small-unet", narrow, 12),
        Case.ofImages("resnet18", narrow, side),
        Case.ofImages("vgg16", narrow, side),
        Case.ofImages("resnet50", narrow, side),
        Case.ofImages("mtan", Map.of("width", 1L), 32),
        Case.ofImages("mmoe", narrow, side),
        Case.ofImages("ple", narrow, side),
        Case.ofImages("cross-stitch", narrow, side),
        emotic(side),
        Case.ofPixels("small-unet", narrow),
        Case.ofPixels("resnet18", narrow),
        Case.ofPixels("vgg16", narrow),
        Case.ofPixels("deeplab", residual),
        Case.ofPixels("deeplabv3plus", residual),
        Case.ofPixels("pspnet", residual),
        Case.ofPixels("segnet", narrow),
        Case.ofPixels("mtan", narrow),
        Case.ofPixels("pad-net", Map.of("width", 2L, "blocks", 2L, "features", 1L)),
        Case.ofPixels("mti-net", Map.of("width", 1L, "blocks", 2L)),
        Case.ofPixels("mtan-resnet", Map.of("width", 2L, "features", 3L)),
        Case.ofPixels("cgc", Map.of("width", 2L, "features", 3L)),
        Case.ofPixels("hrnet18", Map.of("width", 2L, "blocks", 2L)));
  }

  private static Case emotic(int side) {
    NetworkPlan one =
        Tiny.plan(
            "emotic",
            Map.of("depth", 18L, "width", 2L, "features", 5L),
            Tiny.threeTasks(),
            List.of(3, side, side),
            Map.of());
    List<Column> both = new ArrayList<>(one.inputs());
    both.add(new Column("person", Column.Role.INPUT, ElementType.UINT8, List.of(3, side, side)));
    NetworkPlan plan =
        new NetworkPlan(
            one.family(), one.options(), one.tasks(), both, one.targets(), one.statistics());
    Batch batch = Tiny.batch(one, 3, 1, true);
    Batch other = Tiny.batch(one, 3, 2, true);
    return new Case(
        plan,
        new Batch(
            3,
            Map.of(
                "image", batch.column("image"),
                "person", other.column("image"),
                "labels", batch.column("labels"))));
  }

  @ParameterizedTest
  @MethodSource("everyArchitecture")
  void everyGradientAndStatisticHasTheSameBits(Case one) {
    List<float[]> kept = one.everything(PassSettings.USUAL);
    List<float[]> again = one.everything(BLOCKS);
    assertThat(again).hasSameSizeAs(kept);
    for (int i = 0; i < kept.size(); i++) {
      // Compared by bits at once: an assertion by elements takes minutes where they differ.
      assertThat(Arrays.mismatch(again.get(i), kept.get(i))).as("result " + i).isEqualTo(-1);
    }
  }

  @Test
  void everyRegisteredArchitectureIsAmongThem() {
    assertThat(everyArchitecture().map(one -> one.plan().architecture()).distinct().toList())
        .containsAll(
            Architectures.known().names().stream()
                .filter(name -> !name.equals(ScriptFiles.NETWORK))
                .toList());
  }

  @ParameterizedTest
  @MethodSource("everyArchitecture")
  void everyArchitectureDeclaresItsBlocks(Case one) {
    boolean isOne = one.plan().architecture().equals("constant");
    assertThat(one.plan().declare().network().blocks()).hasSizeGreaterThanOrEqualTo(isOne ? 1 : 3);
  }

  @Test
  void aPassGivesBackAllThatItKeeps() {
    Case one = Case.ofPixels("deeplabv3plus", Map.of("depth", 18L, "width", 2L, "features", 3L));
    try (Replica replica = Replica.of(one.plan(), Draws.of(2))) {
      replica.makePasses(BLOCKS);
      long before = Pointer.totalCount();
      replica.forward(one.batch(), Cut.NONE).close();
      try (ForwardPass pass = replica.forward(one.batch(), Cut.AT_REPRESENTATION)) {
        pass.backwardHeads().backward(SHARED);
      }
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before); // others leave garbage
    }
  }

  /** Six convolutions with ReLU, two in a block, whose maps it shows to a test. */
  private static final class Shown {
    private final ParameterBook book = new ParameterBook(1);
    private final List<Tensor> maps = new ArrayList<>();
    private final List<Block> blocks = new ArrayList<>();

    Shown() {
      for (int i = 0; i < 3; i++) {
        Parameter first = weight("first." + i + ".weight");
        Parameter second = weight("second." + i + ".weight");
        blocks.add(
            Block.replacing((x, training) -> show(rectified(show(rectified(x, first)), second))));
      }
    }

    private Parameter weight(String name) {
      return book.shared().parameter(name, Initialisation.fanIn(2 * 3 * 3), 2, 2, 3, 3);
    }

    private static Tensor rectified(Tensor x, Parameter weight) {
      return Functional.relu(Functional.conv2d(x, weight, null, 1, 1, 1));
    }

    private Tensor show(Tensor map) {
      Tensor shown = map.detach(); // its memory, and not the graph that it hangs in
      shown.retainReference();
      maps.add(shown);
      return map;
    }

    /** Which maps somebody else than this holds, too. */
    List<Boolean> held() {
      return maps.stream().map(map -> map.storage().use_count() > 1).toList();
    }

    LearnedTensors bound(FlatVector parameters, FlatVector gradient, FlatVector none) {
      parameters.tensor().fill_(new Scalar(0.1));
      return new LearnedTensors(book, parameters, gradient, none);
    }
  }

  @Test
  void onlyWhatStandsBetweenBlocksIsHeldFromTheForwardPassOn() {
    for (boolean again : new boolean[] {false, true}) {
      Shown shown = new Shown();
      long elements = ParameterLayout.of(shown.book).total();
      try (PointerScope scope = new PointerScope();
          FlatVector parameters = FlatVector.zeros(elements);
          FlatVector gradient = FlatVector.zeros(elements);
          FlatVector none = FlatVector.zeros(0);
          LearnedTensors learned = shown.bound(parameters, gradient, none)) {
        List<Tensor> inputs = List.of(torch.ones(new long[] {1, 2, 4, 4}));
        Encoding encoding;
        if (again) {
          encoding = new RecomputedEncoding(shown.blocks, inputs, true, learned);
        } else {
          Tensor z;
          try (PointerScope own = new PointerScope()) {
            z = new Tensor(Block.all(shown.blocks, inputs, true).get(0));
            scope.attach(z);
          }
          encoding = new KeptEncoding(z, true, learned, List.of());
        }
        // By block: the map inside of it, and the map that it gives.
        assertThat(shown.held()).containsExactly(!again, true, !again, true, !again, true);
        encoding.backward(
            torch.ones(new long[] {1, 1, 2, 4, 4}),
            learned.sharedGradient(FoundGradient.UNHEARD),
            false);
        assertThat(shown.held().subList(0, 5)).as("run again: " + again).containsOnly(false);
        assertThat(gradient.tensor().ne(new Scalar(0)).all().item_bool()).isTrue();
        encoding.close();
      }
      shown.maps.forEach(Tensor::releaseReference);
    }
  }

  @Test
  void aParameterOfTwoBlocksOrOfNoneIsRefusedByName() {
    Shown shown = new Shown();
    Block one = shown.blocks.get(0);
    assertThatThrownBy(() -> differentiate(shown, List.of(one, one)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("shared parameter 'first.0.weight' has a part in two blocks");
    assertThatThrownBy(() -> differentiate(shown, List.of(one)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("shared parameter 'first.1.weight' has no part in z");
    Block twice = (given, training) -> List.of(given.get(0), given.get(0));
    assertThatThrownBy(() -> differentiate(shown, List.of(one, twice)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the last block gives 2 tensors and not z alone");
  }

  private static void differentiate(Shown shown, List<Block> blocks) {
    long elements = ParameterLayout.of(shown.book).total();
    try (PointerScope scope = new PointerScope();
        FlatVector parameters = FlatVector.zeros(elements);
        FlatVector gradient = FlatVector.zeros(elements);
        FlatVector none = FlatVector.zeros(0);
        LearnedTensors learned = shown.bound(parameters, gradient, none);
        Encoding encoding =
            new RecomputedEncoding(
                blocks, List.of(torch.ones(new long[] {1, 2, 4, 4})), true, learned)) {
      encoding.backward(
          torch.ones(new long[] {1, 1, 2, 4, 4}),
          learned.sharedGradient(FoundGradient.UNHEARD),
          false);
    }
  }
}
