package io.fiddler.store.spool;

import io.fiddler.usage.RequestCosts;
import io.fiddler.usage.RequestRecord;

/// A request row as bytes.
final class RequestCodec {
  private RequestCodec() {}

  static void write(FieldWriter out, RequestRecord request) {
    out.uuid(request.id());
    out.instant(request.createdAt());
    out.text(request.tenant());
    out.optional(request.fingerprint(), FieldWriter::text);
    out.text(request.route());
    out.bool(request.stream());
    out.number(request.status());
    out.number(request.promptTokens());
    out.number(request.completionTokens());
    out.real(request.queueMillis());
    out.optional(request.firstTokenMillis(), FieldWriter::real);
    out.real(request.totalMillis());
    out.optional(request.finishReason(), FieldWriter::text);
    out.text(request.sampling());
    out.optional(request.device(), FieldWriter::text);
    out.optional(request.firstPlacementVersion(), FieldWriter::number);
    out.optional(request.lastPlacementVersion(), FieldWriter::number);
    out.optional(request.hitRate(), FieldWriter::real);
    out.optional(request.error(), FieldWriter::text);
    out.optional(request.prompt(), FieldWriter::text);
    out.optional(request.output(), FieldWriter::text);
    out.optional(request.keyId(), FieldWriter::text);
    out.number(request.costs().cachedPromptTokens());
    out.real(request.costs().hostMillis());
    out.number(request.costs().streamedBytes());
  }

  /// @param version of the spool's format
  static RequestRecord read(FieldReader in, int version) {
    return new RequestRecord(
        in.uuid(),
        in.instant(),
        in.text(),
        in.optional(FieldReader::text),
        in.text(),
        in.bool(),
        in.integer(),
        in.integer(),
        in.integer(),
        in.real(),
        in.optional(FieldReader::real),
        in.real(),
        in.optional(FieldReader::text),
        in.text(),
        in.optional(FieldReader::text),
        in.optional(FieldReader::number),
        in.optional(FieldReader::number),
        in.optional(FieldReader::real),
        in.optional(FieldReader::text),
        in.optional(FieldReader::text),
        in.optional(FieldReader::text),
        version < SpoolHeader.WITH_KEYS ? null : in.optional(FieldReader::text),
        version < SpoolHeader.WITH_KEYS ? RequestCosts.NONE : costs(in));
  }

  private static RequestCosts costs(FieldReader in) {
    return new RequestCosts(in.integer(), in.real(), in.number());
  }
}
