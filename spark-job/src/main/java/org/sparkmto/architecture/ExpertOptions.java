package org.sparkmto.architecture;

import java.util.List;
import java.util.stream.Stream;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** What networks of several residual networks have in common: how these are, and their heads. */
final class ExpertOptions {
  /** The last stage of a residual network; 0 is its first convolution with the pooling. */
  static final int LAST = ResidualEncoder.STAGES;

  static final String SHARED = "experts";
  private static final String OF_TASK = "own-experts";

  /** How each residual network is. */
  static final List<Option> NETWORKS =
      List.of(
          Option.of("depth", Option.oneOf(18, 34, 50, 101), 18, "layers of each residual network"),
          ResidualEncoder.WIDTH,
          ResidualEncoder.stride(32),
          ResidualEncoder.features(256));

  /** The same, and how many are shared. */
  static final List<Option> ALL =
      Stream.concat(
              Stream.of(Option.of(SHARED, Option.count(1), 3, "experts that all tasks share")),
              NETWORKS.stream())
          .toList();

  static final Option OWN =
      Option.of(OF_TASK, Option.count(1), 1, "experts that each task has for itself");

  private final NetworkShape shape;
  private final Options options;

  ExpertOptions(NetworkShape shape, Options options) {
    this.shape = shape;
    this.options = options;
  }

  PackedMaps.Size image() {
    List<Integer> image = shape.image().shape();
    return new PackedMaps.Size(image.get(0), image.get(1), image.get(2));
  }

  int own() {
    return options.count(OF_TASK);
  }

  /** Declares some stages of a residual network. */
  ResidualEncoder stages(ParameterBook.Section section, String name, int from, int to) {
    return new ResidualEncoder(
        section,
        name,
        shape.image().shape(),
        options.whole("depth"),
        options.whole("width"),
        options.whole("stride"),
        from,
        to);
  }

  /** Declares what a task makes of its map of the last stage. */
  MapHead head(ParameterBook.Section section, NetworkShape.Head task) {
    return new MapHead(
        section,
        task,
        ResidualEncoder.channels(options.whole("depth"), options.whole("width")),
        options.whole("features"),
        options.whole("stride"),
        shape.dropout());
  }
}
