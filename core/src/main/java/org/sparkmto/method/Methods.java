package org.sparkmto.method;

import java.util.List;
import java.util.Map;
import org.sparkmto.options.Registry;

/**
 * All methods, in the order in which tables list them: the built-in ones, then those of jars of a
 * user's own, see {@link MethodProvider}.
 */
public final class Methods {
  static final String KIND = "method";

  /** The one that a run has which names none. */
  public static final String USUAL = "ew";

  private static final Registry<MethodEntry> KNOWN =
      Registry.open(
          KIND,
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
              BoundaryIntersection.ENTRY,
              Cosmos.ENTRY,
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
              CrMogm.ENTRY,
              Krum.ENTRY,
              GradientCosineSimilarity.ENTRY,
              OlAux.ENTRY,
              Ial.ENTRY,
              MoCo.ENTRY,
              DbMtl.ENTRY,
              SdmGrad.ENTRY,
              MoDo.ENTRY,
              GradDrop.ENTRY,
              TrimmedMean.ENTRY,
              ExcessMtl.ENTRY,
              Mao.ENTRY,
              AdaTask.ENTRY,
              MtlIo.ENTRY,
              AutoLambda.ENTRY,
              Moml.ENTRY,
              Forum.ENTRY),
          MethodProvider.class);

  private Methods() {}

  /** All of them, with their options. */
  public static Registry<MethodEntry> known() {
    return KNOWN;
  }

  /** Every method. */
  public static List<MethodEntry> all() {
    return KNOWN.all();
  }

  /**
   * The entry of a name.
   *
   * @throws IllegalArgumentException if there is none; the message names the nearest
   */
  public static MethodEntry entry(String name) {
    return KNOWN.entry(name);
  }

  /**
   * The method of a name, made with these options.
   *
   * @param options values by name: numbers, texts, booleans, or lists of them
   * @throws IllegalArgumentException if name or options are wrong; the message says what is known
   */
  public static MethodEntry.Made byName(String name, Map<String, ?> options) {
    return KNOWN.entry(name).make(options);
  }

  /**
   * The method of a name as it is usually made, for example to weigh the tasks of one step: {@code
   * Methods.of("imtl").weigh(losses, gram)}.
   *
   * @throws IllegalArgumentException if there is none; the message names the nearest
   */
  public static MethodEntry.Made of(String name) {
    return byName(name, Map.of());
  }
}
