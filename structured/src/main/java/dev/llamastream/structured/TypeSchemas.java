package dev.llamastream.structured;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Makes JSON schemas of types, such as llama.cpp enforces and the mapper reads. Thread-safe. */
final class TypeSchemas {

  private static final Set<Class<?>> OPTIONALS =
      Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

  private final ObjectMapper mapper;
  private final Map<Type, String> schemas = new ConcurrentHashMap<>();

  TypeSchemas(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /** The schema of a type. */
  String of(Type type) {
    return schemas.computeIfAbsent(
        type, _ -> EnforcedForm.of(generator().generateSchema(type)).toString());
  }

  /** The schema of an object with these properties. */
  String ofObject(List<Property> properties) {
    var builder = generator().buildMultipleSchemaDefinitions();
    ObjectNode schema = mapper.createObjectNode().put("type", "object");
    ObjectNode members = schema.putObject("properties");
    ArrayNode required = mapper.createArrayNode();
    for (Property property : properties) {
      ObjectNode member = builder.createSchemaReference(property.type());
      if (!property.description().isEmpty()) {
        member.put("description", property.description());
      }
      members.set(property.name(), member);
      if (property.required()) {
        required.add(property.name());
      }
    }
    schema.set("required", required);
    schema.put("additionalProperties", false);
    ObjectNode definitions = builder.collectDefinitions("$defs");
    if (!definitions.isEmpty()) {
      schema.set("$defs", definitions);
    }
    return EnforcedForm.of(schema).toString();
  }

  /**
   * A property of {@link #ofObject}.
   *
   * @param description empty for none
   */
  record Property(String name, Type type, String description, boolean required) {}

  /** A new one each time: it is not for several threads at once. */
  private SchemaGenerator generator() {
    var config =
        new SchemaGeneratorConfigBuilder(
                mapper, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .without(Option.SCHEMA_VERSION_INDICATOR)
            .with(
                Option.DEFINITION_FOR_MAIN_SCHEMA,
                Option.PLAIN_DEFINITION_KEYS,
                Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT,
                Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
                Option.EXTRA_OPEN_API_FORMAT_VALUES,
                Option.INLINE_NULLABLE_SCHEMAS);
    config
        .forFields()
        .withPropertyNameOverrideResolver(this::name)
        .withIgnoreCheck(field -> name(field) == null)
        .withRequiredCheck(field -> required(field.getRawMember()));
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider(this::fixed)
        .withPropertySorter((_, _) -> 0); // as declared: a model thinks in this order
    config
        .with(new JacksonModule())
        .with(
            new JakartaValidationModule(
                JakartaValidationOption.NOT_NULLABLE_FIELD_IS_REQUIRED,
                JakartaValidationOption.INCLUDE_PATTERN_EXPRESSIONS));
    return new SchemaGenerator(config.build());
  }

  /** The name that the mapper reads, which may have a naming strategy; null if it reads none. */
  private @Nullable String name(FieldScope field) {
    if (field.isFakeContainerItemScope()) {
      return field.getName();
    }
    Field member = field.getRawMember();
    JavaType type = mapper.constructType(member.getDeclaringClass());
    return mapper.getDeserializationConfig().introspect(type).findProperties().stream()
        .filter(property -> property.getInternalName().equals(member.getName()))
        .map(BeanPropertyDefinition::getName)
        .findFirst()
        .orElse(null);
  }

  private static boolean required(Field field) {
    JsonProperty property = field.getAnnotation(JsonProperty.class);
    if (property != null && property.isRequired() != OptBoolean.DEFAULT) {
      return property.isRequired() == OptBoolean.TRUE;
    }
    return (property != null && property.required())
        || !(optional(field.getType()) || nullable(field) || nullable(field.getAnnotatedType()));
  }

  static boolean optional(Class<?> type) {
    return OPTIONALS.contains(type);
  }

  static boolean nullable(AnnotatedElement element) {
    return Arrays.stream(element.getAnnotations())
        .anyMatch(annotation -> annotation.annotationType().getSimpleName().equals("Nullable"));
  }

  private @Nullable CustomDefinition fixed(ResolvedType type, SchemaGenerationContext context) {
    Class<?> erased = type.getErasedType();
    ObjectNode schema = mapper.createObjectNode();
    if (erased.isEnum()) {
      ArrayNode values = schema.putArray("enum");
      Arrays.stream(erased.getEnumConstants()).map(this::json).forEach(values::add);
    } else if (TimePatterns.BY_TYPE.containsKey(erased)) {
      schema.put("type", "string").put("pattern", TimePatterns.BY_TYPE.get(erased));
    } else if (erased == OptionalInt.class) {
      schema.put("type", "integer").put("format", "int32");
    } else if (erased == OptionalLong.class) {
      schema.put("type", "integer");
    } else if (erased == OptionalDouble.class) {
      schema.put("type", "number");
    } else {
      return null;
    }
    return new CustomDefinition(schema, true);
  }

  private JsonNode json(Object constant) {
    return mapper.valueToTree(constant);
  }
}
