package org.sparkmto.method;

import java.util.List;
import java.util.stream.Collectors;
import org.sparkmto.naming.Nearest;

/** All methods, in the order in which tables list them. */
public final class Methods {
  private static final List<MethodEntry> ENTRIES =
      List.of(
          EqualWeighting.ENTRY,
          RandomLossWeighting.ENTRY,
          DynamicWeightAverage.ENTRY,
          UncertaintyWeighting.ENTRY,
          AnalyticUncertainty.ENTRY,
          TwoLevelUncertainty.ENTRY,
          AdaptiveTaskWeighting.ENTRY,
          GeometricLoss.ENTRY,
          LogSum.ENTRY,
          ImtlL.ENTRY,
          Famo.ENTRY,
          SmoothTchebycheff.ENTRY,
          DynamicTaskPrioritization.ENTRY,
          ImtlG.ENTRY,
          Imtl.ENTRY,
          Mgda.ENTRY,
          Mgda.UPPER_BOUND,
          MgdaUnconstrained.ENTRY,
          GradNorm.ENTRY,
          PcGrad.ENTRY,
          GradVac.ENTRY,
          CaGrad.ENTRY,
          NashMtl.ENTRY,
          FairGrad.ENTRY,
          AlignedMtl.ENTRY,
          AlignedMtl.UPPER_BOUND,
          UpGrad.ENTRY,
          DualProj.ENTRY,
          ConFig.ENTRY,
          GradientCosineSimilarity.ENTRY,
          OlAux.ENTRY,
          Ial.ENTRY,
          MoCo.ENTRY,
          DbMtl.ENTRY,
          SdmGrad.ENTRY,
          MoDo.ENTRY,
          GradDrop.ENTRY,
          ExcessMtl.ENTRY,
          Mao.ENTRY,
          AdaTask.ENTRY,
          MtlIo.ENTRY,
          AutoLambda.ENTRY);

  private Methods() {}

  /** Every method. */
  public static List<MethodEntry> all() {
    return ENTRIES;
  }

  /**
   * The entry of a name.
   *
   * @throws IllegalArgumentException if there is none; the message names the nearest
   */
  public static MethodEntry entry(String name) {
    return ENTRIES.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(unknown(name)));
  }

  /**
   * The method of a name, made with these options.
   *
   * @throws IllegalArgumentException if name or options are wrong; the message says what is known
   */
  public static MethodEntry.Made byName(String name, MethodOptions options) {
    return entry(name).make(options);
  }

  private static String unknown(String name) {
    List<String> names = ENTRIES.stream().map(MethodEntry::name).toList();
    return "unknown method '"
        + name
        + "'"
        + Nearest.hint(name, names)
        + names.stream().collect(Collectors.joining(", ", " Known are ", "."));
  }
}
