package dev.llamastream.server.page;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Headless Chromium, the installed one: nothing is downloaded. All tests share one. */
final class Browser {

  private record Opened(ChromeDriver driver) implements AutoCloseable {
    @Override
    public void close() {
      driver.quit();
    }
  }

  private Browser() {}

  /** The browser; JUnit closes it after all tests. */
  static ChromeDriver shared(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(Browser.class))
        .computeIfAbsent("browser", _ -> new Opened(open()), Opened.class)
        .driver();
  }

  /** Skips the tests where there is no Chromium, except in CI, which must have it. */
  private static ChromeDriver open() {
    Optional<File> chromium = onPath("chromium", "chromium-browser", "google-chrome");
    Optional<File> chromedriver = onPath("chromedriver");
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      String missing = "no Chromium with its chromedriver on the PATH: the page is not tested";
      if ("true".equals(System.getenv("CI"))) {
        fail(missing);
      }
      abort(missing);
    }
    LoggingPreferences logging = new LoggingPreferences();
    logging.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow());
    options.setCapability(ChromeOptions.LOGGING_PREFS, logging);
    // Its sandbox does not work as root or in a container, where /dev/shm is small, too. The page
    // is ours.
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,800");
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.orElseThrow())
            .usingAnyFreePort()
            .build();
    return new ChromeDriver(service, options);
  }

  private static Optional<File> onPath(String... names) {
    List<String> folders = List.of(System.getenv("PATH").split(File.pathSeparator));
    return Stream.of(names)
        .flatMap(name -> folders.stream().map(folder -> new File(folder, name)))
        .filter(File::canExecute)
        .findFirst();
  }

  /** A screen like a phone's. */
  static void phone(ChromeDriver browser, int width) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 2 * width, "deviceScaleFactor", 2, "mobile", true));
  }

  static void desktop(ChromeDriver browser) {
    browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
  }

  /** As a keyboard does while Ctrl+Enter is held. */
  static void repeatControlEnter(ChromeDriver browser) {
    browser.executeCdpCommand(
        "Input.dispatchKeyEvent",
        Map.of("type", "rawKeyDown", "key", "Enter", "modifiers", 2, "autoRepeat", true));
  }

  /** Lets the page use the clipboard, and keep files to itself. */
  static void permit(ChromeDriver browser) {
    browser.executeCdpCommand(
        "Browser.grantPermissions",
        Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
    browser.executeCdpCommand("Browser.setDownloadBehavior", Map.of("behavior", "deny"));
  }

  /** Light or dark. */
  static void scheme(ChromeDriver browser, String scheme) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /**
   * What the browser found wrong since it was last asked: violations of the policy, errors of the
   * scripts, missing files. That a stream was refused is in its console, too, but no mistake.
   */
  static List<String> complaints(ChromeDriver browser) {
    return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .filter(message -> message.contains("Security Policy") || !message.matches(REFUSED))
        .toList();
  }

  private static final String REFUSED =
      "(?s).*(/(stream|ws|v1/models|v1/chat/completions) - Failed to load resource|WebSocket connection to '[^']*/ws' failed).*";
}
