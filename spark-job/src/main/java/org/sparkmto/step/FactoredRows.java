package org.sparkmto.step;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.configuration.FactorChoice;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.LayerFactors;
import org.sparkmto.network.LayerShape;
import org.sparkmto.network.Replica;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.network.SharedGradients;
import org.sparkmto.network.SharedPart;
import org.sparkmto.timing.StepPhase;

/**
 * The inner products of gradients, exact, without the gradients of those layers where their factors
 * are less work ({@link LayerFactors}); of the others {@link GradientRows}. Every rank gets the
 * factors of all, and takes its share of the layers.
 */
final class FactoredRows implements LookRows {
  private final Replica replica;
  private final RankGroup group;
  private final SharedPart part;
  private final int tasks;
  private final int blocks;
  private final FactorChoice choice;
  private final int together;

  /** By parameter, the factors of each block. */
  private final Map<Integer, Factors[]> factors = new TreeMap<>();

  private GradientRows rest;
  private Set<Integer> factored = Set.of();

  /** Of the block that is looked at. */
  private Map<Integer, Long> mostPlaces = Map.of();

  private long ofFactors;

  /** Rows of nothing yet, of passes that go back for one task at a time. */
  FactoredRows(Replica replica, RankGroup group, FactorChoice choice, SharedPart part) {
    this(replica, group, choice, part, 1);
  }

  /**
   * Rows of nothing yet.
   *
   * @param together for how many tasks passes may go back at once, as copies of their samples
   */
  FactoredRows(
      Replica replica, RankGroup group, FactorChoice choice, SharedPart part, int together) {
    this.replica = replica;
    this.group = group;
    this.choice = choice;
    this.blocks = choice.blocks();
    this.tasks = choice.tasks();
    this.part = part;
    this.together = together;
  }

  /**
   * The two factors of a layer's gradients, of all ranks.
   *
   * @param in weights of a channel x places
   * @param back rows x channels x places
   */
  private record Factors(LayerFactors layer, long places, int ranks, FlatVector in, FlatVector back)
      implements AutoCloseable {
    Tensor unfolded() {
      return in.tensor().view(layer.weights(), places * ranks);
    }

    Tensor cotangents(int rows) {
      return back.tensor().view(rows, layer.channels(), places * ranks);
    }

    @Override
    public void close() {
      in.close();
      back.close();
    }
  }

  /**
   * Begins a look by choosing what is taken as factors: the same on all ranks.
   *
   * @return whether anything is; if not, {@link #rest} has rows of everything
   */
  boolean choose(RepresentationGradients gradients) {
    List<LayerFactors> layers = own(gradients);
    mostPlaces = mostPlaces(layers);
    List<LayerShape> shapes = new ArrayList<>();
    for (LayerFactors layer : layers) {
      shapes.add(layer.shape().of(mostPlaces.get(layer.parameter()) * group.size()));
    }
    begin(choice.of(shapes));
    return !factored.isEmpty();
  }

  @Override
  public void look(int block, RepresentationGradients gradients, double[] labelled) {
    if (block == 0) {
      choose(gradients);
    }
    fill(block, gradients, labelled);
  }

  /** Fills a block of a look that has begun with {@link #choose} of the first block. */
  void fill(int block, RepresentationGradients gradients, double[] labelled) {
    List<LayerFactors> layers = own(gradients);
    layers.removeIf(layer -> !factored.contains(layer.parameter()));
    if (layers.size() < factored.size()) {
      throw new IllegalStateException("another part of the batch went through other layers");
    }
    if (block > 0) {
      mostPlaces = mostPlaces(layers);
    }
    try (PointerScope scope = new PointerScope()) {
      for (LayerFactors layer : layers) {
        factors.computeIfAbsent(layer.parameter(), parameter -> new Factors[blocks])[block] =
            given(layer, mostPlaces.get(layer.parameter()));
      }
      gradients.look(new Filling(block, layers, labelled));
      rest.settle();
      for (LayerFactors layer : layers) {
        finish(factors.get(layer.parameter())[block], labelled);
      }
    }
  }

  /** The layers that have factors and are looked at. */
  private List<LayerFactors> own(RepresentationGradients gradients) {
    List<LayerFactors> layers = new ArrayList<>();
    gradients.layers().stream().filter(layer -> part.has(layer.parameter())).forEach(layers::add);
    return layers;
  }

  /** By parameter of a layer, the places that a rank has at most; ranks tell each other theirs. */
  private Map<Integer, Long> mostPlaces(List<LayerFactors> layers) {
    double[] places = new double[layers.size() * group.size()];
    for (int i = 0; i < layers.size(); i++) {
      places[i * group.size() + group.rank()] = layers.get(i).shape().places();
    }
    if (group.size() > 1 && places.length > 0) {
      group.sum(places);
    }
    Map<Integer, Long> most = new TreeMap<>();
    for (int i = 0; i < places.length; i++) {
      most.merge(layers.get(i / group.size()).parameter(), (long) places[i], Math::max);
    }
    return most;
  }

  /** The parameters of which the look that has begun takes factors. */
  Set<Integer> factored() {
    return factored;
  }

  /** What is taken as rows. */
  GradientRows rest() {
    return rest;
  }

  /** Forgets the look before, and makes rows of what is left beside the chosen layers. */
  private void begin(Set<Integer> chosen) {
    forget();
    ofFactors = 0;
    if (rest == null || !factored.equals(chosen)) {
      close();
      factored = Set.copyOf(chosen);
      rest = new GradientRows(replica, group, blocks, tasks, part.without(factored));
    }
  }

  /** The factor of what goes in, of this rank, and zeros for the other and for other ranks. */
  private Factors given(LayerFactors layer, long places) {
    long all = places * group.size();
    Factors made =
        new Factors(
            layer,
            places,
            group.size(),
            replica.gradient().zerosBeside(layer.weights() * all),
            replica.gradient().zerosBeside(tasks * layer.channels() * all));
    ofFactors += made.in().length() + made.back().length();
    if (layer.places() > 0) {
      layer.unfold(own(made.unfolded(), layer, places));
    }
    return made;
  }

  /** The columns of this rank. */
  private Tensor own(Tensor matrix, LayerFactors layer, long places) {
    return matrix.narrow(matrix.dim() - 1, group.rank() * places, layer.places());
  }

  /** Makes the factors those of mean losses, and gives them to all ranks. */
  private void finish(Factors made, double[] labelled) {
    Tensor cotangents = made.cotangents(tasks);
    for (int task = 0; task < tasks; task++) {
      if (labelled[task] != 0) {
        cotangents.select(0, task).mul_(new Scalar(1 / labelled[task]));
      }
    }
    if (group.size() > 1) {
      group.sum(made.in().tensor());
      group.sum(made.back().tensor());
    }
  }

  /** Puts what a backward pass finds into the factors, and the rest into rows. */
  private final class Filling implements SharedGradients {
    private final int block;
    private final List<LayerFactors> layers;
    private final SharedGradients ofRest;

    Filling(int block, List<LayerFactors> layers, double[] labelled) {
      this.block = block;
      this.layers = layers;
      this.ofRest = rest.filling(block, labelled);
    }

    @Override
    public boolean wants(int task) {
      return ofRest.wants(task);
    }

    @Override
    public SharedPart part() {
      return ofRest.part();
    }

    @Override
    public Tensor vector(int task) {
      return ofRest.vector(task);
    }

    @Override
    public void found(int task, long from, long to) {
      ofRest.found(task, from, to);
    }

    @Override
    public List<LayerFactors> layers() {
      return layers;
    }

    @Override
    public Tensor cotangent(int task, int layer) {
      LayerFactors asked = layers.get(layer);
      Factors made = factors.get(asked.parameter())[block];
      return own(made.cotangents(tasks).select(0, task), asked, made.places());
    }

    @Override
    public int together() {
      return together;
    }

    /** Of a batch in pieces nothing is factored. */
    @Override
    public SharedGradients further() {
      return ofRest.further();
    }
  }

  /** Factors of all ranks are summed as they are. */
  @Override
  public Size size() {
    Size ofRest = rest.size();
    return new Size(ofFactors + ofRest.floats(), ofFactors + ofRest.movedByTwo());
  }

  @Override
  public SymmetricMatrix gram() {
    return replica.clock().during(StepPhase.GRAM, this::products);
  }

  private SymmetricMatrix products() {
    int size = blocks * tasks;
    double[] all = new double[size * size];
    List<Pair> pairs = ownPairs();
    List<double[]> found = new ArrayList<>(Collections.nCopies(pairs.size(), new double[0]));
    ComputeThreads.each(
        replica.gradient().tensor(),
        pairs.size(),
        pair -> found.set(pair, pairs.get(pair).products(tasks)));
    for (int pair = 0; pair < pairs.size(); pair++) {
      pairs.get(pair).add(found.get(pair), tasks, all, size);
    }
    if (!factors.isEmpty()) {
      group.sum(all);
    }
    forget();
    double[] ofRest = rest.gram().toArray();
    Arrays.setAll(all, i -> all[i] + ofRest[i]);
    return SymmetricMatrix.of(size, all);
  }

  /** Of every layer one rank makes the products. */
  private List<Pair> ownPairs() {
    List<Pair> pairs = new ArrayList<>();
    int turn = 0;
    for (Factors[] ofLayer : factors.values()) {
      if (turn++ % group.size() == group.rank()) {
        for (int left = 0; left < blocks; left++) {
          for (int right = left; right < blocks; right++) {
            pairs.add(new Pair(ofLayer[left], left, ofLayer[right], right));
          }
        }
      }
    }
    return pairs;
  }

  /** Two blocks of a layer's gradients, which may be the same. */
  private record Pair(Factors left, int leftBlock, Factors right, int rightBlock) {
    double[] products(int tasks) {
      return LayerFactors.products(
          left.cotangents(tasks), left.unfolded(), right.cotangents(tasks), right.unfolded());
    }

    /** To those of all rows. */
    void add(double[] found, int tasks, double[] all, int size) {
      for (int i = 0; i < found.length; i++) {
        int row = leftBlock * tasks + i / tasks;
        int column = rightBlock * tasks + i % tasks;
        all[row * size + column] += found[i];
        if (leftBlock != rightBlock) {
          all[column * size + row] += found[i];
        }
      }
    }
  }

  private void forget() {
    factors.values().stream()
        .flatMap(Arrays::stream)
        .filter(Objects::nonNull)
        .forEach(Factors::close);
    factors.clear();
  }

  @Override
  public void close() {
    forget();
    if (rest != null) {
      rest.close();
      rest = null;
    }
  }
}
