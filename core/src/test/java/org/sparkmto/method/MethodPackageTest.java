package org.sparkmto.method;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The methods can be read, tested and reused without Spark and without tensors. */
class MethodPackageTest {

  @Test
  void knowsNothingButRandomNumbersAndSmallMatrices() {
    var method =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.sparkmto.method");
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.ejml..",
            "org.sparkmto.random",
            "org.sparkmto.naming",
            "org.sparkmto.options",
            "org.sparkmto.optimizer",
            "org.sparkmto.method")
        .check(method);
    noClasses()
        .that()
        .doNotHaveSimpleName("SymmetricMatrix")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.ejml..")
        .check(method);
  }
}
