package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * An encoding that keeps nothing of its blocks but what stands between them (gradient
 * checkpointing, Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016). On the way
 * back every block, the last one first, is run again with a graph and differentiated for all
 * cotangents before the one in front of it.
 *
 * <p>The second run computes what the first one did: batch normalisation sees the same batch, and
 * the running statistics, which it moves once more, are put back to what they were.
 */
final class RecomputedEncoding implements Encoding {
  private final List<Block> blocks;
  private final boolean training;
  private final LearnedTensors learned;
  private final Tensor representation;

  /** What does not depend on parameters. */
  private final List<Tensor> inputs;

  /** By block, what it is given, until it has been differentiated for the last time. */
  private final List<Held> given = new ArrayList<>();

  /** Runs the blocks; z is in the scope of the caller. */
  RecomputedEncoding(
      List<Block> blocks, List<Tensor> inputs, boolean training, LearnedTensors learned) {
    this.blocks = blocks;
    this.inputs = inputs;
    this.training = training;
    this.learned = learned;
    PointerScope pass = PointerScope.getInnerScope();
    boolean ready = false;
    try {
      given.add(new Held(inputs));
      for (int block = 0; block < blocks.size(); block++) {
        // A scope of its own, so that what is inside of a block goes at its end.
        try (PointerScope own = new PointerScope();
            NoGradGuard guard = new NoGradGuard()) {
          given.add(new Held(blocks.get(block).apply(given.get(block).tensors(), training)));
        }
      }
      try (Held last = given.remove(blocks.size())) {
        if (last.tensors().size() != 1) {
          throw new IllegalStateException(
              "the last block gives " + last.tensors().size() + " tensors and not z alone");
        }
        representation = last.tensors().get(0);
        pass.attach(representation);
      }
      representation.requires_grad_(true);
      ready = true;
    } finally {
      if (!ready) {
        close();
      }
    }
  }

  /** Tensors that outlive the scope in which they were made, and what they are elements of. */
  private record Held(List<Tensor> tensors) implements AutoCloseable {
    Held {
      tensors = tensors.stream().map(Tensor::new).toList();
      tensors.forEach(Tensor::retainReference);
    }

    @Override
    public void close() {
      tensors.forEach(Tensor::releaseReference);
    }
  }

  @Override
  public Tensor representation() {
    return representation;
  }

  @Override
  public boolean isInGraph() {
    return false;
  }

  @Override
  public void backward(Tensor cotangents, SharedGradients into, boolean again) {
    List<Integer> tasks = KeptEncoding.wanted(cotangents, into);
    if (tasks.isEmpty()) {
      return;
    }
    try (PointerScope own = new PointerScope()) {
      Tensor statistics = learned.statistics().tensor();
      Tensor before = statistics.clone();
      List<Held> ahead = new ArrayList<>();
      tasks.forEach(task -> ahead.add(new Held(List.of(cotangents.select(0, task)))));
      try {
        backward(tasks, ahead, into, again);
      } finally {
        statistics.copy_(before);
      }
    }
  }

  /**
   * From the last block to the first.
   *
   * @param atEnd by task, the cotangents of what the last block gives; used up
   */
  private void backward(
      List<Integer> tasks, List<Held> atEnd, SharedGradients into, boolean again) {
    SharedPart part = into.part();
    boolean[] found = new boolean[learned.shared().size()];
    List<Held> cotangents = atEnd;
    try {
      for (int block = blocks.size() - 1; block >= 0 && missing(found, part) >= 0; block--) {
        List<Held> earlier = new ArrayList<>();
        try {
          backward(block, tasks, cotangents, into, found, earlier);
        } finally {
          cotangents.forEach(Held::close);
          cotangents = earlier;
        }
        if (!again) {
          given.remove(block).close();
        }
      }
    } finally {
      cotangents.forEach(Held::close);
    }
    int missing = missing(found, part);
    if (missing >= 0) {
      throw new IllegalStateException(
          "shared parameter '" + learned.sharedName(missing) + "' has no part in z");
    }
  }

  /** A parameter of a part that has not been met; -1 if there is none. */
  private static int missing(boolean[] found, SharedPart part) {
    return IntStream.range(0, found.length)
        .filter(parameter -> part.has(parameter) && !found[parameter])
        .findFirst()
        .orElse(-1);
  }

  /**
   * Through one block.
   *
   * @param found which parameters have been met; this block's are added
   * @param earlier receives by task the cotangents of what the block is given
   */
  private void backward(
      int block,
      List<Integer> tasks,
      List<Held> cotangents,
      SharedGradients into,
      boolean[] found,
      List<Held> earlier) {
    try (PointerScope own = new PointerScope()) {
      List<Tensor> leaves = given.get(block).tensors().stream().map(this::leaf).toList();
      Run run = new Run(leaves, blocks.get(block).apply(leaves, training));
      for (int i = 0; i < tasks.size(); i++) {
        List<Tensor> there = cotangents.get(i).tensors();
        try (PointerScope ofTask = new PointerScope()) {
          List<Tensor> by = into.part().of(learned.shared());
          TensorVector gradients = run.backward(there, by, i < tasks.size() - 1);
          put(gradients, tasks.get(i), into, i == 0 ? found : null);
          earlier.add(new Held(run.ofLeaves(gradients, by.size())));
        }
      }
    }
  }

  private Tensor leaf(Tensor tensor) {
    return inputs.stream().anyMatch(tensor::is_same) || !tensor.is_floating_point()
        ? tensor
        : tensor.detach().requires_grad_(true);
  }

  /**
   * One block with its graph.
   *
   * @param leaves what it was given
   * @param results what it gave
   */
  private record Run(List<Tensor> leaves, List<Tensor> results) {

    /** Gradients by parameters and by those leaves that have one, undefined where there is none. */
    TensorVector backward(List<Tensor> cotangents, List<Tensor> parameters, boolean again) {
      List<Tensor> of = new ArrayList<>();
      List<Tensor> by = new ArrayList<>(parameters);
      List<Tensor> with = new ArrayList<>();
      for (int i = 0; i < results.size(); i++) {
        if (results.get(i).requires_grad() && cotangents.get(i).defined()) {
          of.add(results.get(i));
          with.add(cotangents.get(i));
        }
      }
      leaves.stream().filter(Tensor::requires_grad).forEach(by::add);
      return Autograd.gradientsIfAny(of, with, by, again);
    }

    /** Those by the leaves alone. */
    List<Tensor> ofLeaves(TensorVector gradients, int parameters) {
      List<Tensor> own = new ArrayList<>();
      int next = parameters;
      for (Tensor leaf : leaves) {
        own.add(leaf.requires_grad() ? gradients.get(next++) : new Tensor());
      }
      return own;
    }
  }

  /**
   * Hands over what is defined of the gradients of a task, in as few pieces as it lies in.
   *
   * @param met where it is noted; null for those of another task that is noted
   */
  private void put(TensorVector gradients, int task, SharedGradients into, boolean[] met) {
    List<Integer> parameters =
        into.part().of(IntStream.range(0, learned.shared().size()).boxed().toList());
    long from = 0;
    long to = 0;
    for (int i = 0; i < parameters.size(); i++) {
      int parameter = parameters.get(i);
      long elements = learned.shared().get(parameter).numel();
      Tensor gradient = gradients.get(i);
      if (gradient.defined()) {
        into.put(task, to, gradient);
        note(parameter, met);
      } else {
        tell(into, task, from, to);
        from = to + elements;
      }
      to += elements;
    }
    tell(into, task, from, to);
  }

  private void note(int parameter, boolean[] met) {
    if (met == null) {
      return;
    }
    if (met[parameter]) {
      throw new IllegalStateException(
          "shared parameter '" + learned.sharedName(parameter) + "' has a part in two blocks");
    }
    met[parameter] = true;
  }

  private static void tell(SharedGradients into, int task, long from, long to) {
    if (from < to) {
      into.found(task, from, to);
    }
  }

  @Override
  public void close() {
    given.forEach(Held::close);
    given.clear();
  }
}
