package io.fiddler.api;

/// Clients of completions that leave.
final class CompletionDisconnectTest extends DisconnectContract {
  CompletionDisconnectTest() {
    super("/v1/completions", "'prompt':'Hi','n':2,'return_token_ids':true");
  }
}
