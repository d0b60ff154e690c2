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
 * @param architecture registered name
 * @param options the architecture's settings
 * @param tasks the tasks to train, in order
 * @param inputs input columns of the network
 * @param targets target columns of the tasks
 * @param statistics channel statistics of the inputs that have them
 */
public record NetworkPlan(
    String architecture,
    Map<String, Long> options,
    List<Task> tasks,
    List<Column> inputs,
    Map<String, Column> targets,
    Map<String, ChannelStatistics> statistics) {
  public NetworkPlan {
    options = Map.copyOf(options);
    tasks = List.copyOf(tasks);
    inputs = List.copyOf(inputs);
    targets = Map.copyOf(targets);
    statistics = Map.copyOf(statistics);
  }

  /**
   * The plan for some tasks of a data set. A loss that depends on how often a label occurs takes it
   * from the training split, so that it is the same on every rank and in every batch.
   *
   * @throws IllegalArgumentException if the tasks look at different inputs, which no registered
   *     network can take
   */
  public static NetworkPlan of(
      String architecture, Map<String, Long> options, DatasetManifest manifest, List<Task> tasks) {
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
      targets.put(task.target(), manifest.column(task.target()));
    }
    return new NetworkPlan(
        architecture,
        options,
        tasks.stream()
            .map(task -> TaskLosses.resolved(task, manifest.histograms().get(task.name())))
            .toList(),
        inputs.stream().map(manifest::column).toList(),
        targets,
        manifest.statistics());
  }

  /**
   * Whether methods that compare gradients at z are a heuristic for this network with these tasks:
   * where heads read maps on which other shared layers build.
   */
  public boolean heuristicRepresentation() {
    return declare().network().heuristicRepresentation();
  }

  /** Builds the declarations; allocates nothing. */
  Declared declare() {
    ParameterBook book = new ParameterBook(tasks.size());
    NetworkShape shape = new NetworkShape(inputs, tasks.stream().map(this::head).toList());
    Entry<Architecture> entry = Architectures.known().entry(architecture);
    Options complete = entry.read(options);
    Network network = entry.factory().apply(complete).build(shape, complete, book);
    return new Declared(network, book);
  }

  private NetworkShape.Head head(Task task) {
    int outputs = TaskLosses.of(task).outputs(task);
    if (!task.kind().hasPixels()) {
      return new NetworkShape.Head(task.name(), outputs, 0, 0);
    }
    List<Integer> map = targets.get(task.target()).shape();
    int axes = map.size();
    return new NetworkShape.Head(task.name(), outputs, map.get(axes - 2), map.get(axes - 1));
  }

  record Declared(Network network, ParameterBook book) {}

  /** This plan with other channel statistics for its inputs. */
  public NetworkPlan normalised(Map<String, ChannelStatistics> others) {
    return new NetworkPlan(architecture, options, tasks, inputs, targets, others);
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
