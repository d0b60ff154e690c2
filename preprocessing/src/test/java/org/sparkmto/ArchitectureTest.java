package org.sparkmto;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.sparkmto");

  @Test
  void theContractKnowsNeitherSparkNorPreprocessing() {
    noClasses()
        .that()
        .resideInAnyPackage("org.sparkmto.data", "org.sparkmto.random")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "org.sparkmto.preprocessing..")
        .check(CLASSES);
  }

  @Test
  void rawLayoutsAndImagesDoNotKnowSpark() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.sparkmto.preprocessing",
            "org.sparkmto.preprocessing.image",
            "org.sparkmto.preprocessing.celeba",
            "org.sparkmto.preprocessing.fashion",
            "org.sparkmto.preprocessing.output")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.sparkmto.(**)").should().beFreeOfCycles().check(CLASSES);
  }
}
