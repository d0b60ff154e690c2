package org.sparkmto;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.global.torch;

/** Holds the arrows between the packages: each room has one purpose, and arrows go downwards. */
@AnalyzeClasses(packages = "org.sparkmto", importOptions = ArchitectureTest.NoTests.class)
class ArchitectureTest {
  /** Tests are those of {@code test-classes}, in whatever folder a profile builds. */
  static final class NoTests implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/");
    }
  }

  private static final String ROOT = "org.sparkmto.";

  /** What lies below everything: draws, options, names, arithmetic, version, JSON, canvas. */
  private static final Set<String> GROUND =
      Set.of("random", "options", "elementwise", "version", "naming", "json", "drawing");

  /** Package of spark-job to the packages that it may import, besides the ground. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry(
              "cli",
              Set.of(
                  "experiment",
                  "control",
                  "report",
                  "prediction",
                  "retraining",
                  "trial",
                  "training",
                  "configuration",
                  "evaluation",
                  "input",
                  "exchange",
                  "architecture",
                  "network",
                  "optimizer",
                  "metric",
                  "method",
                  "data",
                  "storage",
                  "preprocessing")),
          Map.entry(
              "ml", Set.of("prediction", "training", "configuration", "data", "preprocessing")),
          Map.entry(
              "experiment",
              Set.of(
                  "analysis",
                  "control",
                  "report",
                  "trial",
                  "training",
                  "step",
                  "configuration",
                  "evaluation",
                  "exchange",
                  "runlog",
                  "optimizer",
                  "method",
                  "data",
                  "preprocessing",
                  "metric")),
          Map.entry(
              "retraining",
              Set.of("training", "configuration", "evaluation", "metric", "data", "preprocessing")),
          Map.entry("report", Set.of("runlog", "analysis", "metric", "timing")),
          Map.entry(
              "prediction",
              Set.of(
                  "training",
                  "configuration",
                  "evaluation",
                  "input",
                  "network",
                  "data",
                  "preprocessing")),
          Map.entry(
              "trial",
              Set.of(
                  "training",
                  "step",
                  "configuration",
                  "exchange",
                  "input",
                  "architecture",
                  "network",
                  "optimizer",
                  "method",
                  "metric",
                  "data",
                  "timing")),
          Map.entry(
              "training",
              Set.of(
                  "step",
                  "configuration",
                  "analysis",
                  "evaluation",
                  "runlog",
                  "exchange",
                  "input",
                  "architecture",
                  "network",
                  "optimizer",
                  "method",
                  "metric",
                  "data",
                  "storage",
                  "timing",
                  "tracking",
                  "preprocessing")),
          Map.entry(
              "step",
              Set.of(
                  "configuration",
                  "analysis",
                  "exchange",
                  "network",
                  "optimizer",
                  "method",
                  "data",
                  "timing")),
          Map.entry(
              "configuration",
              Set.of(
                  "evaluation",
                  "tracking",
                  "exchange",
                  "input",
                  "architecture",
                  "network",
                  "optimizer",
                  "method",
                  "metric",
                  "data")),
          Map.entry("evaluation", Set.of("runlog", "input", "network", "metric", "data")),
          Map.entry("tracking", Set.of("report", "runlog")),
          Map.entry("runlog", Set.of("analysis", "method", "metric")),
          Map.entry("input", Set.of("data")),
          Map.entry("exchange", Set.of("analysis", "network", "method", "timing")),
          Map.entry("architecture", Set.of("network", "data")),
          Map.entry("network", Set.of("data", "timing")),
          Map.entry("timing", Set.of()),
          Map.entry("optimizer", Set.of()),
          Map.entry("metric", Set.of()),
          Map.entry("analysis", Set.of("method")),
          Map.entry("control", Set.of("method", "optimizer")),
          Map.entry("method", Set.of("optimizer")));

  private static final Set<String> LIBTORCH =
      Set.of("architecture", "network", "exchange", "step", "training", "trial", "evaluation");

  private static final Set<String> PURE =
      Set.of("analysis", "control", "method", "metric", "optimizer");

  @ArchTest
  static final ArchRule arrowsOnlyGoDownwards =
      classes().should(new ImportOnlyWhatTheTableAllows()).allowEmptyShould(true);

  @ArchTest
  static final ArchRule noPackagesInCircles =
      slices().matching(ROOT + "(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule theMathematicsKnowsNeitherSparkNorLibtorch =
      noClasses()
          .that()
          .resideInAnyPackage(packages(PURE))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache..", "scala..", "org.bytedeco..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule fewPackagesTouchLibtorch =
      noClasses()
          .that()
          .resideOutsideOfPackages(packages(LIBTORCH))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.bytedeco..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule aStepAndItsConfigurationKnowNoSpark =
      noClasses()
          .that()
          .resideInAnyPackage(packages(Set.of("step", "configuration")))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "scala..");

  @ArchTest
  static final ArchRule onlyTheCommandLineEndsTheProcess =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "cli..")
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule jsonIsReadInOnePlaceWithinLimits =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "json")
          .should()
          .dependOnClassesThat()
          .areAssignableTo("com.fasterxml.jackson.databind.ObjectMapper")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo("com.fasterxml.jackson.core.JsonFactory");

  /**
   * A tensor that is made of nothing lies on the host. Those of a network belong on its device, so
   * they are made by those alone who put them there.
   */
  @ArchTest
  static final ArchRule tensorsAreMadeInFewPlaces =
      noClasses()
          .that()
          .resideInAnyPackage(packages(Set.of("architecture", "network")))
          .and()
          .haveNameNotMatching(".*\\.(HostTensors|FlatVector|Target|ScriptTrial)(\\$.*)?")
          .should()
          .callMethodWhere(
              target(owner(type(torch.class)))
                  .and(
                      target(
                          nameMatching(
                              "empty|zeros|ones|full|arange|eye|rand|randn|linspace|tensor"))));

  /** A new package gets a row in the table first: without one, nothing would hold its arrows. */
  @ArchTest
  static void everyPackageHasItsRow(JavaClasses all) {
    Set<String> found =
        all.stream().map(ArchitectureTest::room).collect(Collectors.toCollection(TreeSet::new));
    found.removeAll(ARROWS.keySet());
    found.removeAll(GROUND);
    assertThat(found).isSubsetOf("data", "preprocessing", "storage");
  }

  /**
   * Two classes of one name have to be told apart by their imports, at every place that uses one.
   */
  @ArchTest
  static void noTwoClassesShareASimpleName(JavaClasses all) {
    Map<String, Set<String>> packages = new TreeMap<>();
    for (JavaClass type : all) {
      if (type.isTopLevelClass() && !type.getSimpleName().equals("package-info")) {
        packages
            .computeIfAbsent(type.getSimpleName(), name -> new TreeSet<>())
            .add(type.getPackageName());
      }
    }
    packages.values().removeIf(owners -> owners.size() == 1);
    assertThat(packages).isEmpty();
  }

  private static String[] packages(Set<String> rooms) {
    return rooms.stream().map(room -> ROOT + room + "..").toArray(String[]::new);
  }

  /** The first package name below the root; empty for a class that is not ours. */
  private static String room(JavaClass type) {
    String name = type.getPackageName() + ".";
    return name.startsWith(ROOT)
        ? name.substring(ROOT.length(), name.indexOf('.', ROOT.length()))
        : "";
  }

  private static final class ImportOnlyWhatTheTableAllows extends ArchCondition<JavaClass> {
    ImportOnlyWhatTheTableAllows() {
      super("import only what the table allows");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      Set<String> allowed = ARROWS.get(room(type));
      if (allowed == null) {
        return;
      }
      type.getDirectDependenciesFromSelf().stream()
          .collect(
              Collectors.toMap(d -> room(d.getTargetClass()), Function.identity(), (a, b) -> a))
          .forEach(
              (target, dependency) -> {
                if (!target.isEmpty()
                    && !target.equals(room(type))
                    && !GROUND.contains(target)
                    && !allowed.contains(target)) {
                  events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                }
              });
    }
  }
}
