package dev.gsig.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * The programs of a page of the documentation, {@code `Name.java`:} and a block of Java below it,
 * compiled without warnings as they stand there.
 */
public final class PagePrograms implements AutoCloseable {
  private static final Pattern PROGRAM =
      Pattern.compile("`(\\w+)\\.java`:\n```java\n(.*?)```\n", Pattern.DOTALL);

  private final Map<String, String> sources = new LinkedHashMap<>();
  private final URLClassLoader loader;

  /**
   * Compiles a page.
   *
   * @param folder takes sources and classes
   * @throws AssertionError saying what the compiler says against it
   */
  public PagePrograms(Path page, Path folder) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-Xlint:all,-path", "-Werror"));
    arguments.addAll(List.of("-d", folder.toString()));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    Matcher program = PROGRAM.matcher(Files.readString(page));
    while (program.find()) {
      Path source = folder.resolve(program.group(1) + ".java");
      Files.writeString(source, program.group(2));
      arguments.add(source.toString());
      sources.put(program.group(1), program.group(2));
    }
    ByteArrayOutputStream problems = new ByteArrayOutputStream();
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, problems, problems, arguments.toArray(String[]::new));
    if (failed != 0) {
      throw new AssertionError(page + ": " + problems.toString(StandardCharsets.UTF_8));
    }
    loader = new URLClassLoader(new URL[] {folder.toUri().toURL()});
  }

  /** The text of one program. */
  public String source(String name) {
    return sources.get(name);
  }

  /** An object of one of the classes, by its constructor without parameters. */
  public <T> T create(String name, Class<T> type) {
    try {
      return type.cast(loader.loadClass(name).getConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name, e);
    }
  }

  /** Runs a main method; gives the lines that it prints. */
  public List<String> run(String name, String... arguments) throws ReflectiveOperationException {
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) arguments);
    } finally {
      System.setOut(console);
    }
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}
