package org.sparkmto;

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
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Methods, optimisers and metrics can be read, tested and used with Java and a library of small
 * matrices alone, and each package for itself.
 */
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

  /** Package to the packages of ours that it may import. */
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "method", Set.of("optimizer", "elementwise", "options", "naming", "random"),
          "optimizer", Set.of("elementwise", "options", "naming"),
          "metric", Set.of("options", "naming"),
          "options", Set.of("naming"),
          "elementwise", Set.of("random"),
          "naming", Set.of(),
          "random", Set.of(),
          "analysis", Set.of("method"),
          "control", Set.of("method", "optimizer", "random"));

  @ArchTest
  static void everyPackageImportsOnlyWhatTheTableAllows(JavaClasses all) {
    for (Map.Entry<String, Set<String>> row : ARROWS.entrySet()) {
      List<String> allowed = new ArrayList<>(List.of("java..", "org.ejml.."));
      allowed.add(ROOT + row.getKey() + "..");
      row.getValue().forEach(room -> allowed.add(ROOT + room + ".."));
      classes()
          .that()
          .resideInAPackage(ROOT + row.getKey() + "..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(allowed.toArray(String[]::new))
          .check(all);
    }
  }

  /** A new package gets a row in the table first: without one, nothing would hold its arrows. */
  @ArchTest
  static void everyPackageHasItsRow(JavaClasses all) {
    Set<String> found =
        all.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
    assertThat(found)
        .isEqualTo(ARROWS.keySet().stream().map(ROOT::concat).collect(Collectors.toSet()));
  }

  /** Whoever wants another library for small matrices changes one class. */
  @ArchTest
  static final ArchRule oneClassTouchesTheLibraryOfMatrices =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(ROOT + "method.SymmetricMatrix")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.ejml..");

  @ArchTest
  static final ArchRule noPackagesInCircles =
      slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nothingEndsTheProcess =
      noClasses()
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class);
}
