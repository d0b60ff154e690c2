package org.sparkmto;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The contract of the shards can be read without Spark, and preprocessing without training. */
@AnalyzeClasses(packages = "org.sparkmto", importOptions = ArchitectureTest.NoTests.class)
class ArchitectureTest {
  /** Tests are those of {@code test-classes}, in whatever folder a profile builds. */
  static final class NoTests implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/");
    }
  }

  private static final String CONTRACT = "org.sparkmto.data..";
  private static final String SPARK = "org.apache.spark..";

  private static final String ROOT = "org.sparkmto.";

  /** Packages of the module below, which holds their arrows. */
  private static final Set<String> CORE =
      Set.of(
          "method",
          "optimizer",
          "metric",
          "analysis",
          "control",
          "options",
          "naming",
          "random",
          "elementwise");

  /** Package of this module to the packages of ours that it may import. */
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "preprocessing",
              Set.of(
                  "data", "storage", "json", "version", "drawing", "options", "naming", "random",
                  "metric"),
          "data", Set.of("storage", "json"),
          "storage", Set.of(),
          "json", Set.of("options"),
          "drawing", Set.of(),
          "version", Set.of());

  @ArchTest
  static void everyPackageImportsOnlyWhatTheTableAllows(JavaClasses all) {
    for (Map.Entry<String, Set<String>> row : ARROWS.entrySet()) {
      List<String> others = new ArrayList<>();
      for (JavaClass type : all) {
        String room = room(type);
        if (!room.equals(row.getKey()) && !row.getValue().contains(room)) {
          others.add(ROOT + room + "..");
        }
      }
      noClasses()
          .that()
          .resideInAPackage(ROOT + row.getKey() + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others.stream().distinct().toArray(String[]::new))
          .check(all);
    }
  }

  /** A new package gets a row in the table first: without one, nothing would hold its arrows. */
  @ArchTest
  static void everyPackageHasItsRow(JavaClasses all) {
    Set<String> found =
        all.stream()
            .map(ArchitectureTest::room)
            .filter(room -> !CORE.contains(room))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(found).isEqualTo(ARROWS.keySet());
  }

  /** The first package name below the root. */
  private static String room(JavaClass type) {
    String name = type.getPackageName() + ".";
    return name.substring(ROOT.length(), name.indexOf('.', ROOT.length()));
  }

  @ArchTest
  static final ArchRule theContractDoesNotKnowSpark =
      noClasses()
          .that()
          .resideInAPackage(CONTRACT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SPARK, "scala..");

  @ArchTest
  static final ArchRule storageKnowsHadoopAlone =
      noClasses()
          .that()
          .resideInAPackage("org.sparkmto.storage..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("java..", "org.apache.hadoop..", "org.sparkmto.storage..");

  @ArchTest
  static final ArchRule rawLayoutsAndImagesDoNotKnowSpark =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.sparkmto.preprocessing",
              "org.sparkmto.preprocessing.image",
              "org.sparkmto.preprocessing.corruption",
              "org.sparkmto.preprocessing.matlab",
              "org.sparkmto.preprocessing.numpy",
              "org.sparkmto.preprocessing.cityscapes",
              "org.sparkmto.preprocessing.nyuv2",
              "org.sparkmto.preprocessing.cifar",
              "org.sparkmto.preprocessing.emotic",
              "org.sparkmto.preprocessing.pascal",
              "org.sparkmto.preprocessing.celeba",
              "org.sparkmto.preprocessing.fashion",
              "org.sparkmto.preprocessing.output")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SPARK);

  @ArchTest
  static final ArchRule preprocessingKnowsNoTensors =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("org.bytedeco..");

  @ArchTest
  static final ArchRule noPackagesInCircles =
      slices().matching("org.sparkmto.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyTheCommandLineEndsTheProcess =
      noClasses()
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class);
}
