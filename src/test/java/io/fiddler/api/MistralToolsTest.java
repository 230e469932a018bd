package io.fiddler.api;

class MistralToolsTest extends ToolsContract {
  MistralToolsTest() {
    super(ToolFamily.MISTRAL);
  }
}
