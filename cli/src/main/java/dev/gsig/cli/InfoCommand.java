package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.Json;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gsig info}: what a model folder holds. */
@Command(
    name = "info",
    customSynopsis = "gsig info --model DIR [--json] [OPTIONS]",
    description =
        "Shows what a model folder holds: architecture, inputs, weights, backend, baseline.")
final class InfoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private ModelFlags model;

  @Option(names = "--json", description = "as one JSON object")
  private boolean json;

  @Mixin private BackendFlags backend;

  InfoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Model loaded = backend.load(model.model);
    if (json) {
      terminal.print(Json.write(ModelInfo.json(loaded)));
    } else {
      for (Map.Entry<String, String> entry : ModelInfo.text(loaded).entrySet()) {
        terminal.print(String.format("%-13s %s", entry.getKey(), entry.getValue()));
      }
    }
    return 0;
  }
}
