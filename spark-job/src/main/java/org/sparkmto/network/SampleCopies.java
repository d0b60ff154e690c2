package org.sparkmto.network;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;

/**
 * Copies of samples that go through the shared part side by side, each to be differentiated by
 * itself: what one pass back gives of a copy is what a pass back for it alone would give.
 *
 * <p>The copies of a sample are next to each other. So maps of {@code samples x copies} by channels
 * are, as they lie in memory, maps of samples by {@code copies x channels}, and batch normalisation
 * of these is that of every copy by itself, whatever its statistics are of. What it has for each
 * channel becomes a leaf with a row for every copy, and so do biases: gradients by these are of one
 * copy each. Those by the weights of layers are products of what comes back to the layer's outputs,
 * which are of one copy each, too, and what goes in ({@link LayerFactors}).
 */
final class SampleCopies {
  private static final ThreadLocal<SampleCopies> OPEN = new ThreadLocal<>();

  private final long count;
  private final PointerScope scope;
  private final Map<Tensor, Tensor> leaves = new HashMap<>();

  /**
   * Copies.
   *
   * @param count of every sample
   * @param scope that leaves live in
   */
  SampleCopies(long count, PointerScope scope) {
    this.count = count;
    this.scope = scope;
  }

  /** How many there are of every sample. */
  long count() {
    return count;
  }

  /** What goes through layers on this thread; null if these are no copies. */
  static SampleCopies open() {
    return OPEN.get();
  }

  /** Does something with copies. */
  void during(Runnable work) {
    OPEN.set(this);
    try {
      work.run();
    } finally {
      OPEN.remove();
    }
  }

  /**
   * Whether copies can go through the shared part of a network: if it computes with {@link
   * Functional} alone, of which batch normalisation is the only operation that knows more than one
   * sample, and if its parameters are those of layers and of batch normalisation.
   */
  static boolean canGoThrough(Network network, NetworkPlan plan, LearnedTensors learned) {
    // A preference is no sample.
    if (plan.normalisedByTask() || plan.isConditioned()) {
      return false;
    }
    Map<String, byte[]> sample = new HashMap<>();
    for (Column column : plan.inputs()) {
      sample.put(column.name(), new byte[column.bytes()]);
    }
    try (PointerScope own = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      NetworkTrace trace = new NetworkTrace();
      Tensor beside = learned.gradient().tensor();
      List<Tensor> inputs =
          HostTensors.inputs(new Batch(1, sample), plan, Device.CPU, learned.numbers()).stream()
              .map(input -> HostTensors.beside(beside, input))
              .<Tensor>map(trace::input)
              .toList();
      trace.valueOf(network.encode(inputs, false));
      return trace.lines().stream().allMatch(Functional::isOfEachCopy);
    } catch (NotTracedException e) {
      return false;
    }
  }

  /** Copies of samples, in the scope of the caller. */
  Tensor of(Tensor samples) {
    return samples.repeat_interleave(count, new LongOptional(0), new LongOptional());
  }

  /** A tensor that has a row of copies for every sample, as one whose rows are copies. */
  static Tensor joined(Tensor samples) {
    return samples.flatten(0, 1);
  }

  /** What one copy has of something with a row for every copy of every sample. */
  Tensor alone(int copy, Tensor all) {
    return apart(all).select(1, copy);
  }

  private Tensor apart(Tensor all) {
    return all.unflatten(0, -1, count);
  }

  /**
   * The leaf that stands for a parameter, a vector for every copy, one after the other.
   *
   * @param parameter of one axis
   */
  Tensor leaf(Tensor parameter) {
    return leaves.computeIfAbsent(
        parameter,
        own -> {
          Tensor leaf = own.detach().repeat(count).requires_grad_(true);
          scope.attach(leaf);
          return leaf;
        });
  }

  /** What one copy has of something like a leaf. */
  Tensor ofLeaf(int copy, Tensor all) {
    return all.view(count, -1).select(0, copy);
  }

  /**
   * Adds what a layer learns for each channel that comes out.
   *
   * @param bias null for nothing
   */
  Tensor plus(Tensor out, Parameter bias) {
    if (bias == null) {
      return out;
    }
    long[] form = new long[(int) out.dim() + 1];
    Arrays.fill(form, 1);
    form[1] = count;
    form[2] = out.size(1);
    return joined(apart(out).add(leaf(bias.tensor()).view(form)));
  }

  /** Normalises every copy by itself. */
  Tensor normalised(Tensor x, BatchNormalisation by, boolean training) {
    return BatchStatistics.lasting(
        () -> {
          Tensor channels = apart(x).flatten(1, 2);
          Tensor all = by.of(this).alone(channels, training).view(x.sizes());
          // No view for autograd, which makes what is done in the memory of one dear.
          return all.unsafe_chunk(1).get(0);
        });
  }

  /** What batch normalisation learns of channels, for each copy. */
  Parameter learned(Parameter ofChannels) {
    return ofChannels.holding(leaf(ofChannels.tensor()));
  }

  /** What it remembers of them, in the scope of the caller; it moves by itself. */
  Parameter remembered(Parameter ofChannels) {
    return ofChannels.holding(ofChannels.tensor().repeat(count));
  }
}
