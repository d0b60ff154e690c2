package org.sparkmto.network;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The registered networks. */
public final class Architectures {
  private record Entry(Architecture architecture, Set<String> options) {}

  private static final Map<String, Entry> REGISTERED =
      new TreeMap<>(
          Map.ofEntries(
              entry("constant", new Constant()),
              entry("small-conv", new SmallConvolutional(), "width", "features", "hidden"),
              entry("small-unet", new SmallUnet(), "width"),
              entry("segnet", new Segnet(), "width"),
              entry("mtan", new Mtan(), "width"),
              entry("vgg16", new Vgg16(), "width"),
              entry("emotic", new EmoticNetwork(), "depth", "width", "features"),
              entry("resnet18", new ResNet(18), "width"),
              entry("resnet50", new ResNet(50), "width"),
              entry("deeplab", new DeepLab(), "depth", "width", "stride", "features"),
              entry("deeplabv3plus", new DeepLabPlus(), "depth", "width", "stride", "features"),
              entry("hrnet18", new HrNet(), "width", "blocks"),
              entry("pspnet", new PspNet(), "depth", "width", "stride", "features")));

  private Architectures() {}

  /** Names of all networks. */
  public static Set<String> names() {
    return REGISTERED.keySet();
  }

  /** Names of a network's options. */
  public static Set<String> options(String name) {
    return entry(name).options();
  }

  /** Whether methods that compare gradients at z are a heuristic for this network. */
  public static boolean heuristicRepresentation(String name) {
    return byName(name).heuristicRepresentation();
  }

  static Architecture byName(String name) {
    return entry(name).architecture();
  }

  private static Map.Entry<String, Entry> entry(
      String name, Architecture architecture, String... options) {
    return Map.entry(name, new Entry(architecture, Set.of(options)));
  }

  private static Entry entry(String name) {
    Entry entry = REGISTERED.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "network '" + name + "' is not one of " + REGISTERED.keySet());
    }
    return entry;
  }
}
