package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.Column;
import org.sparkmto.data.Column.Role;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

class PretrainedWeightsTest {
  private static final NetworkPlan PLAN = Tiny.residual(Tiny.threeTasks());

  /** Numbers of half precision, by the standard: the least, the least normal one, most, others. */
  private static final int[] HALVES = {0x0001, 0x0400, 0x7bff, 0x3c00, 0xc000, 0x3555, 0x0000};

  private static final float[] HALVES_MEAN = {0x1p-24f, 0x1p-14f, 65504, 1, -2, 0.33325195f, 0};

  /** The upper halves of 32-bit numbers. */
  private static final int[] BRAINS = {0x3f80, 0xc000, 0x4049, 0x0001, 0x7f7f};

  private static final float[] BRAINS_MEAN = {
    1, -2, 3.140625f, Float.intBitsToFloat(0x10000), Float.intBitsToFloat(0x7f7f0000)
  };

  /** The shapes of a torchvision model of this width, written down rather than asked for. */
  private static Map<String, List<Long>> torchvision(long width) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put("conv1.weight", List.of(width, 3L, 7L, 7L));
    norm(shapes, "bn1", width);
    long in = width;
    for (int layer = 1; layer <= 4; layer++) {
      long out = width << (layer - 1);
      for (int block = 0; block < 2; block++) {
        String name = "layer" + layer + "." + block;
        shapes.put(name + ".conv1.weight", List.of(out, in, 3L, 3L));
        norm(shapes, name + ".bn1", out);
        shapes.put(name + ".conv2.weight", List.of(out, out, 3L, 3L));
        norm(shapes, name + ".bn2", out);
        if (block == 0 && layer > 1) {
          shapes.put(name + ".downsample.0.weight", List.of(out, in, 1L, 1L));
          norm(shapes, name + ".downsample.1", out);
        }
        in = out;
      }
    }
    shapes.put("fc.weight", List.of(1000L, in));
    shapes.put("fc.bias", List.of(1000L));
    return shapes;
  }

  private static void norm(Map<String, List<Long>> shapes, String name, long channels) {
    for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
      shapes.put(name + "." + part, List.of(channels));
    }
    shapes.put(name + ".num_batches_tracked", List.of());
  }

  /** A file by the description of the format; element i of tensor t is t + i / 1000. */
  private static byte[] file(Map<String, List<Long>> shapes, String type) throws IOException {
    ObjectNode header = new ObjectMapper().createObjectNode();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    int tensor = 0;
    for (Map.Entry<String, List<Long>> entry : shapes.entrySet()) {
      boolean counts = entry.getKey().endsWith("num_batches_tracked");
      int elements = (int) entry.getValue().stream().mapToLong(l -> l).reduce(1, (a, b) -> a * b);
      int bytes = counts || type.equals("F64") ? 8 : type.endsWith("32") ? 4 : 2;
      ByteBuffer values = ByteBuffer.allocate(elements * bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < elements && !counts; i++) {
        switch (type) {
          case "F32", "I32" -> values.putFloat(tensor + i / 1000f);
          case "F64" -> values.putDouble(tensor + i / 1000f);
          case "F16" -> values.putShort((short) HALVES[i % HALVES.length]);
          default -> values.putShort((short) BRAINS[i % BRAINS.length]);
        }
      }
      ObjectNode node = header.putObject(entry.getKey()).put("dtype", counts ? "I64" : type);
      entry.getValue().forEach(node.putArray("shape")::add);
      node.putArray("data_offsets").add(data.size()).add(data.size() + values.capacity());
      data.write(values.array());
      tensor++;
    }
    byte[] json = header.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
    whole.write(json);
    whole.write(data.toByteArray());
    return whole.toByteArray();
  }

  private static void read(Replica replica, byte[] file) throws IOException {
    replica.weights().readPretrained(new ByteArrayInputStream(file), "w.safetensors");
  }

  @Test
  void theBackboneStartsFromTheFileAndTheHeadsDoNot() throws IOException {
    Map<String, List<Long>> shapes = torchvision(2);
    List<String> names = List.copyOf(shapes.keySet());
    byte[] file = file(shapes, "F32");
    try (Replica replica = Replica.of(PLAN, Draws.of(1));
        Replica untouched = Replica.of(PLAN, Draws.of(1))) {
      read(replica, file);
      float[] values = Tiny.values(replica.parameters());
      float[] before = Tiny.values(untouched.parameters());
      for (ParameterLayout.Entry entry : replica.layout().entries()) {
        for (int i = 0; i < entry.elements(); i++) {
          int at = (int) entry.offset() + i;
          String bare = entry.name().replaceFirst("^encoder\\.", "");
          float expected =
              entry.name().startsWith("encoder.") ? names.indexOf(bare) + i / 1000f : before[at];
          assertThat(values[at]).as(entry.name()).isEqualTo(expected);
        }
      }
      float[] buffers = Tiny.values(replica.buffers());
      for (ParameterLayout.Entry entry : replica.bufferEntries()) {
        assertThat(buffers[(int) entry.offset()])
            .isEqualTo(names.indexOf(entry.name().substring("encoder.".length())));
      }
      SafetensorsReader header = new SafetensorsReader(new ByteArrayInputStream(file), "w");
      // 20 convolutions and 20 normalisations of four tensors.
      assertThat(PretrainedWeights.match(PLAN, header.tensors(), "w").summary())
          .isEqualTo("100 tensors of the backbone start from it; 2 not used (fc.weight, fc.bias)");
    }
  }

  /** As the lines of docs/networks.md put two files into one. */
  @Test
  void twoEncodersStartFromTwoFilesThatWerePutIntoOne() throws IOException {
    List<String> images = List.of("scene", "person");
    NetworkPlan plan =
        new NetworkPlan(
            Architectures.known().entry("emotic"),
            Map.of("width", 2L, "features", 4L),
            List.of(Task.of("yes", TaskKind.BINARY, images, "yes", 2)),
            images.stream()
                .map(name -> new Column(name, Role.INPUT, ElementType.UINT8, List.of(3, 32, 32)))
                .toList(),
            Map.of("yes", new Column("yes", Role.TARGET, ElementType.UINT8, List.of(1))),
            Map.of());
    Map<String, List<Long>> both = new LinkedHashMap<>();
    images.forEach(
        image ->
            torchvision(2)
                .forEach((name, shape) -> both.put("encoder." + image + "." + name, shape)));
    List<String> names = List.copyOf(both.keySet());
    try (Replica replica = Replica.of(plan, Draws.of(1))) {
      read(replica, file(both, "F32"));
      float[] values = Tiny.values(replica.parameters());
      for (ParameterLayout.Entry entry : replica.layout().entries()) {
        if (entry.name().startsWith("encoder.")) {
          assertThat(values[(int) entry.offset()]).isEqualTo(names.indexOf(entry.name()));
        }
      }
    }
  }

  @Test
  void aModelTrainedHereIsAStartToo() throws IOException {
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    try (Replica replica = Replica.of(PLAN, Draws.of(1));
        Replica other = Replica.of(PLAN, Draws.of(2))) {
      other.weights().write(saved);
      read(replica, saved.toByteArray());
      int shared = (int) replica.layout().shared();
      assertThat(java.util.Arrays.copyOf(Tiny.values(replica.parameters()), shared))
          .isEqualTo(java.util.Arrays.copyOf(Tiny.values(other.parameters()), shared));
      assertThat(Tiny.values(replica.parameters())).isNotEqualTo(Tiny.values(other.parameters()));
    }
  }

  @Test
  void whatIsMissingOrDifferentIsListedAndNothingIsReplaced() throws IOException {
    Map<String, List<Long>> shapes = torchvision(2);
    shapes.remove("layer4.1.bn2.running_var");
    shapes.put("conv1.weight", List.of(2L, 1L, 7L, 7L));
    try (Replica replica = Replica.of(PLAN, Draws.of(1))) {
      float[] before = Tiny.values(replica.parameters());
      assertThatThrownBy(() -> read(replica, file(shapes, "F32")))
          .isInstanceOf(SafetensorsException.class)
          .hasMessageContaining("w.safetensors")
          .hasMessageContaining("1 missing (layer4.1.bn2.running_var)")
          .hasMessageContaining("conv1.weight F32[2, 1, 7, 7] instead of F32[2, 3, 7, 7]")
          .hasMessageContaining("2 unexpected (fc.weight, fc.bias)");
      assertThatThrownBy(() -> read(replica, file(torchvision(2), "I32")))
          .isInstanceOf(SafetensorsException.class)
          .hasMessageContaining("100 of another shape or type (conv1.weight I32[2, 3, 7, 7]");
      assertThat(Tiny.values(replica.parameters())).isEqualTo(before);
      byte[] whole = file(torchvision(2), "F32");
      assertThatThrownBy(() -> read(replica, java.util.Arrays.copyOf(whole, whole.length - 5000)))
          .isInstanceOf(SafetensorsException.class)
          .hasMessageContaining("the file ends within tensor fc.weight");
    }
  }

  @Test
  void numbersOfOtherWidthsAreReadAsThirtyTwoBits() throws IOException {
    assertThat(firstConvolution("F64")).startsWith(0, 0.001f, 0.002f);
    assertThat(firstConvolution("F16")).startsWith(HALVES_MEAN);
    assertThat(firstConvolution("BF16")).startsWith(BRAINS_MEAN);
  }

  private static float[] firstConvolution(String type) throws IOException {
    byte[] file = file(torchvision(2), type);
    assertThat(summary(file))
        .isEqualTo(
            "100 tensors of the backbone start from it, read from "
                + type
                + "; 2 not used"
                + " (fc.weight, fc.bias)");
    try (Replica replica = Replica.of(PLAN, Draws.of(1))) {
      read(replica, file);
      ParameterLayout.Entry entry =
          replica.layout().entries().stream()
              .filter(one -> one.name().equals("encoder.conv1.weight"))
              .findFirst()
              .orElseThrow();
      int from = (int) entry.offset();
      return java.util.Arrays.copyOfRange(
          Tiny.values(replica.parameters()), from, from + (int) entry.elements());
    }
  }

  private static String summary(byte[] file) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(new ByteArrayInputStream(file), "w");
    PretrainedWeights matched = PretrainedWeights.match(PLAN, reader.tensors(), "w");
    matched.check(reader, "w");
    return matched.summary();
  }

  @Test
  void whatWrappersPutBeforeTheNamesDoesNotMatter() throws IOException {
    for (String prefix : List.of("module.", "backbone.", "encoder.", "model.", "module.model.")) {
      Map<String, List<Long>> wrapped = new LinkedHashMap<>();
      torchvision(2).forEach((name, shape) -> wrapped.put(prefix + name, shape));
      wrapped.put("ema.conv1.weight", List.of(1L));
      String text = summary(file(wrapped, "F32"));
      assertThat(text).startsWith("100 tensors of the backbone start from it");
      assertThat(text)
          .endsWith(
              "3 not used (%sfc.weight, %sfc.bias, ema.conv1.weight)".formatted(prefix, prefix));
      assertThat(text.contains(", without the prefix " + prefix + ";"))
          .as(text)
          .isEqualTo(!prefix.equals("encoder.")); // that is the name which the model has here
      try (Replica replica = Replica.of(PLAN, Draws.of(1));
          Replica plain = Replica.of(PLAN, Draws.of(1))) {
        read(replica, file(wrapped, "F32"));
        read(plain, file(torchvision(2), "F32"));
        assertThat(Tiny.values(replica.parameters())).isEqualTo(Tiny.values(plain.parameters()));
      }
    }
  }

  @Test
  void twoTensorsThatMayBeTheSameAreRefused() throws IOException {
    Map<String, List<Long>> wrapped = new LinkedHashMap<>();
    torchvision(2).forEach((name, shape) -> wrapped.put("module." + name, shape));
    wrapped.put("backbone.conv1.weight", List.of(2L, 3L, 7L, 7L));
    byte[] file = file(wrapped, "F32");
    assertThatThrownBy(() -> summary(file))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining(
            "module.conv1.weight and backbone.conv1.weight may both be conv1.weight");
  }

  @Test
  void aValueThatIsNotFiniteIsToldWithItsTensor() throws IOException {
    byte[] file = file(torchvision(2), "F32");
    int header = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    // The second tensor, bn1.weight, comes behind 2x3x7x7 numbers.
    int place = 8 + header + 4 * (294 + 1);
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putFloat(place, Float.NaN);
    assertThatThrownBy(() -> summary(file))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("w: tensor bn1.weight F32[2] holds NaN as its value number 1");
    try (Replica replica = Replica.of(PLAN, Draws.of(1))) {
      assertThatThrownBy(() -> read(replica, file)).hasMessageContaining("bn1.weight");
    }
    byte[] wide = file(torchvision(2), "F64");
    int wideHeader = (int) ByteBuffer.wrap(wide).order(ByteOrder.LITTLE_ENDIAN).getLong();
    ByteBuffer.wrap(wide).order(ByteOrder.LITTLE_ENDIAN).putDouble(8 + wideHeader, 1e300);
    assertThatThrownBy(() -> summary(wide))
        .hasMessageContaining("conv1.weight F64[2, 3, 7, 7] holds Infinity");
    byte[] unused = file(torchvision(2), "F32");
    ByteBuffer.wrap(unused)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(unused.length - 4, Float.POSITIVE_INFINITY); // of fc.bias
    assertThat(summary(unused)).startsWith("100 tensors");
  }
}
