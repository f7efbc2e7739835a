package dev.llamastream;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.SamplerHandle;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final String INTERNAL = "dev.llamastream.internal..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.llamastream");

  /** Upwards, a layer may use the public values (parameters, results, exceptions) alone. */
  @Test
  void layersUseOnlyWhatLiesBelow() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("API")
        .definedBy(not(resideInAPackage(INTERNAL)))
        .layer("engine")
        .definedBy(
            "dev.llamastream.internal.embedding..",
            "dev.llamastream.internal.generation..",
            "dev.llamastream.internal.scheduling..",
            "dev.llamastream.internal.streams..")
        .layer("store")
        .definedBy("dev.llamastream.internal.store..")
        .layer("cache")
        .definedBy("dev.llamastream.internal.cache..")
        .layer("ffm")
        .definedBy("dev.llamastream.internal.ffm..")
        .layer("prompt")
        .definedBy("dev.llamastream.internal.prompt..")
        .layer("natives")
        .definedBy("dev.llamastream.internal.natives..")
        .layer("bindings")
        .definedBy("dev.llamastream.internal.bindings..")
        .whereLayer("engine")
        .mayOnlyBeAccessedByLayers("API")
        .whereLayer("store")
        .mayOnlyBeAccessedByLayers("API")
        .whereLayer("cache")
        .mayOnlyBeAccessedByLayers("API", "engine", "store")
        .whereLayer("ffm")
        .mayOnlyBeAccessedByLayers("API", "engine", "store", "cache")
        .whereLayer("prompt")
        .mayOnlyBeAccessedByLayers("API", "engine", "store", "cache", "ffm")
        .whereLayer("natives")
        .mayOnlyBeAccessedByLayers("API", "store", "ffm")
        .whereLayer("bindings")
        .mayOnlyBeAccessedByLayers("ffm", "natives")
        .check(CLASSES);
  }

  @Test
  void internalsDoNotKnowWhatDrivesThem() {
    noClasses()
        .that()
        .resideInAPackage(INTERNAL)
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Model.class, Context.class)
        .check(CLASSES);
  }

  @Test
  void internalPackagesHaveNoCycles() {
    slices().matching("dev.llamastream.internal.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void foreignMemoryStaysInternal() {
    noClasses()
        .that()
        .resideOutsideOfPackage(INTERNAL)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(CLASSES);
  }

  @Test
  void parametersDoNotKnowWhatTheyAreFor() {
    noClasses()
        .that()
        .resideOutsideOfPackage(INTERNAL)
        .and()
        .haveNameMatching(".*(Params|Values|GenerationRequest)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.llamastream.internal.ffm..",
            "dev.llamastream.internal.generation..",
            "dev.llamastream.internal.scheduling..")
        .check(CLASSES);
  }

  /** A generation is driven: decoding and sampling are for what drives it. */
  @Test
  void generationNeverDecodesOrSamples() {
    noClasses()
        .that()
        .resideInAPackage("dev.llamastream.internal.generation..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ContextHandle.class, SamplerHandle.class)
        .check(CLASSES);
  }
}
