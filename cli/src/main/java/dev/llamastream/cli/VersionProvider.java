package dev.llamastream.cli;

import dev.llamastream.NativeInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The command's version, recorded by the build, and llama.cpp's. */
final class VersionProvider implements IVersionProvider {

  @Override
  public String[] getVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = VersionProvider.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    }
    return new String[] {
      "llamastream " + properties.getProperty("version"),
      "llama.cpp " + NativeInfo.load().llamaVersion(),
    };
  }
}
