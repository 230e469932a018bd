package io.fiddler.tokenizer.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.Script;
import org.mozilla.javascript.ScriptableObject;

/// The renderer (`src/main/js/chat-template`) in a JavaScript world of its own, which knows nothing
/// of Java. Keeps parsed templates. Used from one thread at a time.
final class JinjaScope {
  /// The renderer's script.
  static final String RESOURCE = "/io/fiddler/tokenizer/chat/jinja.js";

  private static final String FUNCTION = "fiddlerRender";
  private static final long START_NANOS = 60_000_000_000L;

  private final BudgetedContexts contexts = new BudgetedContexts();
  private final ScriptableObject scope;
  private final Function render;

  JinjaScope() {
    contexts.allow(START_NANOS);
    try (Context context = contexts.enterContext()) {
      scope = context.initSafeStandardObjects();
      Compiled.SCRIPT.exec(context, scope, scope);
      render = (Function) Objects.requireNonNull(ScriptableObject.getProperty(scope, FUNCTION));
    }
  }

  /// Calls the renderer.
  ///
  /// @param request and answer are JSON
  /// @throws BudgetedContexts.OutOfTime if it takes longer than `nanos`
  String call(String request, long nanos) {
    contexts.allow(nanos);
    try (Context context = contexts.enterContext()) {
      return Context.toString(render.call(context, scope, scope, new Object[] {request}));
    }
  }

  /// Once for all scopes.
  private static final class Compiled {
    static final Script SCRIPT = compile();

    private Compiled() {}

    private static Script compile() {
      BudgetedContexts contexts = new BudgetedContexts();
      contexts.allow(START_NANOS);
      try (Context context = contexts.enterContext();
          InputStream in =
              Objects.requireNonNull(JinjaScope.class.getResourceAsStream(RESOURCE), RESOURCE)) {
        return context.compileString(new String(in.readAllBytes(), UTF_8), "jinja.js", 1, null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
