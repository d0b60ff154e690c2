package org.sparkmto.trial;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.ParameterGroups;

/**
 * A network and one batch of synthetic data for it: enough to measure steps without a data set.
 *
 * @param network registered name
 * @param options the network's settings; those not set take its defaults
 * @param data images and tasks
 * @param batch images of the global batch
 */
public record SyntheticProblem(
    String network, Map<String, Long> options, SyntheticData data, int batch)
    implements Serializable {

  public SyntheticProblem {
    if (batch < 1) {
      throw new IllegalArgumentException("batch = " + batch + ": it must be 1 or more");
    }
    options = Collections.unmodifiableMap(new TreeMap<>(options));
  }

  /**
   * A ResNet-18 with binary tasks on square images.
   *
   * @param tasks number of tasks, K
   * @param width channels of the network's first layer; 64 is the ResNet-18 of the paper
   * @param side height and width of an image
   * @param batch images of the global batch
   */
  public static SyntheticProblem residual(int tasks, int width, int side, int batch) {
    for (int number : List.of(tasks, width, side)) {
      if (number < 1) {
        throw new IllegalArgumentException(
            "tasks = %d, width = %d, side = %d: all must be 1 or more"
                .formatted(tasks, width, side));
      }
    }
    return new SyntheticProblem(
        "resnet18",
        Map.of("width", (long) width),
        SyntheticData.binary("binary", tasks, side, side),
        batch);
  }

  /**
   * DeepLabV3+ over a ResNet-50 with the three tasks of NYUv2.
   *
   * @param width channels of the network's first layer; 64 is the ResNet-50 of the paper
   * @param batch images of the global batch
   */
  public static SyntheticProblem rooms(int width, int imageHeight, int imageWidth, int batch) {
    return new SyntheticProblem(
        "deeplabv3plus",
        Map.of("depth", 50L, "width", (long) width),
        SyntheticData.of("nyuv2", imageHeight, imageWidth),
        batch);
  }

  /**
   * A network of two thousand parameters without batch normalisation, with binary tasks on images
   * of 16 x 16: rounding stays small in it, step after step.
   *
   * @param tasks number of tasks, K
   * @param batch images of the global batch
   */
  public static SyntheticProblem small(int tasks, int batch) {
    return new SyntheticProblem(
        "small-conv",
        Map.of("width", 4L, "features", 12L, "hidden", 8L),
        SyntheticData.binary("binary", tasks, 16, 16),
        batch);
  }

  /**
   * A DeepLab on a ResNet-18 of width 16 with tasks of whole images and of pixels; targets are as
   * large as the representation, so that nothing is interpolated.
   *
   * @param side height and width of an image, a multiple of 16
   * @param batch images of the global batch
   */
  public static SyntheticProblem mixed(int side, int batch) {
    return new SyntheticProblem(
        "deeplab",
        Map.of("depth", 18L, "width", 16L, "features", 32L, "stride", 16L),
        SyntheticData.mixed(side, side / 16),
        batch);
  }

  /**
   * Small networks with batch normalisation: a ResNet-18 with three binary tasks, a SegNet with the
   * three of NYUv2, and a DeepLab with tasks of whole images and of pixels; images of 32 x 32.
   *
   * @param width channels of the first layer
   * @param batch images of the global batch
   */
  public static List<SyntheticProblem> normalised(int width, int batch) {
    long channels = width;
    return List.of(
        residual(3, width, 32, batch),
        new SyntheticProblem(
            "segnet", Map.of("width", channels), SyntheticData.of("nyuv2", 32, 32), batch),
        new SyntheticProblem(
            "deeplab",
            Map.of("depth", 18L, "width", channels, "features", 4 * channels, "stride", 16L),
            SyntheticData.mixed(32, 2),
            batch));
  }

  /**
   * Networks with batch normalisation that are as small as they can be and have no last map of a
   * single place: of width 2, a ResNet-18 with three binary tasks on images of 64 x 64, a SegNet
   * with the two of Cityscapes and a DeepLab with two tasks of whole images and two of pixels, both
   * on images of 32 x 32.
   *
   * @param batch images of the global batch
   */
  public static List<SyntheticProblem> narrow(int batch) {
    return List.of(
        residual(3, 2, 64, batch),
        new SyntheticProblem(
            "segnet", Map.of("width", 2L), SyntheticData.of("cityscapes", 32, 32), batch),
        normalised(2, batch).get(2));
  }

  /**
   * A VGG-16 of width 2 with three binary tasks, each on images of its own, 32 x 32, and with a
   * batch normalisation of its own.
   *
   * @param batch images of the global batch
   */
  static SyntheticProblem ofOwnImages(int batch) {
    return new SyntheticProblem(
        "vgg16", Map.of("width", 2L), SyntheticData.ofOwnImages(3, 32, 32), batch);
  }

  /** The network of the problem. */
  public NetworkPlan plan() {
    NetworkPlan plan =
        new NetworkPlan(
            Architectures.known().entry(network),
            options,
            data.tasks(),
            List.of(data.image()),
            data.targets().stream().collect(Collectors.toMap(Column::name, Function.identity())),
            data.statistics());
    return data.ownImages() ? plan.normalisingByTask() : plan;
  }

  /**
   * Number of parameters that all tasks share; allocates none.
   *
   * @throws IllegalArgumentException if the network cannot take the data
   */
  public long sharedParameters() {
    return plan().layout().shared();
  }

  /**
   * Number of parameters of every task's head, in the order of the tasks.
   *
   * @throws IllegalArgumentException if the network cannot take the data
   */
  public Map<String, Long> headParameters() {
    ParameterLayout layout = plan().layout();
    Map<String, Long> heads = new LinkedHashMap<>();
    for (Task task : data.tasks()) {
      heads.put(task.name(), layout.heads().get(heads.size()));
    }
    return heads;
  }

  /**
   * A run of this problem, as the text of a configuration.
   *
   * @param method its name and options, as in the section {@code method}
   * @param optimizer the section {@code optimizer}
   * @param rate of every step
   * @param more further settings; what they say goes before
   * @throws org.sparkmto.options.ConfigurationException if they do not fit together
   */
  public String configuration(String method, String optimizer, double rate, String more) {
    String described =
        ConfigValueFactory.fromMap(options)
            .withValue("name", ConfigValueFactory.fromAnyRef(network))
            .render(ConfigRenderOptions.concise());
    return TrainingConfiguration.of(
            ConfigFactory.parseString(
                """
                network = %s
                run { directory = none, seed = 1 }
                data.directory = none
                training.batch = %d
                method { %s }
                %s
                schedule { name = constant, rate = %s }
                %s
                """
                    .formatted(described, batch, method, optimizer, rate, more)))
        .render();
  }

  /** The aggregator of such a run. */
  public Aggregator aggregator(TrainingConfiguration configuration) {
    return new Aggregator(
        configuration,
        data.tasks().stream().map(Task::name).toList(),
        ParameterGroups.count(configuration.method().method(), plan().layout()),
        (seen, weighing) -> {});
  }

  /** A rank's part of the batch; parts differ by one sample at most. */
  public Batch part(int rank, int ranks) {
    return data.samples(
        (int) ((long) batch * rank / ranks), (int) ((long) batch * (rank + 1) / ranks));
  }
}
