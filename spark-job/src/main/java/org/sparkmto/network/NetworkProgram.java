package org.sparkmto.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;
import org.sparkmto.options.ConfigurationException;

/**
 * What a network computes when it predicts, operation after operation, from the elements of its
 * inputs as they are stored to the outputs of {@link Replica#predict}. It is found by letting one
 * sample through the network, so whatever the network is, there is no second description of it.
 */
public final class NetworkProgram {
  /** The argument with one share per task, of a network that is asked for a preference. */
  private static final String PREFERENCE = "preference";

  private final List<String> inputs;
  private final List<NetworkTrace.Line> lines;
  private final Map<String, Integer> outputs;
  private final List<String> buffers;

  private NetworkProgram(
      List<String> inputs,
      List<NetworkTrace.Line> lines,
      Map<String, Integer> outputs,
      List<String> buffers) {
    this.inputs = inputs;
    this.lines = lines;
    this.outputs = outputs;
    this.buffers = buffers;
  }

  /**
   * The program of a network.
   *
   * @throws ConfigurationException if it computes with something else than {@link Functional}
   */
  public static NetworkProgram of(Replica replica) {
    return of(
        replica.network(),
        replica.plan(),
        replica.sampleTasks(),
        replica.bufferEntries().stream().map(ParameterLayout.Entry::name).toList());
  }

  static NetworkProgram of(Network network, NetworkPlan plan, List<String> buffers) {
    return of(network, plan, null, buffers);
  }

  /**
   * @param tasks of which task samples are, where each has a batch normalisation of its own and
   *     with it a way through the shared part; else null
   */
  private static NetworkProgram of(
      Network network, NetworkPlan plan, SampleTasks tasks, List<String> buffers) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      NetworkTrace trace = new NetworkTrace();
      Map<String, byte[]> sample = new HashMap<>();
      plan.inputs().forEach(column -> sample.put(column.name(), new byte[column.bytes()]));
      Batch batch = new Batch(1, sample);
      List<Tensor> given = new ArrayList<>();
      for (Column column : plan.inputs()) {
        given.add(trace.input(HostTensors.raw(batch, column)));
      }
      List<String> names = names(plan.inputs());
      List<Tensor> wishes = new ArrayList<>();
      if (plan.isConditioned()) {
        names.add(PREFERENCE);
        wishes.add(trace.input(HostTensors.shares(plan)));
      }
      List<Tensor> standardised = HostTensors.standardised(given, plan, ScalarType.Float);
      standardised.addAll(wishes);
      Tensor common = tasks == null ? network.encode(standardised, false) : null;
      Map<String, Integer> outputs = new LinkedHashMap<>();
      for (int task = 0; task < plan.tasks().size(); task++) {
        Tensor z =
            tasks == null ? common : tasks.asking(task, () -> network.encode(standardised, false));
        Tensor output = network.decode(task, z, false);
        Task asked = plan.tasks().get(task);
        Tensor restored = TargetScale.of(asked, plan).restored(output);
        outputs.put(asked.name(), trace.valueOf(restored));
      }
      return new NetworkProgram(List.copyOf(names), trace.lines(), outputs, buffers);
    } catch (NotTracedException e) {
      throw new ConfigurationException(
          "network '%s' calls libtorch itself, so that only its weights can be exported"
                  .formatted(plan.architecture())
              + " (safetensors); with the operations of Functional it could be written down",
          e);
    }
  }

  /** Names of columns where they can be those of arguments. */
  private static List<String> names(List<Column> columns) {
    List<String> names = new ArrayList<>();
    for (Column column : columns) {
      boolean usable =
          Dialect.isIdentifier(column.name())
              && column.name().length() > 1
              && !column.name().matches("self|torch|x[0-9]+|" + PREFERENCE)
              && !names.contains(column.name());
      names.add(usable ? column.name() : "input_" + (names.size() + 1));
    }
    return names;
  }

  /** Names of the arguments: one for each input column, then that of a preference. */
  public List<String> inputs() {
    return inputs;
  }

  /** How often a tensor is computed. */
  public int operations() {
    return lines.size();
  }

  /**
   * The end of the names of what is not learned, for example {@code running_mean}; whole names,
   * where something that is learned ends alike.
   *
   * @param learned names of what is learned
   */
  Set<String> endsOfBuffers(List<String> learned) {
    Set<String> ends = new TreeSet<>(buffers.stream().map(NetworkProgram::end).toList());
    boolean ambiguous = learned.stream().map(NetworkProgram::end).anyMatch(ends::contains);
    return ambiguous ? new TreeSet<>(buffers) : ends;
  }

  private static String end(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /**
   * The method {@code forward}, which gives outputs by the names of the tasks.
   *
   * @param indent what stands before its first line
   */
  String text(Dialect dialect, String indent) {
    String inner = indent + "    ";
    StringBuilder text = new StringBuilder(indent);
    text.append("def forward(self, ").append(String.join(", ", inputs)).append("):\n");
    if (dialect == Dialect.PYTHON) {
      text.append(inner).append("w = self.tensors()\n");
    }
    Names names = new Names();
    for (int at = 0; at < lines.size(); at++) {
      NetworkTrace.Line line = lines.get(at);
      Object[] arguments =
          line.arguments().stream().map(argument -> names.text(argument, dialect)).toArray();
      String operation = dialect.template(line.spelling()).formatted(arguments);
      names.forgetAfter(at);
      text.append(inner).append(names.given(line)).append(" = ").append(operation).append('\n');
    }
    return text.append(inner)
        .append(
            outputs.entrySet().stream()
                .map(output -> Dialect.quoted(output.getKey()) + ": " + names.of(output.getValue()))
                .collect(Collectors.joining(", ", "return {", "}")))
        .append('\n')
        .toString();
  }

  /** Names of values: a name is taken again where its value is not read any more. */
  private final class Names {
    private final Map<Integer, String> known = new HashMap<>();
    private final Map<Integer, Integer> lastReader = new HashMap<>();
    private final TreeSet<Integer> free = new TreeSet<>();
    private int made;

    Names() {
      for (int i = 0; i < inputs.size(); i++) {
        known.put(i, inputs.get(i));
      }
      for (int at = 0; at < lines.size(); at++) {
        for (int value : values(lines.get(at).arguments())) {
          lastReader.put(value, at);
        }
      }
    }

    String of(int value) {
      return known.get(value);
    }

    String text(Object argument, Dialect dialect) {
      if (argument instanceof NetworkTrace.Value value) {
        return of(value.number());
      }
      if (argument instanceof Parameter parameter) {
        return dialect.parameter(parameter.name());
      }
      if (argument instanceof List<?> list) {
        return list.stream()
            .map(one -> text(one, dialect))
            .collect(Collectors.joining(", ", "[", "]"));
      }
      return Dialect.constant(argument);
    }

    /** Frees the names of what a line reads as the last one. */
    void forgetAfter(int line) {
      for (int value : values(lines.get(line).arguments())) {
        if (lastReader.get(value) == line && !outputs.containsValue(value)) {
          release(value);
        }
      }
    }

    /** The names of what a line gives. */
    String given(NetworkTrace.Line line) {
      List<String> names = new ArrayList<>();
      for (int value : line.results()) {
        Integer number = free.pollFirst();
        String name = "x" + (number == null ? ++made : number);
        known.put(value, name);
        names.add(name);
      }
      for (int value : line.results()) {
        if (!lastReader.containsKey(value) && !outputs.containsValue(value)) {
          release(value);
        }
      }
      return String.join(", ", names);
    }

    private void release(int value) {
      String name = known.get(value);
      if (name.matches("x[0-9]+")) {
        free.add(Integer.valueOf(name.substring(1)));
      }
    }

    private List<Integer> values(List<?> arguments) {
      List<Integer> values = new ArrayList<>();
      for (Object argument : arguments) {
        if (argument instanceof NetworkTrace.Value value) {
          values.add(value.number());
        } else if (argument instanceof List<?> list) {
          values.addAll(values(list));
        }
      }
      return values;
    }
  }
}
