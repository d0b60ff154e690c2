package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.Batch;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.random.Draws;

/** Every network can be written down, and what is written says what the network says. */
class NetworkProgramTest {
  private static final int SAMPLES = 3;
  private static final int HEIGHT = 37;
  private static final int WIDTH = 45;
  private static final Map<String, Long> SMALL =
      Map.of("width", 4L, "features", 6L, "hidden", 5L, "depth", 18L, "blocks", 2L);

  /** Names that no variable can have, or that modules of PyTorch have already. */
  private static final List<String> WHOLE = List.of("class", "a-b", "training", "it's", "a.train");

  @TempDir Path folder;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  private static NetworkPlan plan(String network) {
    Map<String, Long> options = new HashMap<>();
    for (Option option : Architectures.known().entry(network).options()) {
      if (SMALL.containsKey(option.name())) {
        options.put(option.name(), SMALL.get(option.name()));
      }
    }
    List<String> two = List.of("image", "person");
    for (List<String> inputs : List.of(two.subList(0, 1), two)) {
      for (boolean pixels : List.of(true, false)) {
        NetworkPlan plan = plan(network, options, inputs, pixels);
        try {
          plan.layout();
          return plan;
        } catch (IllegalArgumentException e) {
          // It takes no pixels, or another number of images.
        }
      }
    }
    throw new AssertionError(network + " takes neither one image nor two");
  }

  private static NetworkPlan plan(
      String network, Map<String, Long> options, List<String> inputs, boolean pixels) {
    List<Task> tasks =
        new ArrayList<>(
            List.of(
                Task.of(WHOLE.get(0), TaskKind.CLASSIFICATION, inputs, "class", 3),
                Task.of(WHOLE.get(1), TaskKind.BINARY, inputs, "yes", 2),
                Task.of(WHOLE.get(2), TaskKind.MULTI_LABEL, inputs, "labels", 4),
                Task.of(WHOLE.get(3), TaskKind.REGRESSION, inputs, "numbers", 2),
                Task.of(WHOLE.get(4), TaskKind.BINARY, inputs, "yes", 2)));
    Map<String, Column> targets = new HashMap<>();
    targets.put("class", target("class", ElementType.UINT8, 1));
    targets.put("yes", target("yes", ElementType.UINT8, 1));
    targets.put("labels", target("labels", ElementType.UINT8, 4));
    targets.put("numbers", target("numbers", ElementType.FLOAT32, 2));
    Map<String, ChannelStatistics> statistics = new HashMap<>();
    statistics.put(
        "image", new ChannelStatistics(List.of(120.0, 128.5, 136.0), List.of(70.0, 75.0, 0.0)));
    statistics.put("numbers", new ChannelStatistics(List.of(40.0, -3.0), List.of(7.0, 0.25)));
    if (pixels) {
      tasks.add(Task.of("segmentation", TaskKind.SEGMENTATION, inputs, "segmentation", 4));
      tasks.add(Task.of("depth", TaskKind.DEPTH, inputs, "depth", 1));
      targets.put("segmentation", target("segmentation", ElementType.UINT8, HEIGHT, WIDTH));
      targets.put("depth", target("depth", ElementType.FLOAT32, 1, HEIGHT, WIDTH));
      statistics.put("depth", new ChannelStatistics(List.of(5.5), List.of(2.0)));
    }
    List<Column> images = new ArrayList<>();
    for (String input : inputs) {
      images.add(
          new Column(input, Column.Role.INPUT, ElementType.UINT8, List.of(3, HEIGHT, WIDTH)));
    }
    return new NetworkPlan(
        Architectures.known().entry(network), options, tasks, images, targets, statistics);
  }

  private static Column target(String name, ElementType type, Integer... shape) {
    return new Column(name, Column.Role.TARGET, type, List.of(shape));
  }

  /** With running statistics that are not those of a beginning. */
  private static Replica replica(NetworkPlan plan) {
    Replica replica = Replica.of(plan, Draws.of(11));
    float[] numbers = new float[Math.toIntExact(replica.buffers().length())];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = 0.2f + (float) Draws.of(12).uniform(i);
    }
    replica.buffers().write(0, numbers, 0, numbers.length);
    return replica;
  }

  private static Batch batch(NetworkPlan plan) {
    Map<String, byte[]> columns = new HashMap<>();
    for (Column column : plan.inputs()) {
      byte[] bytes = new byte[Math.multiplyExact(SAMPLES, column.bytes())];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (256 * Draws.of(13).of(column.name()).uniform(i));
      }
      columns.put(column.name(), bytes);
    }
    return new Batch(SAMPLES, columns);
  }

  @Test
  @Tag("slow")
  void everyRegisteredNetworkSaysTheSameAsTorchScriptAndAsPython() throws Exception {
    List<String> networks =
        Architectures.known().builtIn().stream()
            .map(Entry::name)
            .filter(name -> !name.equals(ScriptFiles.NETWORK)) // which is TorchScript already
            .sorted()
            .toList();
    List<String> folders = new ArrayList<>();
    for (String network : networks) {
      NetworkPlan plan = plan(network);
      Batch batch = batch(plan);
      try (Replica replica = replica(plan)) {
        NetworkProgram program = NetworkProgram.of(replica);
        List<float[]> expected = replica.predict(batch);
        try (TorchScriptNetwork script = TorchScriptNetwork.of(program, replica)) {
          List<float[]> found = script.outputs(batch);
          for (int task = 0; task < expected.size(); task++) {
            String name = network + ", " + plan.tasks().get(task).name();
            assertThat(difference(found.get(task), expected.get(task))).as(name).isLessThan(1e-5);
          }
          Path own = Files.createDirectories(folder.resolve(network));
          folders.add(own.toString());
          script.save(own.resolve("network.pt"), Map.of("manifest.json", "{\"is\": \"there\"}"));
          write(own, program, replica, batch, expected);
        }
      }
    }
    assumeTrue(
        python(List.of("-c", "import torch, safetensors, numpy")).isEmpty(),
        "python3 is not here, or has no torch, safetensors and numpy: nothing was compared with"
            + " it");
    List<String> command = new ArrayList<>(List.of("-W", "ignore", "-c", COMPARED));
    command.addAll(folders);
    assertThat(python(command)).isEmpty();
  }

  /** Says nothing where a network in Python and as TorchScript says what Java says. */
  private static final String COMPARED =
      """
      import importlib.util, json, sys
      from pathlib import Path
      import numpy, torch
      for folder in map(Path, sys.argv[1:]):
          spec = importlib.util.spec_from_file_location("network", folder / "network.py")
          module = importlib.util.module_from_spec(spec)
          spec.loader.exec_module(module)
          net = module.load()
          extra = {"manifest.json": ""}
          script = torch.jit.load(folder / "network.pt", _extra_files=extra)
          if json.loads(extra["manifest.json"]) != {"is": "there"}:
              print(folder.name, "has no manifest in network.pt")
          names = {name.replace("class_", "class").replace("training_", "training") for name in script.state_dict()}
          if names != set(net.state_dict()):
              print(folder.name, "has other names as TorchScript")
          tested = json.loads((folder / "tested.json").read_text(encoding="utf-8"))
          images = [
              torch.from_numpy(numpy.fromfile(folder / name, numpy.uint8).reshape(shape))
              for name, shape in tested["inputs"].items()
          ]
          with torch.inference_mode():
              outputs = {"python": net(*images), "torchscript": script(*images)}
          for number, task in enumerate(tested["tasks"]):
              expected = numpy.fromfile(folder / f"{number}.task", "<f4")
              for kind, found in outputs.items():
                  found = found[task].contiguous().numpy().ravel()
                  scale = max(1, abs(expected).max())
                  if found.shape != expected.shape or not abs(found - expected).max() <= 1e-5 * scale:
                      print(folder.name, task, kind, abs(found - expected).max() / scale)
          if sorted(net.answers(outputs["python"])[0]) != sorted(tested["tasks"]):
              print(folder.name, "does not answer to all tasks")
      """;

  private static void write(
      Path own, NetworkProgram program, Replica replica, Batch batch, List<float[]> expected)
      throws IOException {
    Files.writeString(own.resolve("network.py"), PythonNetwork.of(program, replica, "A \"test\""));
    Path weights = own.resolve("model.safetensors");
    try (OutputStream out = Files.newOutputStream(weights)) {
      replica.weights().write(out);
    }
    Map<String, String> inputs = new LinkedHashMap<>();
    for (Column column : replica.plan().inputs()) {
      Files.write(own.resolve(column.name()), batch.column(column.name()));
      inputs.put(column.name(), "[%d, 3, %d, %d]".formatted(SAMPLES, HEIGHT, WIDTH));
    }
    List<String> tasks = new ArrayList<>();
    List<String> told = new ArrayList<>();
    for (Task task : replica.plan().tasks()) {
      float[] values = expected.get(tasks.size());
      ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      Files.write(own.resolve(tasks.size() + ".task"), bytes.array());
      tasks.add('"' + task.name() + '"');
      told.add("{\"name\": \"%s\", \"kind\": \"%s\"}".formatted(task.name(), task.kind().label()));
    }
    StringBuilder shapes = new StringBuilder();
    inputs.forEach(
        (name, shape) ->
            shapes.append(shapes.isEmpty() ? "" : ", ").append("\"" + name + "\": " + shape));
    Files.writeString(
        own.resolve("tested.json"), "{\"inputs\": {" + shapes + "}, \"tasks\": " + tasks + "}");
    Files.writeString(
        own.resolve("manifest.json"),
        "{\"files\": [{\"name\": \"model.safetensors\", \"sha256\": \"%s\"}], \"schema\": {\"tasks\": %s}}"
            .formatted(sha256(weights), told));
  }

  private static String sha256(Path file) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static double difference(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double scale = 1;
    double most = 0;
    for (int i = 0; i < found.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      most = Math.max(most, Math.abs(found[i] - expected[i]));
    }
    return most / scale;
  }

  /** What it says; empty if it ends well and says nothing. */
  private String python(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("python3"));
    command.addAll(arguments);
    Path said = folder.resolve("said");
    try {
      int code =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start()
              .waitFor();
      String text = Files.readString(said);
      return code == 0 ? text : "exit code " + code + ": " + text;
    } catch (IOException e) {
      return e.getMessage(); // there is no such program
    }
  }

  @Test
  void aNetworkThatCallsLibtorchItselfIsRefusedInOneLine() {
    NetworkPlan plan = plan("small-conv");
    try (Replica replica = replica(plan)) {
      Network own =
          new Network() {
            @Override
            public Tensor encode(List<Tensor> inputs, boolean training) {
              return torch.sigmoid(replica.network().encode(inputs, training));
            }

            @Override
            public Tensor decode(int task, Tensor representation, boolean training) {
              return replica.network().decode(task, representation, training);
            }
          };
      assertThatThrownBy(() -> NetworkProgram.of(own, plan, List.of()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("'small-conv' calls libtorch itself")
          .hasMessageContaining("safetensors");
    }
  }

  @Test
  void aTaskWhoseNameLibtorchCannotWriteIsRefusedAsTorchScriptAlone() {
    NetworkPlan plan = plan("small-conv");
    Task named = Task.of("größe", TaskKind.BINARY, List.of("image"), "yes", 2);
    NetworkPlan other =
        new NetworkPlan(
            plan.family(),
            plan.options(),
            List.of(named),
            plan.inputs(),
            plan.targets(),
            plan.statistics());
    try (Replica replica = replica(other);
        TorchScriptNetwork script = TorchScriptNetwork.of(NetworkProgram.of(replica), replica)) {
      Path file = folder.resolve("network.pt");
      assertThatThrownBy(() -> script.save(file, Map.of()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("task 'größe'")
          .hasMessageContaining("export it as python");
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void whatAnOperationDidUnseenIsFoundBeforeAnythingIsWritten() {
    NetworkPlan plan = plan("small-conv");
    try (Replica replica = replica(plan)) {
      Network secret =
          new Network() {
            @Override
            public Tensor encode(List<Tensor> inputs, boolean training) {
              Tensor z = replica.network().encode(inputs, training);
              return Functional.add(z, z); // which the network itself does not do
            }

            @Override
            public Tensor decode(int task, Tensor representation, boolean training) {
              return replica.network().decode(task, representation, training);
            }
          };
      NetworkProgram program = NetworkProgram.of(secret, plan, List.of());
      assertThatThrownBy(() -> TorchScriptNetwork.of(program, replica))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("cannot be written down");
    }
  }

  @Test
  void namesOfValuesAreTakenAgainSoThatMapsCanBeForgotten() {
    try (Replica replica = replica(plan("resnet18"))) {
      NetworkProgram program = NetworkProgram.of(replica);
      String text = program.text(Dialect.PYTHON, "");
      assertThat(program.operations()).isGreaterThan(100);
      assertThat(text).doesNotContain("x20 =").contains("def forward(self, image):");
      assertThat(program.inputs()).containsExactly("image");
    }
  }
}
