package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;

/**
 * Where every parameter lies in the flat vector: the shared ones first, then head after head.
 *
 * @param entries in order of their offsets, without gaps
 * @param shared elements of the shared part
 * @param heads elements of each head
 */
public record ParameterLayout(List<Entry> entries, long shared, List<Long> heads) {

  /**
   * One parameter.
   *
   * @param name its name
   * @param shape lengths of its axes
   * @param offset index of its first element
   * @param ofTasks whether its first axis is one row for each task
   */
  public record Entry(String name, List<Long> shape, long offset, boolean ofTasks) {
    public Entry {
      shape = List.copyOf(shape);
    }

    /** Number of elements. */
    public long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Whether it has several axes, of tasks not counted: no bias, and nothing of normalisation. */
    public boolean isMatrix() {
      return shape.size() > (ofTasks ? 2 : 1);
    }
  }

  public ParameterLayout {
    entries = List.copyOf(entries);
    heads = List.copyOf(heads);
  }

  /** Elements of the whole vector. */
  public long total() {
    return headOffset(heads.size());
  }

  /** Index of the first element of a head; of the end for {@code task = tasks}. */
  public long headOffset(int task) {
    long offset = shared;
    for (int head = 0; head < task; head++) {
      offset += heads.get(head);
    }
    return offset;
  }

  /** Of what has been declared. */
  public static ParameterLayout of(ParameterBook book) {
    List<Parameter> all = new ArrayList<>(book.sharedParameters());
    book.headParameters().forEach(all::addAll);
    return new ParameterLayout(
        place(all),
        elements(book.sharedParameters()),
        book.headParameters().stream().map(ParameterLayout::elements).toList());
  }

  static List<Entry> place(List<Parameter> parameters) {
    List<Entry> entries = new ArrayList<>();
    long offset = 0;
    for (Parameter parameter : parameters) {
      entries.add(new Entry(parameter.name(), parameter.shape(), offset, parameter.ofTasks()));
      offset += parameter.elements();
    }
    return entries;
  }

  private static long elements(List<Parameter> parameters) {
    return parameters.stream().mapToLong(Parameter::elements).sum();
  }
}
