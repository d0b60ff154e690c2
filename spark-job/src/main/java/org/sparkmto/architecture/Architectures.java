package org.sparkmto.architecture;

import java.util.List;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.ArchitectureProvider;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Registry;

/**
 * The registered networks: the built-in ones, then those of jars of a user's own, see {@link
 * ArchitectureProvider}.
 */
public final class Architectures {
  private static final Registry<Entry<Architecture>> KNOWN =
      Registry.open(
          Architecture.KIND,
          List.of(
              SmallConvolutional.ENTRY,
              ResNet.RESNET18,
              ResNet.RESNET50,
              Vgg16.ENTRY,
              EmoticNetwork.ENTRY,
              SmallUnet.ENTRY,
              Segnet.ENTRY,
              Mtan.ENTRY,
              MtanResNet.ENTRY,
              DeepLab.ENTRY,
              DeepLabPlus.ENTRY,
              PspNet.ENTRY,
              HrNet.ENTRY,
              PadNet.ENTRY,
              MtiNet.ENTRY,
              MixtureOfExperts.MMOE,
              MixtureOfExperts.CGC,
              ProgressiveExtraction.ENTRY,
              CrossStitch.ENTRY,
              Constant.ENTRY,
              TorchScript.ENTRY),
          ArchitectureProvider.class);

  private Architectures() {}

  /** All of them, with their options. */
  public static Registry<Entry<Architecture>> known() {
    return KNOWN;
  }
}
