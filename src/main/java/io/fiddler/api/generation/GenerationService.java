package io.fiddler.api.generation;

import io.fiddler.api.model.ServedModel;
import io.fiddler.api.web.ApiThreads;
import io.fiddler.api.web.BodyReader;
import io.fiddler.api.web.ErrorAnswers;
import io.fiddler.engine.Engine;
import io.fiddler.usage.RequestLog;

/// What all routes that generate work with.
///
/// @param engine runs what is asked for
/// @param served how clients know the model
/// @param log gets one record a request
/// @param options limits
/// @param threads where to read prompts and write answers
/// @param errors answers failures
/// @param bodies reads the bodies of requests
public record GenerationService(
    Engine engine,
    ServedModel served,
    RequestLog log,
    GenerationOptions options,
    ApiThreads threads,
    ErrorAnswers errors,
    BodyReader bodies) {}
