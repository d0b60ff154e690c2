package org.sparkmto;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The contract of the shards can be read without Spark, and preprocessing without training. */
@AnalyzeClasses(packages = "org.sparkmto", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String CONTRACT = "org.sparkmto.data..";
  private static final String SPARK = "org.apache.spark..";

  @ArchTest
  static final ArchRule theContractKnowsNeitherSparkNorPreprocessing =
      noClasses()
          .that()
          .resideInAPackage(CONTRACT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SPARK, "scala..", "org.sparkmto.preprocessing..");

  @ArchTest
  static final ArchRule randomConfigAndVersionDependOnNothing =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.sparkmto.random..", "org.sparkmto.options..", "org.sparkmto.version..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages(
              "java..", "org.sparkmto.random..", "org.sparkmto.options..", "org.sparkmto.version..")
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage(SPARK);

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
