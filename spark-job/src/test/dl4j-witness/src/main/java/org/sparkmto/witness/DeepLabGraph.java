package org.sparkmto.witness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * A residual network of 18 layers whose last stages may dilate, with a linear layer on the means of
 * its last map for each task of whole images, and torchvision's DeepLabV3 head for each task of
 * pixels. Layers are called as their weights are in the file, from which all sizes come.
 */
final class DeepLabGraph {
  /** What the graph of a head calls the representation that it is given. */
  static final String Z = "z";

  /** What the names of what is true begin with. */
  static final String TARGET = "target.";

  private static final String IMAGE = "image";
  private static final int STAGES = 4;
  private static final int REACH = 96;
  private static final double EPSILON = 1e-5;
  private static final double DECAY = 0.9;

  private final TensorFile weights;
  private final TensorFile batch;
  private final boolean maps;
  private final int outputStride;
  private final GraphBuilder builder;

  private DeepLabGraph(TensorFile weights, TensorFile batch, WorkspaceMode memory) {
    this.weights = weights;
    this.batch = batch;
    // z holds maps where a task is of pixels, and means where none is.
    this.maps =
        batch.between(TARGET, "").stream().anyMatch(task -> batch.shape(TARGET + task).length > 2);
    this.outputStride = Integer.parseInt(batch.word("option.stride"));
    this.builder =
        new NeuralNetConfiguration.Builder()
            .dataType(weights.type())
            .trainingWorkspaceMode(memory)
            .inferenceWorkspaceMode(memory)
            .graphBuilder();
  }

  /** From the image to z, which is the only output. */
  static ComputationGraph trunk(TensorFile weights, TensorFile batch) {
    DeepLabGraph graph = new DeepLabGraph(weights, batch, WorkspaceMode.NONE);
    graph.builder.addInputs(IMAGE);
    graph.builder.setOutputs(graph.trunk());
    return graph.filled(new ComputationGraph(graph.builder.build()));
  }

  /** From z to the loss of one task. */
  static Head head(TensorFile weights, TensorFile batch, String task) {
    DeepLabGraph graph = new DeepLabGraph(weights, batch, WorkspaceMode.NONE);
    graph.builder.addInputs(Z);
    graph.builder.setOutputs(graph.head(task, Z));
    return graph.filled(new Head(graph.builder.build()));
  }

  /** From the image to the losses of all tasks, in the memory that DL4J recommends for training. */
  static ComputationGraph whole(TensorFile weights, TensorFile batch, Iterable<String> tasks) {
    DeepLabGraph graph = new DeepLabGraph(weights, batch, WorkspaceMode.ENABLED);
    graph.builder.addInputs(IMAGE);
    String z = graph.trunk();
    List<String> outputs = new ArrayList<>();
    tasks.forEach(task -> outputs.add(graph.head(task, z)));
    graph.builder.setOutputs(outputs.toArray(String[]::new));
    return graph.filled(new ComputationGraph(graph.builder.build()));
  }

  private String trunk() {
    String x = rectified("encoder.conv1", "encoder.bn1", IMAGE, 2, 1);
    x =
        layer(
            "encoder.pooling",
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(3, 3)
                .stride(2, 2)
                .padding(1, 1)
                .build(),
            x);
    int dilation = 1;
    for (int stage = 1; stage <= STAGES; stage++) {
      boolean finer = 2 << stage > outputStride;
      int stride = stage == 1 || finer ? 1 : 2;
      int entry = dilation;
      dilation = finer ? 2 * dilation : dilation;
      x = block("encoder.layer" + stage + ".0", x, stride, entry, dilation);
      x = block("encoder.layer" + stage + ".1", x, 1, dilation, dilation);
    }
    return maps ? x : means("encoder.means", x, true);
  }

  private String block(String name, String in, int stride, int entry, int dilation) {
    String x = rectified(name + ".conv1", name + ".bn1", in, stride, entry);
    x = normalised(name + ".conv2", name + ".bn2", x, 1, dilation);
    String shortcut = name + ".downsample";
    String around =
        weights.has(shortcut + ".0.weight")
            ? normalised(shortcut + ".0", shortcut + ".1", in, stride, 1)
            : in;
    builder.addVertex(name + ".sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), x, around);
    return relu(name + ".sum");
  }

  private String head(String task, String z) {
    String name = "heads." + task;
    ILossFunction loss = loss(task);
    Activation activation = activation(task);
    if (weights.has(name + ".weight")) {
      String means = maps ? means(name + ".means", z, true) : z;
      long[] shape = weights.shape(name + ".weight");
      return layer(
          name,
          new OutputLayer.Builder(loss).nIn(shape[1]).nOut(shape[0]).activation(activation).build(),
          means);
    }
    String pyramid = name + ".0";
    String[] branches = new String[5];
    for (int i = 0; i < branches.length; i++) {
      String branch = pyramid + ".convs." + i;
      if (i == branches.length - 1) {
        String mean = means(branch + ".0", z, false);
        long[] map = batch.shape(TARGET + task);
        int rows = (int) map[map.length - 2];
        int columns = (int) map[map.length - 1];
        branches[i] =
            layer(
                branch + ".spread",
                new Upsampling2D.Builder().size(new int[] {rows, columns}).build(),
                rectified(branch + ".1", branch + ".2", mean, 1, 1));
      } else {
        int rate = i == 0 ? 1 : i * REACH / outputStride;
        branches[i] = rectified(branch + ".0", branch + ".1", z, 1, rate);
      }
    }
    builder.addVertex(pyramid + ".beside", new MergeVertex(), branches);
    String x = rectified(pyramid + ".project.0", pyramid + ".project.1", pyramid + ".beside", 1, 1);
    x = rectified(name + ".1", name + ".2", x, 1, 1);
    x = convolution(name + ".4", x, 1, 1);
    // Its softmax is that of rows: the one of maps is wrong in this version.
    return layer(name + ".loss", new CnnLossLayer.Builder(loss).activation(activation).build(), x);
  }

  /** How many numbers a head gives for a sample or pixel. */
  static long outputs(TensorFile weights, String task) {
    String name = "heads." + task + ".weight";
    return weights.shape(weights.has(name) ? name : "heads." + task + ".4.weight")[0];
  }

  private ILossFunction loss(String task) {
    String loss = batch.word("loss." + task);
    return switch (loss) {
      case "cross-entropy" -> new LossMCXENT();
      case "bce" -> new LossBinaryXENT();
      case "l1" -> new LossL1();
      case "l2" -> new LossL2();
      default -> throw new IllegalArgumentException(task + " has the unknown loss " + loss);
    };
  }

  private Activation activation(String task) {
    return switch (batch.word("loss." + task)) {
      case "cross-entropy" -> Activation.SOFTMAX;
      case "bce" -> Activation.SIGMOID;
      default -> Activation.IDENTITY;
    };
  }

  private String rectified(
      String convolution, String normalisation, String in, int stride, int dilation) {
    return relu(normalised(convolution, normalisation, in, stride, dilation));
  }

  private String normalised(
      String convolution, String normalisation, String in, int stride, int dilation) {
    long channels = weights.shape(normalisation + ".weight")[0];
    return layer(
        normalisation,
        new BatchNormalization.Builder()
            .nIn(channels)
            .nOut(channels)
            .eps(EPSILON)
            .decay(DECAY)
            .useLogStd(false)
            .build(),
        convolution(convolution, in, stride, dilation));
  }

  private String convolution(String name, String in, int stride, int dilation) {
    long[] shape = weights.shape(name + ".weight");
    int kernel = (int) shape[2];
    int padding = dilation * (kernel / 2);
    return layer(
        name,
        new ConvolutionLayer.Builder(kernel, kernel)
            .nIn(shape[1])
            .nOut(shape[0])
            .stride(stride, stride)
            .padding(padding, padding)
            .dilation(dilation, dilation)
            .hasBias(weights.has(name + ".bias"))
            .activation(Activation.IDENTITY)
            .build(),
        in);
  }

  private String relu(String in) {
    return layer(in + ".relu", new ActivationLayer(Activation.RELU), in);
  }

  private String means(String name, String in, boolean flat) {
    return layer(
        name, new GlobalPoolingLayer.Builder(PoolingType.AVG).collapseDimensions(flat).build(), in);
  }

  private String layer(String name, org.deeplearning4j.nn.conf.layers.Layer layer, String in) {
    builder.addLayer(name, layer, in);
    return name;
  }

  /** The graph of a head. It keeps the gradient at z, which DL4J computes and forgets. */
  static final class Head extends ComputationGraph {
    private static final long serialVersionUID = 1;

    private transient INDArray atZ;

    Head(ComputationGraphConfiguration layers) {
      super(layers);
    }

    /** The last gradient of its loss at z. */
    INDArray atZ() {
      return atZ;
    }

    @Override
    protected void calcBackpropGradients(boolean clear, boolean truncated, INDArray... atOutputs) {
      super.calcBackpropGradients(false, truncated, atOutputs);
      atZ = getVertex(Z).getEpsilon().dup('c');
    }
  }

  private <G extends ComputationGraph> G filled(G graph) {
    graph.init();
    for (Layer layer : graph.getLayers()) {
      for (String parameter : layer.paramTable().keySet()) {
        String name = nameOf(layer.conf().getLayer().getLayerName(), parameter);
        if (!name.isEmpty()) {
          layer.setParam(parameter, turned(parameter, weights.tensor(name)));
        }
      }
    }
    return graph;
  }

  /** What the file calls a parameter of a layer; empty for running statistics. */
  static String nameOf(String layer, String parameter) {
    return switch (parameter) {
      case "W", "gamma" -> layer + ".weight";
      case "b", "beta" -> layer + ".bias";
      default -> "";
    };
  }

  /** The weights of a linear layer are the other way round there, inputs by outputs. */
  static INDArray turned(String parameter, INDArray values) {
    return parameter.equals("W") && values.rank() == 2 ? values.transpose() : values;
  }

  /** The last gradient of a graph, by the names of the file. */
  static void gradients(ComputationGraph graph, String prefix, Map<String, INDArray> into) {
    graph
        .gradient()
        .gradientForVariable()
        .forEach(
            (key, values) -> {
              int end = key.lastIndexOf('_');
              String parameter = key.substring(end + 1);
              String name = nameOf(key.substring(0, end), parameter);
              if (!name.isEmpty()) {
                into.put(prefix + name, turned(parameter, values).dup('c'));
              }
            });
  }
}
