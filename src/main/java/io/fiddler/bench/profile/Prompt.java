package io.fiddler.bench.profile;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// One prompt of a file.
///
/// @param place where it is in the file, for people, such as `line 3`
/// @param text what is said; null if it is given as tokens
/// @param tokens token ids; null if it is given as text
/// @param maxTokens most tokens to generate, if the prompt says so
/// @param tenant whose it is; null if the prompt does not say
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record Prompt(
    String place,
    @Nullable String text,
    int @Nullable [] tokens,
    OptionalInt maxTokens,
    @Nullable String tenant) {}
