package dev.llamastream.store;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final String INTERNAL = "dev.llamastream.store.internal.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.llamastream.store");

  @Test
  void layersUseOnlyWhatLiesBelow() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("sources")
        .definedBy(INTERNAL + "hub", INTERNAL + "ollama", INTERNAL + "url", INTERNAL + "mirror")
        .layer("source")
        .definedBy(INTERNAL + "source")
        .layer("download")
        .definedBy(INTERNAL + "download")
        .layer("http")
        .definedBy(INTERNAL + "http")
        .layer("alias")
        .definedBy(INTERNAL + "alias")
        .layer("choice")
        .definedBy(INTERNAL + "choice")
        .whereLayer("sources")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("source")
        .mayOnlyBeAccessedByLayers("sources")
        .whereLayer("download")
        .mayOnlyBeAccessedByLayers("sources", "source")
        .whereLayer("http")
        .mayOnlyBeAccessedByLayers("sources", "source", "download")
        .whereLayer("alias")
        .mayOnlyBeAccessedByLayers("sources")
        .whereLayer("choice")
        .mayOnlyBeAccessedByLayers("sources")
        .check(CLASSES);
  }

  @Test
  void internalPackagesHaveNoCycles() {
    slices().matching(INTERNAL + "(*)..").should().beFreeOfCycles().check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("dev.llamastream.store.internal")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(INTERNAL + "(*)..")
        .check(CLASSES);
  }

  @Test
  void internalPackagesDoNotKnowTheStore() {
    noClasses()
        .that()
        .resideInAPackage("dev.llamastream.store.internal..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ModelStore.class, Models.class, StoredModel.class)
        .check(CLASSES);
  }

  @Test
  void onlyTheHttpPackageConnects() {
    noClasses()
        .that()
        .resideOutsideOfPackage(INTERNAL + "http")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http")
        .check(CLASSES);
  }
}
