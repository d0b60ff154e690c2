package org.sparkmto.network;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolType;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/** TorchScript files from the text of their {@code forward}, for tests. */
public final class ScriptSources {
  private final Map<String, long[]> learned = new LinkedHashMap<>();
  private final Map<String, long[]> kept = new LinkedHashMap<>();
  private final Map<String, String> shared = new LinkedHashMap<>();
  private final String forward;
  private boolean trains;

  private ScriptSources(String forward) {
    this.forward = forward;
  }

  /** A module whose {@code forward(self, x)} has these lines. */
  public static ScriptSources of(String... lines) {
    return new ScriptSources("def forward(self, x):\n    " + String.join("\n    ", lines) + "\n");
  }

  /** With something to learn, which starts as small waves. */
  public ScriptSources learning(String name, long... shape) {
    learned.put(name, shape);
    return this;
  }

  /** With a buffer of zeros. */
  public ScriptSources keeping(String name, long... shape) {
    kept.put(name, shape);
    return this;
  }

  /** With a second name for something to learn. */
  public ScriptSources sharing(String name, String with) {
    shared.put(name, with);
    return this;
  }

  /** With {@code self.training}. */
  public ScriptSources thatTrains() {
    trains = true;
    return this;
  }

  /** Writes it. */
  public ScriptFile write(Path file) {
    try (PointerScope scope = new PointerScope()) {
      JitModule module = new JitModule(new QualifiedName("__torch__.Net"));
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      learned.forEach((name, shape) -> tensors.put(name, wave(shape).requires_grad_(true)));
      shared.forEach((name, with) -> tensors.put(name, tensors.get(with)));
      tensors.forEach((name, tensor) -> module.register_parameter(name, tensor, false));
      if (trains) {
        module.register_attribute(
            "training", new Type.TypePtr(BoolType.get().get()), new IValue(true));
      }
      kept.forEach((name, shape) -> module.register_buffer(name, torch.zeros(shape)));
      module.define(forward);
      module.save(file.toString());
    }
    return ScriptFixtures.file(file);
  }

  private static Tensor wave(long... shape) {
    return torch.ones(shape).cumsum(shape.length - 1L).sin();
  }
}
