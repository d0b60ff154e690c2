package org.sparkmto.network;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * All that is needed to build a network again: the architecture, its options and the tasks.
 *
 * @param family the architecture, as it is registered
 * @param options the architecture's settings
 * @param tasks the tasks to train, in order
 * @param inputs input columns of the network
 * @param targets target columns of the tasks, and those of probabilities
 * @param statistics by column: channel statistics of the inputs that have them, in the unit of the
 *     stored elements; and of the targets of real numbers that are standardised, in their own unit,
 *     one for each channel of a map or each element of another target
 * @param multipliers what the losses of tasks are multiplied by, by task; 1 where there is none
 * @param priors what the bias of a head's outputs starts at, by task; as its layer does where there
 *     is none
 * @param dropout share that heads of tasks of whole images drop, in training, of what they read
 * @param normalisedByTask whether tasks have each a batch normalisation of their own, through which
 *     the samples go that they have labels of
 * @param scripts the files that it is made of; none for most networks
 * @param preference what it is asked for, one share per task, of a network that has a preference as
 *     a further input; empty for one that has none
 */
public record NetworkPlan(
    Entry<Architecture> family,
    Map<String, ?> options,
    List<Task> tasks,
    List<Column> inputs,
    Map<String, Column> targets,
    Map<String, ChannelStatistics> statistics,
    Map<String, Double> multipliers,
    Map<String, List<Double>> priors,
    double dropout,
    boolean normalisedByTask,
    ScriptFiles scripts,
    List<Double> preference) {
  public NetworkPlan {
    options = Map.copyOf(options);
    tasks = List.copyOf(tasks);
    inputs = List.copyOf(inputs);
    targets = Map.copyOf(targets);
    statistics = Map.copyOf(statistics);
    multipliers = Map.copyOf(multipliers);
    priors = Map.copyOf(priors);
    preference = List.copyOf(preference);
  }

  /** A plan whose losses are not multiplied, with heads that start as their layers do. */
  public NetworkPlan(
      Entry<Architecture> family,
      Map<String, ?> options,
      List<Task> tasks,
      List<Column> inputs,
      Map<String, Column> targets,
      Map<String, ChannelStatistics> statistics) {
    this(
        family,
        options,
        tasks,
        inputs,
        targets,
        statistics,
        Map.of(),
        Map.of(),
        0,
        false,
        ScriptFiles.none(),
        List.of());
  }

  /**
   * The plan for some tasks of a data set. A loss that depends on how often a label occurs takes it
   * from the training split, so that it is the same on every rank and in every batch.
   *
   * @throws IllegalArgumentException if the tasks look at different inputs, which no registered
   *     network can take
   */
  public static NetworkPlan of(
      Entry<Architecture> family,
      Map<String, ?> options,
      DatasetManifest manifest,
      List<Task> tasks) {
    List<String> inputs = tasks.get(0).inputs();
    Map<String, Column> targets = new LinkedHashMap<>();
    for (Task task : tasks) {
      if (!task.inputs().equals(inputs)) {
        throw new IllegalArgumentException(
            "tasks '"
                + tasks.get(0).name()
                + "' and '"
                + task.name()
                + "' look at different inputs; train them apart with tasks = [...]");
      }
      task.truths().forEach(column -> targets.put(column, manifest.column(column)));
    }
    return new NetworkPlan(
        family,
        options,
        tasks.stream().map(task -> TaskLosses.balancedIfPossible(task, manifest)).toList(),
        inputs.stream().map(manifest::column).toList(),
        targets,
        manifest.statistics());
  }

  /** Registered name of the architecture. */
  public String architecture() {
    return family.name();
  }

  /**
   * Whether methods that compare gradients at z are a heuristic for this network with these tasks:
   * where heads read maps on which other shared layers build.
   */
  public boolean heuristicRepresentation() {
    return declare().network().heuristicRepresentation();
  }

  /** Whether it declares batch normalisation, which can be told over which samples. */
  public boolean normalisesBatches() {
    return declare().book().normalises();
  }

  /** See {@link Architecture#backbones(NetworkShape, Options)}. */
  List<String> backbones() {
    Options complete = family.read(options);
    return family.factory().apply(complete).backbones(shape(HeadDropout.none()), complete);
  }

  private NetworkShape shape(HeadDropout drops) {
    return new NetworkShape(
        isConditioned() ? ConditionedNetwork.widened(this) : inputs,
        tasks.stream().map(this::head).toList(),
        drops,
        scripts);
  }

  /** Builds the declarations; allocates nothing. */
  Declared declare() {
    ParameterBook book =
        new ParameterBook(tasks.size(), normalisedByTask ? new SampleTasks() : null);
    HeadDropout drops = new HeadDropout(dropout);
    NetworkShape shape = shape(drops);
    Options complete = family.read(options);
    Network network = family.factory().apply(complete).build(shape, complete, book);
    return new Declared(isConditioned() ? new ConditionedNetwork(network) : network, book, drops);
  }

  /** Numbers that a head gives for each sample or pixel: one logit decides between yes and no. */
  private static int outputs(Task task) {
    return switch (task.kind()) {
      case BINARY, MASK -> 1;
      case CLASSIFICATION, MULTI_LABEL, REGRESSION, SEGMENTATION, DEPTH, NORMALS, VECTORS ->
          task.classes();
    };
  }

  private NetworkShape.Head head(Task task) {
    int outputs = outputs(task);
    if (!task.kind().hasPixels()) {
      return new NetworkShape.Head(task.name(), outputs, 0, 0);
    }
    List<Integer> map = targets.get(task.target()).shape();
    int axes = map.size();
    return new NetworkShape.Head(task.name(), outputs, map.get(axes - 2), map.get(axes - 1));
  }

  record Declared(Network network, ParameterBook book, HeadDropout dropout) {}

  private NetworkPlan with(
      Map<String, ChannelStatistics> statistics,
      Map<String, Double> multipliers,
      Map<String, List<Double>> priors,
      double dropout,
      boolean normalisedByTask,
      ScriptFiles scripts,
      List<Double> preference) {
    return new NetworkPlan(
        family,
        options,
        tasks,
        inputs,
        targets,
        statistics,
        multipliers,
        priors,
        dropout,
        normalisedByTask,
        scripts,
        preference);
  }

  /** Whether the network has a preference as a further input, see {@link #preferring}. */
  public boolean isConditioned() {
    return !preference.isEmpty();
  }

  /**
   * This plan of a network that has a preference as a further input: as many constant channels of
   * its image as there are tasks, behind its own.
   *
   * @param shares what is asked for: one share per task, none negative, of sum 1
   * @throws IllegalArgumentException if the network cannot have one, or these are no such shares
   */
  public NetworkPlan preferring(List<Double> shares) {
    ConditionedNetwork.require(this, shares);
    return told(shares);
  }

  /** This plan of a network that has no preference as an input. */
  NetworkPlan unconditioned() {
    return told(List.of());
  }

  private NetworkPlan told(List<Double> shares) {
    return with(statistics, multipliers, priors, dropout, normalisedByTask, scripts, shares);
  }

  /** This plan with other channel statistics for its inputs. */
  public NetworkPlan normalised(Map<String, ChannelStatistics> others) {
    return with(others, multipliers, priors, dropout, normalisedByTask, scripts, preference);
  }

  /** This plan with losses that are multiplied, by task. */
  public NetworkPlan multiplied(Map<String, Double> by) {
    return with(statistics, by, priors, dropout, normalisedByTask, scripts, preference);
  }

  /** This plan of a network that is made of files. */
  public NetworkPlan madeOf(ScriptFiles files) {
    return with(statistics, multipliers, priors, dropout, normalisedByTask, files, preference);
  }

  /**
   * Tries what can only be seen when the network runs; a network that is made here needs no trial.
   *
   * @throws IllegalArgumentException saying in one line what cannot be trained
   */
  public void tryOut() {
    declare().network().tryOut();
  }

  /** This plan with heads that drop a share of what they read. */
  public NetworkPlan dropping(double share) {
    return with(statistics, multipliers, priors, share, normalisedByTask, scripts, preference);
  }

  /** This plan with a batch normalisation of its own for each task. */
  public NetworkPlan normalisingByTask() {
    return with(statistics, multipliers, priors, dropout, true, scripts, preference);
  }

  /**
   * This plan with targets of real numbers that are standardised by the training split of a data
   * set, but for normals; what it does not know the spread of stays as it is.
   */
  public NetworkPlan standardised(DatasetManifest manifest) {
    Map<String, ChannelStatistics> all = new LinkedHashMap<>(statistics);
    Map<String, ChannelStatistics> found = new LinkedHashMap<>();
    for (Task task : tasks) {
      ChannelStatistics own =
          TargetScale.fits(task.kind())
              ? TargetScale.statistics(task, manifest, found.get(task.target()))
              : null;
      if (own != null) {
        found.put(task.target(), own);
      }
    }
    all.putAll(found);
    return normalised(all);
  }

  /** Names of the tasks whose targets could be standardised and are not. */
  public List<String> inOwnUnits() {
    return tasks.stream()
        .filter(task -> TargetScale.fits(task.kind()) && !statistics.containsKey(task.target()))
        .map(Task::name)
        .toList();
  }

  /** This plan with heads that start at what the training split of a data set says of the tasks. */
  public NetworkPlan startingAtPriors(DatasetManifest manifest) {
    Map<String, List<Double>> found = new LinkedHashMap<>();
    for (Task task : tasks) {
      OutputPrior.of(task, manifest, this).ifPresent(prior -> found.put(task.name(), prior));
    }
    return with(statistics, multipliers, found, dropout, normalisedByTask, scripts, preference);
  }

  /**
   * The bias of a head's outputs: a head declares it last.
   *
   * @throws IllegalArgumentException if the network's head ends otherwise
   */
  Parameter outputBias(ParameterBook book, String name) {
    for (int task = 0; task < tasks.size(); task++) {
      if (tasks.get(task).name().equals(name)) {
        List<Parameter> head = book.headParameters().get(task);
        Parameter last = head.isEmpty() ? null : head.get(head.size() - 1);
        if (last != null
            && last.name().endsWith(".bias")
            && last.elements() == outputs(tasks.get(task))) {
          return last;
        }
      }
    }
    throw new IllegalArgumentException(
        "the head of task '%s' does not end in a bias that could start at its prior; set"
                .formatted(name)
            + " targets.prior = false");
  }

  /**
   * The layout of the parameters, without allocating any and without loading libtorch.
   *
   * @throws IllegalArgumentException if the architecture or its options do not fit
   */
  public ParameterLayout layout() {
    return ParameterLayout.of(declare().book());
  }

  /**
   * The layers whose gradients have {@link LayerFactors factors}, with the places of one sample,
   * which goes through the network for that. Loads libtorch.
   *
   * @return none where libtorch does not load, or of files of TorchScript
   */
  public List<LayerShape> factoredLayers() {
    return !scripts.isEmpty() || NativeLibraries.failure().isPresent()
        ? List.of()
        : Replica.factoredLayers(this);
  }

  /**
   * Looks whether a file of weights is of this network, without allocating any and without loading
   * libtorch; reads its header alone.
   *
   * @param where name of the file, for messages
   * @throws SafetensorsException naming the tensors that are missing, unexpected or different
   */
  public void checkWeights(InputStream in, String where) throws IOException {
    ParameterBook book = declare().book();
    List<ParameterLayout.Entry> entries = new ArrayList<>(ParameterLayout.of(book).entries());
    entries.addAll(ParameterLayout.place(book.buffers()));
    new SafetensorsReader(in, where).require(Weights.declared(entries));
  }
}
