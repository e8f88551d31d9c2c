package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.importer.GraphImport;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.ModelImport;
import dev.gsig.importer.Survey;
import dev.gsig.importer.internal.GraphModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gsig info}: what a model folder holds, or any model that can be imported. */
@Command(
    name = "info",
    header = "Show what a model folder or checkpoint holds",
    customSynopsis = "gsig info PATH [--json] [OPTIONS]",
    description =
        "Shows what a model folder holds: architecture, inputs, weights, backend, baseline. Also of"
            + " a file or folder that could be imported, as far as it tells.",
    footer = {"gsig info demo/model", "gsig info model.pt --json"})
final class InfoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ArgGroup(multiplicity = "1")
  private Named model;

  /** The model, with or without the name of the option that it has in other commands. */
  private static final class Named {
    @Parameters(
        paramLabel = "PATH",
        description = "a model folder, or a file or folder that could be imported")
    private Path path;

    @Option(names = "--model", paramLabel = "PATH", description = "another way to name it")
    private Path option;

    private Path either() {
      return path != null ? path : option;
    }
  }

  @Option(names = "--json", description = "as one JSON object")
  private boolean json;

  @Mixin private ImportFlags flags;
  @Mixin private BackendFlags backend;

  InfoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (!GraphModel.isIn(model.either()) && GraphImport.isGraph(model.either())) {
      throw new InvalidInputException(
          model.either()
              + ": is a graph in the ONNX format; make a model folder of it with 'gsig import'");
    }
    if (isOurs()) {
      try (Model loaded = backend.load(model.either())) {
        show(ModelInfo.text(loaded), ModelInfo.json(loaded));
      }
      return 0;
    }
    String family;
    try (Survey survey = ModelImport.survey(flags.settings(model.either(), false))) {
      if (!survey.isComplete()) {
        show(SurveyInfo.text(model.either(), survey), SurveyInfo.json(model.either(), survey));
        return 0;
      }
      family = survey.family();
    }
    List<String> assumed = new ArrayList<>();
    try (Model loaded = backend.load(model.either(), () -> open(assumed))) {
      Map<String, String> text = new LinkedHashMap<>(Map.of("family", family));
      text.putAll(ModelInfo.text(loaded));
      if (!assumed.isEmpty()) {
        text.put("assumed", String.join("; ", assumed));
      }
      Map<String, Object> values = new LinkedHashMap<>(ModelInfo.json(loaded));
      values.put("family", family);
      values.put("assumed", assumed);
      show(text, values);
    }
    return 0;
  }

  private ImportedModel open(List<String> assumed) {
    ImportedModel opened = ModelImport.open(flags.settings(model.either(), false));
    assumed.clear(); // another backend may take over, and opens it again
    assumed.addAll(opened.report().assumed());
    return opened;
  }

  private boolean isOurs() {
    return !flags.any()
        && !Files.isRegularFile(model.either())
        && !ModelImport.isForeign(model.either());
  }

  private void show(Map<String, String> text, Map<String, Object> values) {
    if (json) {
      terminal.print(Json.write(values));
      return;
    }
    for (Map.Entry<String, String> entry : text.entrySet()) {
      terminal.print(String.format(Locale.ROOT, "%-13s %s", entry.getKey(), entry.getValue()));
    }
  }
}
