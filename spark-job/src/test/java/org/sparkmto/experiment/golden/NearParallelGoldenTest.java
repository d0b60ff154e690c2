package org.sparkmto.experiment.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gradients that are nearly parallel, duplicates or tiny, in a file that verify reads. */
class NearParallelGoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private static ObjectNode resource() throws IOException {
    try (InputStream in = NearParallelGoldenTest.class.getResourceAsStream("near-parallel.json")) {
      return (ObjectNode) JSON.readTree(in);
    }
  }

  private Verification verify(ObjectNode root) throws IOException {
    Path file = folder.resolve("near-parallel.json");
    Files.writeString(file, root.toString());
    return GoldenFile.read(file).verify();
  }

  /** Written by {@code NearParallelCases.file().toString()}; nobody edits it by hand. */
  @Test
  void theFileIsWhatExactArithmeticMakesOfItsGradients() throws IOException {
    assertThat(resource().toString())
        .isEqualTo(JSON.readTree(NearParallelCases.file().toString()).toString());
  }

  /** A bound from the condition is a bound: what is off by more than rounding explains fails. */
  @Test
  void whatRoundingDoesNotExplainFails() throws IOException {
    for (String method : new String[] {"imtl_g", "config"}) {
      ObjectNode root = resource();
      ArrayNode weights = (ArrayNode) root.at("/cases/0/methods/" + method + "/alpha_gram_own");
      weights.set(0, JSON.getNodeFactory().numberNode(weights.get(0).asDouble() * (1 + 1e-5)));
      assertThat(verify(root).lines())
          .filteredOn(line -> line.entry().equals("parallel_1e-2/" + method))
          .extracting(Line::verdict)
          .containsExactly(Verdict.FAIL);
    }
  }
}
