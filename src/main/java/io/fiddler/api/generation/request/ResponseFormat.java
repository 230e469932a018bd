package io.fiddler.api.generation.request;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import io.fiddler.api.json.JsonFields;
import io.fiddler.api.model.ServedModel;
import io.fiddler.constraint.AmbiguousGrammarException;
import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.InvalidSchemaException;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.constraint.token.TokenConstraints;
import io.fiddler.constraint.token.UnsupportedVocabularyException;
import io.fiddler.sampling.TokenConstraint;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The form that a request holds its answers to.
///
/// @param field that asks for it
/// @param grammar of the answers
public record ResponseFormat(String field, Grammar grammar) {
  private static final String FIELD = "response_format";
  private static final String SCHEMA = FIELD + ".json_schema";

  /// Reads `response_format`; null if answers may be any text.
  ///
  /// @throws ApiException naming what is wrong with it
  public static @Nullable ResponseFormat read(JsonFields fields, JsonGrammars grammars) {
    JsonFields format = fields.object(FIELD);
    if (format == null) {
      return null;
    }
    String type = format.string("type");
    return switch (type == null ? "" : type) {
      case "text" -> null;
      case "json_object" -> new ResponseFormat(FIELD, grammars.jsonObject());
      case "json_schema" ->
          new ResponseFormat(FIELD, grammar(SCHEMA + ".schema", schema(format), grammars));
      default ->
          throw JsonFields.wrong(
              FIELD + ".type",
              "%s.type must be \"text\", \"json_object\" or \"json_schema\", got %s"
                  .formatted(FIELD, type == null ? "nothing" : "\"" + shortened(type) + "\""));
    };
  }

  /// The grammar of a schema.
  ///
  /// @param place where the schema stands
  /// @throws ApiException if it is wrong or too much
  public static Grammar grammar(String place, JsonNode schema, JsonGrammars grammars) {
    try {
      return grammars.jsonSchema(schema);
    } catch (InvalidSchemaException e) {
      throw ApiError.invalid(place, "invalid_schema", "%s: %s".formatted(place, e.getMessage()))
          .asException();
    }
  }

  /// Makes what holds each choice to it.
  ///
  /// @param endTokens tokens that end a choice
  /// @throws ApiException if the model's tokenizer does not allow it
  public Supplier<TokenConstraint> over(ServedModel served, Set<Integer> endTokens) {
    try {
      TokenConstraints constraints =
          served
              .constraints()
              .orElseThrow(() ->
                  unsupported("a constrained answer needs a tokenizer, and the model has none"));
      return constraints.of(grammar, endTokens);
    } catch (UnsupportedVocabularyException e) {
      throw unsupported(String.valueOf(e.getMessage()));
    } catch (AmbiguousGrammarException e) {
      throw ApiError.invalid(field, "invalid_schema", "%s: %s".formatted(field, e.getMessage()))
          .asException();
    }
  }

  private ApiException unsupported(String why) {
    return ApiError.invalid(
            field,
            "unsupported_field",
            "%s is not supported by this model: %s".formatted(field, why))
        .asException();
  }

  private static JsonNode schema(JsonFields format) {
    JsonFields described = format.object("json_schema");
    JsonNode schema = described == null ? null : described.value("schema");
    if (schema == null) {
      throw ApiError.invalid(
              SCHEMA + ".schema", "missing_field", SCHEMA + ".schema is required: a JSON Schema")
          .asException();
    }
    return schema;
  }

  private static String shortened(String type) {
    return type.length() <= 30 ? type : type.substring(0, 30) + "...";
  }
}
