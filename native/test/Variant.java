import dev.llamastream.NativeInfo;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Shows which libraries are loaded, as llama.cpp logs it. */
void main() {
  Logger logger = Logger.getLogger("dev.llamastream.native");
  logger.setLevel(Level.FINE);
  ConsoleHandler console = new ConsoleHandler();
  console.setLevel(Level.FINE);
  logger.addHandler(console);
  NativeInfo.load();
}
