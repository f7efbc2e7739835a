package dev.llamastream.server.page;

import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.server.ServerParams;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The chat. */
abstract class ChatFixture extends PageFixture {

  /** Says this without an end. */
  static final ScriptedModel ENDLESS =
      ScriptedModel.of("Well, ", "there ", "is **more** ", "to say.\n\n").repeat();

  /** Says all that markdown can, and what must do no harm. */
  static final ScriptedModel RICH =
      ScriptedModel.of(
          "# Heading\n\nSome ",
          "**bold** text.\n\n| left | right |\n|---|--:|\n",
          "| 1 | 2 |\n\n```python\nprint(",
          "'" + "long ".repeat(40) + "')\n```\n\n- item\n\n",
          "<img src=x onerror=\"window.pwned=1\">",
          "<script>window.pwned=1</script> <p style='color:red'>",
          " [bad](javascript:window.pwned=1) [good](https://example.org/) ",
          "![picture](https://example.org/x.png)\n\n",
          "unbroken".repeat(40));

  /** Thinks, and calls a tool. */
  static final ScriptedModel TOOLS =
      ScriptedModel.of(
          "<think>\n",
          "Hm, weather.",
          "</think>\n\n",
          "<tool_call>\n{\"name\": \"get_weather\", ",
          "\"arguments\": {\"city\": ",
          "\"Paris\"}}",
          "\n</tool_call>");

  static final String TOOL_LIST =
      """
      [{"type": "function", "function": {"name": "get_weather", "parameters":
      {"type": "object", "properties": {"city": {"type": "string"}}}}}]
      """;

  void start(ScriptedModel model) throws IOException {
    start(model, params -> params);
  }

  void start(ScriptedModel model, UnaryOperator<ServerParams.Builder> params) throws IOException {
    String template = model.equals(TOOLS) ? ChatTemplate.qwen3() : ChatTemplate.CHATML;
    start(
        model.gguf().put(ChatTemplate.KEY, template).writeShared("page"), engine -> engine, params);
  }

  @Override
  void visit() {
    browser.get(address());
    until(() -> find("chat-view").isDisplayed() && find("message").isDisplayed());
  }

  static void say(String text) {
    find("message").sendKeys(text, Keys.ENTER);
  }

  /** The settings. */
  static WebElement openPanel() {
    select("#chat-view .open-panel").click();
    return find("settings");
  }

  /** Waits until nothing is being answered. */
  static void untilAnswered() {
    until(() -> sendDoes("send") && !answers().isEmpty());
  }

  static boolean sendDoes(String what) {
    return what.equals(find("send").getDomAttribute("data-does"));
  }

  static List<WebElement> answers() {
    return all(".message.assistant");
  }

  /** What the last answer says so far; empty if there is none. */
  static String answer() {
    return (String)
        script(
            "return [...document.querySelectorAll('.assistant > .markdown')].at(-1)?.textContent.trim() ?? ''");
  }

  static List<String> said() {
    return all(".bubble").stream().map(WebElement::getText).toList();
  }

  /** Clicks what a message or a conversation can be done with, the last of them. */
  static void click(String label) {
    WebElement button = all("[aria-label^='" + label + "'], [title='" + label + "']").getLast();
    script("arguments[0].click()", button); // it comes into view with the pointer
  }

  static List<String> titles() {
    return all("#conversations a").stream().map(WebElement::getText).toList();
  }

  static void untilGrown() {
    int before = answer().length();
    until(() -> answer().length() > before + 20);
  }
}
