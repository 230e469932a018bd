package io.fiddler.api;

class LlamaToolsTest extends ToolsContract {
  LlamaToolsTest() {
    super(ToolFamily.LLAMA);
  }
}
