package dev.gsig.cli;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;

/**
 * Sends what the engine logs to standard error, one line a message. Without it the JVM would start
 * {@code java.logging}, which takes longer and writes two lines a message. {@code -Dgsig.log=DEBUG}
 * shows more.
 */
public final class StandardErrorLog extends System.LoggerFinder {
  private static final System.Logger.Level LEAST =
      System.Logger.Level.valueOf(System.getProperty("gsig.log", "INFO"));

  /** Made by the service loader. */
  public StandardErrorLog() {}

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new Lines(name);
  }

  private record Lines(String name) implements System.Logger {
    @Override
    public String getName() {
      return name;
    }

    @Override
    public boolean isLoggable(Level level) {
      return level.getSeverity() >= LEAST.getSeverity();
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
      print(level, thrown == null ? message : message + ": " + thrown);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... values) {
      boolean plain = values == null || values.length == 0;
      print(level, plain ? format : new MessageFormat(format, Locale.ROOT).format(values));
    }

    private void print(Level level, String line) {
      if (isLoggable(level)) {
        System.err.println(Text.escape(line));
      }
    }
  }
}
