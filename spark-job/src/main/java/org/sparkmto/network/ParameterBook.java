package org.sparkmto.network;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Where an {@link Architecture} declares what it learns. The order of declaration is the order in
 * the flat parameter vector: first everything shared, then head after head.
 */
public final class ParameterBook {
  private final List<Parameter> shared = new ArrayList<>();
  private final List<List<Parameter>> heads = new ArrayList<>();
  private final List<Parameter> buffers = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private BatchStatistics statistics = BatchStatistics.ofRank();
  private final SampleTasks sampleTasks;
  private boolean normalises;

  /** A book of a network whose tasks share their batch normalisation, if it has one. */
  public ParameterBook(int tasks) {
    this(tasks, null);
  }

  /**
   * A book of a network whose tasks may have each a batch normalisation of their own.
   *
   * @param sampleTasks of which task samples are; null if all tasks share one
   */
  ParameterBook(int tasks, SampleTasks sampleTasks) {
    this.sampleTasks = sampleTasks;
    for (int task = 0; task < tasks; task++) {
      heads.add(new ArrayList<>());
    }
  }

  /** A place to declare the parameters that all tasks share. */
  public Section shared() {
    return new Section(shared);
  }

  /** A place to declare the parameters of one task's head. */
  public Section head(int task) {
    return new Section(heads.get(task));
  }

  /** What was declared as shared, in this order. */
  public List<Parameter> sharedParameters() {
    return shared;
  }

  List<List<Parameter>> headParameters() {
    return heads;
  }

  /** Running statistics that were declared, in this order. */
  public List<Parameter> buffers() {
    return buffers;
  }

  /** Whether batch normalisation is declared. */
  boolean normalises() {
    return normalises;
  }

  /** Of which task samples are; null if tasks share their batch normalisation. */
  SampleTasks sampleTasks() {
    return sampleTasks;
  }

  /** Says over which samples all batch normalisation takes its statistics from now on. */
  void normaliseBy(BatchStatistics over) {
    statistics = over;
  }

  /** Either the shared part or one head. */
  public final class Section {
    private final List<Parameter> parameters;

    private Section(List<Parameter> parameters) {
      this.parameters = parameters;
    }

    /**
     * Declares what is learned by gradient.
     *
     * @param name unique in the network, as PyTorch would call it; begins with {@code encoder.} in
     *     what may start from weights trained elsewhere, and with {@code heads.} and the task's
     *     name in a head
     * @param initialisation how it starts
     * @param shape lengths of the axes
     * @throws IllegalArgumentException if the name is taken
     */
    public Parameter parameter(String name, Initialisation initialisation, long... shape) {
      Parameter parameter = declare(name, initialisation, false, shape);
      parameters.add(parameter);
      return parameter;
    }

    /** Declares what normalisation learns of each channel; a row for each task that has its own. */
    Parameter normalisation(String name, double start, long channels) {
      Parameter parameter = ofChannels(name, start, channels);
      parameters.add(parameter);
      return parameter;
    }

    /** Declares what normalisation keeps of each channel, in the same way. */
    Parameter runningStatistics(String name, double start, long channels) {
      Parameter buffer = ofChannels(name, start, channels);
      buffers.add(buffer);
      return buffer;
    }

    private Parameter ofChannels(String name, double start, long channels) {
      Initialisation initialisation = new Initialisation.Constant(start);
      return sampleTasks == null
          ? declare(name, initialisation, false, channels)
          : declare(name, initialisation, true, heads.size(), channels);
    }

    /**
     * Declares state that is not learned by gradient, for example running statistics.
     *
     * @throws IllegalArgumentException if the name is taken
     */
    public Parameter buffer(String name, Initialisation initialisation, long... shape) {
      Parameter buffer = declare(name, initialisation, false, shape);
      buffers.add(buffer);
      return buffer;
    }

    /**
     * Notes that batch normalisation is declared here.
     *
     * @throws IllegalArgumentException in a head, if each task has its own
     */
    Section normalising() {
      if (sampleTasks != null && parameters != shared) {
        throw new IllegalArgumentException(
            "normalisation = task is for heads without batch normalisation, and those of this"
                + " network have one; leave it out");
      }
      normalises = true;
      return this;
    }

    /** Over which samples it takes its statistics. */
    BatchStatistics statistics() {
      return statistics;
    }

    /** Of which task samples are; null if tasks share their batch normalisation. */
    SampleTasks sampleTasks() {
      return sampleTasks;
    }

    private Parameter declare(
        String name, Initialisation initialisation, boolean ofTasks, long... shape) {
      if (!names.add(name)) {
        throw new IllegalArgumentException("parameter " + name + " is declared twice");
      }
      return new Parameter(name, LongStream.of(shape).boxed().toList(), initialisation, ofTasks);
    }
  }
}
