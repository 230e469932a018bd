package io.fiddler.api.chat;

import io.fiddler.api.chat.tool.ToolSyntax;
import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import io.fiddler.api.model.ServedModel;
import io.fiddler.tokenizer.chat.ChatPrompt;
import io.fiddler.tokenizer.chat.ChatPrompts;
import io.fiddler.tokenizer.chat.ChatTemplateException;
import io.fiddler.tokenizer.chat.Conversation;

/// Makes the prompt of a chat by the served model's template.
final class ChatTemplating {
  private static final String MESSAGES = "messages";

  private final ServedModel served;
  private final ChatPrompts prompts;

  /// @throws ApiException if the model has no template, or none that can be used
  ChatTemplating(ServedModel served) {
    this.served = served;
    try {
      this.prompts = served.chat().orElseThrow(this::noTemplate);
    } catch (ChatTemplateException e) {
      throw refused(e);
    }
  }

  /// The prompt.
  ///
  /// @throws ApiException if the template does not take what the chat has
  ChatPrompt prompt(ChatRequest request) {
    if (!prompts.takesTools()) {
      if (request.tools().offered()) {
        throw noTools("tools");
      }
      if (!request.messages().firstToolField().isEmpty()) {
        throw noTools(request.messages().firstToolField());
      }
    }
    try {
      return prompts.prompt(
          new Conversation(
              request.messages().nodes(),
              request.tools().offered() ? request.tools().definitions() : null,
              request.generationPrompt(),
              request.variables()));
    } catch (ChatTemplateException e) {
      throw refused(e);
    }
  }

  /// How the model writes tool calls.
  ///
  /// @throws ApiException if that is not known
  ToolSyntax syntax() {
    return ToolSyntax.of(prompts.source(true))
        .orElseThrow(() ->
            ApiError.invalid(
                    "tools",
                    "unsupported_field",
                    "tools is not supported by the model \"%s\": its chat template knows tools, but not in a syntax of calls that is read here"
                        .formatted(served.name()))
                .asException());
  }

  /// The model's way to make prompts.
  ChatPrompts prompts() {
    return prompts;
  }

  private ApiException noTemplate() {
    return ApiError.invalid(
            "model",
            "no_chat_template",
            "The model \"%s\" has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json): use /v1/completions"
                .formatted(served.name()))
        .asException();
  }

  private ApiException noTools(String field) {
    return ApiError.invalid(
            field,
            "unsupported_field",
            "%s is not supported by the model \"%s\": its chat template knows no tools"
                .formatted(field, served.name()))
        .asException();
  }

  private static ApiException refused(ChatTemplateException e) {
    String code =
        switch (e.fault()) {
          case REFUSED -> "messages_refused";
          case TEMPLATE -> "template_error";
          case LIMIT -> "template_limit";
        };
    return ApiError.invalid(MESSAGES, code, String.valueOf(e.getMessage())).asException();
  }
}
