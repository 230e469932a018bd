package io.fiddler.api;

import org.junit.jupiter.api.AfterAll;

/// Clients of chats that leave.
final class ChatDisconnectTest extends DisconnectContract {
  private final TinyMoe model = new TinyMoe();

  ChatDisconnectTest() {
    super(
        "/v1/chat/completions",
        "'messages':[{'role':'user','content':'Hi'}],'n':2,'return_token_ids':true");
  }

  @Override
  ApiServer start() {
    return ApiServer.serving(engine, model.served(), ApiOptions.DEFAULT);
  }

  @AfterAll
  void closeModel() {
    model.close();
  }
}
