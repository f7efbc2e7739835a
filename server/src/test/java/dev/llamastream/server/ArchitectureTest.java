package dev.llamastream.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final String API = "dev.llamastream.server";
  private static final String INTERNAL = API + ".internal.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(API);

  @Test
  void layersUseOnlyWhatLiesBelow() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("API")
        .definedBy(API)
        .layer("openai")
        .definedBy(INTERNAL + "openai")
        .layer("rerank")
        .definedBy(INTERNAL + "rerank")
        .layer("llamacpp")
        .definedBy(INTERNAL + "llamacpp")
        .layer("embeddings")
        .definedBy(INTERNAL + "embeddings")
        .layer("http")
        .definedBy(INTERNAL + "http")
        .layer("streams")
        .definedBy(INTERNAL + "streams")
        .layer("net")
        .definedBy(INTERNAL + "net")
        .layer("json")
        .definedBy(INTERNAL + "json")
        .ensureAllClassesAreContainedInArchitecture()
        .whereLayer("API")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("openai")
        .mayOnlyBeAccessedByLayers("API")
        .whereLayer("rerank")
        .mayOnlyBeAccessedByLayers("API")
        .whereLayer("llamacpp")
        .mayOnlyBeAccessedByLayers("API")
        .whereLayer("embeddings")
        .mayOnlyBeAccessedByLayers("API", "openai", "llamacpp", "rerank")
        .whereLayer("http")
        .mayOnlyBeAccessedByLayers("API", "openai", "llamacpp", "rerank", "embeddings")
        .whereLayer("streams")
        .mayOnlyBeAccessedByLayers("API", "openai", "llamacpp", "rerank", "embeddings", "http")
        .whereLayer("net")
        .mayOnlyBeAccessedByLayers(
            "API", "openai", "llamacpp", "rerank", "embeddings", "http", "streams")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.llamastream.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void nothingElseIsPublic() {
    classes()
        .that()
        .resideInAPackage(API)
        .and(
            not(
                belongToAnyOf(
                    LlamaServer.class,
                    LocalApi.class,
                    RequestDefaults.class,
                    ServerParams.class,
                    ServerMetrics.class)))
        .should()
        .notBePublic()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void oneClassKnowsTheInsideOfVertx() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(INTERNAL + "net.VertxInternals")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx..impl..")
        .check(CLASSES);
  }
}
