package org.sparkmto.witness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Says what DL4J makes of a network and a batch.
 *
 * <ul>
 *   <li>{@code gradients WEIGHTS BATCH ANSWER TASK=FACTOR...} writes gradients in double precision:
 *       of every task's loss at the representation z ({@code z.TASK}), at the shared parameters
 *       ({@code TASK/PARAMETER}) and at those of its head ({@code PARAMETER}); and those of one
 *       backward from z of the sum with these factors ({@code PARAMETER}).
 *   <li>{@code steps WEIGHTS BATCH} makes a forward and a backward pass of the sum of all losses
 *       for each line that it reads, and answers with the milliseconds; in single precision.
 * </ul>
 *
 * <p>Losses are sums over what is labelled.
 */
public final class Witness {
  private final TensorFile weights;
  private final TensorFile batch;
  private final Set<String> tasks;

  private Witness(String weights, String batch, DataType type) throws IOException {
    Nd4j.setDefaultDataTypes(type, type);
    this.weights = TensorFile.read(Path.of(weights), type);
    this.batch = TensorFile.read(Path.of(batch), type);
    this.tasks = this.batch.between(DeepLabGraph.TARGET, "");
  }

  /** See the class. */
  public static void main(String[] given) throws IOException {
    if (given.length > 3 && given[0].equals("gradients")) {
      Map<String, Double> factors = new HashMap<>();
      for (int i = 4; i < given.length; i++) {
        int end = given[i].lastIndexOf('=');
        factors.put(given[i].substring(0, end), Double.valueOf(given[i].substring(end + 1)));
      }
      TensorFile.write(
          Path.of(given[3]), new Witness(given[1], given[2], DataType.DOUBLE).gradients(factors));
    } else if (given.length == 3 && given[0].equals("steps")) {
      new Witness(given[1], given[2], DataType.FLOAT).steps();
    } else {
      throw new IllegalArgumentException(
          "gradients WEIGHTS BATCH ANSWER TASK=FACTOR..., or steps WEIGHTS BATCH");
    }
  }

  private Map<String, INDArray> gradients(Map<String, Double> factors) {
    Map<String, INDArray> answer = new LinkedHashMap<>();
    ComputationGraph trunk = DeepLabGraph.trunk(weights, batch);
    INDArray z = forward(trunk);
    INDArray sum = z.like();
    for (String task : tasks) {
      DeepLabGraph.Head head = DeepLabGraph.head(weights, batch, task);
      head.setInput(0, z);
      label(head, Set.of(task));
      head.computeGradientAndScore();
      INDArray atZ = head.atZ();
      answer.put("z." + task, atZ);
      DeepLabGraph.gradients(head, "", answer);
      sum.addi(atZ.mul(factors.get(task)));
      backward(trunk, atZ, task + "/", answer);
    }
    backward(trunk, sum, "", answer);
    return answer;
  }

  private INDArray forward(ComputationGraph trunk) {
    String z = trunk.getConfiguration().getNetworkOutputs().get(0);
    return trunk.feedForward(new INDArray[] {batch.tensor("image")}, true, false).get(z).dup('c');
  }

  /** After a forward pass of its own: batch normalisation has no second backward after one. */
  private void backward(
      ComputationGraph trunk, INDArray atZ, String prefix, Map<String, INDArray> answer) {
    forward(trunk);
    trunk.backpropGradient(atZ.dup());
    DeepLabGraph.gradients(trunk, prefix, answer);
  }

  private void label(ComputationGraph graph, Set<String> labelled) {
    INDArray[] labels = labelled.stream().map(this::labels).toArray(INDArray[]::new);
    INDArray[] valid =
        labelled.stream().map(task -> batch.tensor("valid." + task)).toArray(INDArray[]::new);
    graph.setLabels(labels);
    graph.setLayerMaskArrays(null, valid);
  }

  /** A class becomes zeros and a one; numbers stay as they are. */
  private INDArray labels(String task) {
    INDArray values = batch.tensor(DeepLabGraph.TARGET + task);
    if (!batch.word("loss." + task).equals("cross-entropy")) {
      return values;
    }
    INDArray[] classes = new INDArray[(int) DeepLabGraph.outputs(weights, task)];
    for (int c = 0; c < classes.length; c++) {
      classes[c] = values.eq(c).castTo(values.dataType());
    }
    return Nd4j.concat(1, classes);
  }

  private void steps() throws IOException {
    ComputationGraph graph = DeepLabGraph.whole(weights, batch, tasks);
    INDArray image = batch.tensor("image");
    label(graph, tasks);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (lines.readLine() != null) {
      long start = System.nanoTime();
      graph.setInput(0, image);
      graph.computeGradientAndScore();
      System.out.println((System.nanoTime() - start) / 1e6);
    }
  }
}
