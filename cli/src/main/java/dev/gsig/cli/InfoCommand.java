package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.internal.Json;
import dev.gsig.importer.ModelImport;
import dev.gsig.importer.Survey;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gsig info}: what a model folder holds, or any model that can be imported. */
@Command(
    name = "info",
    customSynopsis = "gsig info --model PATH [--json] [OPTIONS]",
    description =
        "Shows what a model folder holds: architecture, inputs, weights, backend, baseline. Also of"
            + " a file or folder that could be imported, as far as it tells.")
final class InfoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private ModelFlags model;

  @Option(names = "--json", description = "as one JSON object")
  private boolean json;

  @Mixin private ImportFlags flags;
  @Mixin private BackendFlags backend;

  InfoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (isOurs()) {
      try (Model loaded = backend.load(model.model)) {
        show(ModelInfo.text(loaded), ModelInfo.json(loaded));
      }
      return 0;
    }
    String family;
    try (Survey survey = ModelImport.survey(flags.settings(model.model))) {
      if (!survey.isComplete()) {
        show(SurveyInfo.text(model.model, survey), SurveyInfo.json(model.model, survey));
        return 0;
      }
      family = survey.family();
    }
    try (Model loaded =
        backend.load(model.model, () -> ModelImport.open(flags.settings(model.model)))) {
      Map<String, String> text = new LinkedHashMap<>(Map.of("family", family));
      text.putAll(ModelInfo.text(loaded));
      Map<String, Object> values = new LinkedHashMap<>(ModelInfo.json(loaded));
      values.put("family", family);
      show(text, values);
    }
    return 0;
  }

  private boolean isOurs() {
    return !flags.any() && !Files.isRegularFile(model.model) && !ModelImport.isForeign(model.model);
  }

  private void show(Map<String, String> text, Map<String, Object> values) {
    if (json) {
      terminal.print(Json.write(values));
      return;
    }
    for (Map.Entry<String, String> entry : text.entrySet()) {
      terminal.print(String.format("%-13s %s", entry.getKey(), entry.getValue()));
    }
  }
}
