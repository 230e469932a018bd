package io.fiddler.api;

class HermesToolsTest extends ToolsContract {
  HermesToolsTest() {
    super(ToolFamily.HERMES);
  }
}
