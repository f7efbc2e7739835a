package dev.llamastream.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final String API = "dev.llamastream.server";
  private static final String INTERNAL = API + ".internal.";

  /** A room for each API that the server speaks. */
  private static final String[] FORMS =
      Stream.of("openai", "anthropic", "ollama", "llamacpp", "rerank")
          .map(INTERNAL::concat)
          .toArray(String[]::new);

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
        .layer("forms")
        .definedBy(FORMS)
        .layer("embeddings")
        .definedBy(INTERNAL + "embeddings")
        .layer("models")
        .definedBy(INTERNAL + "models")
        .layer("http")
        .definedBy(INTERNAL + "http")
        .layer("streams")
        .definedBy(INTERNAL + "streams")
        .layer("net")
        .definedBy(INTERNAL + "net")
        .layer("json")
        .definedBy(INTERNAL + "json")
        .layer("spi")
        .definedBy(API + ".spi")
        .ensureAllClassesAreContainedInArchitecture()
        .whereLayer("API")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("forms")
        .mayOnlyBeAccessedByLayers("API")
        .whereLayer("embeddings")
        .mayOnlyBeAccessedByLayers("API", "forms")
        .whereLayer("models")
        .mayOnlyBeAccessedByLayers("API")
        .whereLayer("http")
        .mayOnlyBeAccessedByLayers("API", "forms", "embeddings", "models")
        .whereLayer("streams")
        .mayOnlyBeAccessedByLayers("API", "forms", "embeddings", "http", "models")
        .whereLayer("net")
        .mayOnlyBeAccessedByLayers("API", "forms", "embeddings", "http", "streams")
        .check(CLASSES);
  }

  @Test
  void noFormKnowsAnother() {
    slices().assignedFrom(new ByForm()).should().notDependOnEachOther().check(CLASSES);
  }

  private static final class ByForm implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      String room = type.getPackageName();
      return List.of(FORMS).contains(room) ? SliceIdentifier.of(room) : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "forms";
    }
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
                    ModelSource.class,
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
