package org.sparkmto.network;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.ExtraFilesMap;
import org.bytedeco.pytorch.GenericDict;
import org.bytedeco.pytorch.GraphOptimizerEnabledGuard;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;

/**
 * A {@link NetworkProgram} and its weights as a module of TorchScript. The Java binding of libtorch
 * has no tracer, but compiles texts of TorchScript; so the module is made of the program's.
 */
public final class TorchScriptNetwork implements AutoCloseable {
  /** Samples of another number than that of the trace, so that none of it depends on that. */
  private static final int TRIED = 2;

  private static final double CLOSE = 1e-4;

  private final NetworkPlan plan;
  private final JitModule module;

  private TorchScriptNetwork(NetworkPlan plan, JitModule module) {
    this.plan = plan;
    this.module = module;
  }

  /**
   * A network as TorchScript. Both are tried on the same samples.
   *
   * @throws ConfigurationException if they differ, so that the program is not the network
   */
  public static TorchScriptNetwork of(NetworkProgram program, Replica replica) {
    TorchScriptNetwork network = compiled(program, replica);
    try {
      network.requireSame(replica);
      return network;
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private static TorchScriptNetwork compiled(NetworkProgram program, Replica replica) {
    try (PointerScope scope = new PointerScope()) {
      CompilationUnit unit = new CompilationUnit();
      JitModule module = new JitModule(new QualifiedName("__torch__.Network"), unit, true);
      Map<String, JitModule> modules = new HashMap<>();
      modules.put("", module);
      add(modules, unit, replica.layout().entries(), replica.parameters().tensor(), false);
      add(modules, unit, replica.bufferEntries(), replica.buffers().tensor(), true);
      module.define(utf8(program.text(Dialect.TORCHSCRIPT, "")));
      module.eval();
      module.retainReference();
      return new TorchScriptNetwork(replica.plan(), module);
    }
  }

  private static void add(
      Map<String, JitModule> modules,
      CompilationUnit unit,
      List<ParameterLayout.Entry> entries,
      Tensor values,
      boolean buffers) {
    for (ParameterLayout.Entry entry : entries) {
      int dot = entry.name().lastIndexOf('.');
      JitModule owner = module(modules, unit, entry.name().substring(0, Math.max(0, dot)));
      long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
      // A copy: a view would be stored with all that it is a view of.
      Tensor own = values.narrow(0, entry.offset(), entry.elements()).view(shape).clone();
      owner.register_parameter(
          utf8(Dialect.attribute(entry.name().substring(dot + 1))), own, buffers);
    }
  }

  /** The module of a name with dots, which is made if it is not there. */
  private static JitModule module(
      Map<String, JitModule> modules, CompilationUnit unit, String name) {
    JitModule known = modules.get(name);
    if (known != null) {
      return known;
    }
    int dot = name.lastIndexOf('.');
    JitModule owner = module(modules, unit, name.substring(0, Math.max(0, dot)));
    JitModule made = new JitModule(new QualifiedName("__torch__.Part"), unit, true);
    owner.register_module(utf8(Dialect.attribute(name.substring(dot + 1))), made);
    modules.put(name, made);
    return made;
  }

  private static BytePointer utf8(String text) {
    return new BytePointer(text, StandardCharsets.UTF_8);
  }

  private void requireSame(Replica replica) {
    Draws draws = Draws.of(0).of("export");
    Map<String, byte[]> columns = new HashMap<>();
    for (Column column : plan.inputs()) {
      byte[] bytes = new byte[Math.multiplyExact(TRIED, column.bytes())];
      Draws ofColumn = draws.of(column.name());
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (256 * ofColumn.uniform(i));
      }
      columns.put(column.name(), bytes);
    }
    Batch batch = new Batch(TRIED, columns);
    List<float[]> expected = replica.predict(batch);
    List<float[]> found = outputs(batch);
    for (int task = 0; task < expected.size(); task++) {
      if (!areClose(found.get(task), expected.get(task))) {
        throw new ConfigurationException(
            ("network '%s' computes something for task '%s' that cannot be written down: what was"
                    + " written says something else; export its weights alone (safetensors)")
                .formatted(plan.architecture(), plan.tasks().get(task).name()));
      }
    }
  }

  private static boolean areClose(float[] found, float[] expected) {
    double scale = 1;
    for (float value : expected) {
      scale = Float.isFinite(value) ? Math.max(scale, Math.abs(value)) : scale;
    }
    for (int i = 0; i < expected.length; i++) {
      boolean same =
          Float.isFinite(expected[i])
              ? Math.abs(found[i] - expected[i]) <= CLOSE * scale
              : Float.compare(found[i], expected[i]) == 0;
      if (!same) {
        return false;
      }
    }
    return found.length == expected.length;
  }

  /** What the module says of a batch, as {@link Replica#predict}. */
  List<float[]> outputs(Batch batch) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        GraphOptimizerEnabledGuard asItStands = new GraphOptimizerEnabledGuard(false)) {
      IValueVector arguments = new IValueVector();
      for (Column column : plan.inputs()) {
        arguments.push_back(new IValue(HostTensors.raw(batch, column)));
      }
      if (plan.isConditioned()) {
        arguments.push_back(new IValue(HostTensors.shares(plan)));
      }
      GenericDict given = module.forward(arguments).toGenericDict();
      List<float[]> outputs = new ArrayList<>();
      for (Task task : plan.tasks()) {
        Tensor output = given.at(new IValue(task.name())).toTensor().contiguous();
        outputs.add(HostTensors.floats(output));
      }
      return outputs;
    }
  }

  /**
   * Writes the module into a file of a local disk.
   *
   * @param extra texts that the file holds, too, by name
   * @throws ConfigurationException if a name has letters that libtorch cannot write
   */
  public void save(Path file, Map<String, String> extra) {
    for (Task task : plan.tasks()) {
      if (!StandardCharsets.US_ASCII.newEncoder().canEncode(task.name())) {
        throw new ConfigurationException(
            ("task '%s': libtorch writes files of TorchScript with letters of ASCII alone; export"
                    + " it as python")
                .formatted(task.name()));
      }
    }
    try (PointerScope scope = new PointerScope()) {
      ExtraFilesMap files = new ExtraFilesMap();
      extra.forEach((name, text) -> files.put(utf8(name), utf8(text)));
      module.save(utf8(file.toString()), files);
    }
  }

  @Override
  public void close() {
    module.releaseReference();
  }
}
