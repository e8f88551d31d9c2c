package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Places;
import dev.gsig.importer.GraphImport;
import dev.gsig.importer.ImportReport;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.IncompleteImportException;
import dev.gsig.importer.ModelImport;
import dev.gsig.importer.UnknownNamesException;
import dev.gsig.importer.internal.check.CheckFile;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Pooling;
import dev.gsig.transformer.config.Positions;
import dev.gsig.transformer.internal.ModelFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gsig import}: a model of other origin in, a model folder out. */
@Command(
    name = "import",
    header = "Turn a model of other origin into a model folder",
    customSynopsis = "gsig import --input PATH --out DIR [--config FILE] [--vocab FILE] [OPTIONS]",
    description = {
      "Turns a PyTorch checkpoint (.pt, .pth, .bin), safetensors, a Hugging Face folder or a graph"
          + " in the ONNX format (.onnx) into a model folder. Nothing in a checkpoint is executed."
    },
    footer = {
      "gsig import --input model.pt --config config.json --vocab vocab.json \\",
      "    --out MODEL",
      "# proven by what PyTorch computed",
      "gsig import --input hf-folder --check check.npz --out MODEL",
      "# any module, by its graph",
      "gsig import --input model.onnx --inputs inputs.json --vocab vocab.json \\",
      "    --out MODEL"
    })
final class ImportCommand implements Callable<Integer> {
  private static final int MOST_FEATURES = 5;
  private static final double NATIVE_TOLERANCE = 1e-5;

  private final Terminal terminal;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      required = true,
      description = "a file of weights or a graph, or a folder with config.json and weights")
  private Path input;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "the model folder")
  private Path out;

  @Mixin private ImportFlags flags;

  @Option(
      names = "--descriptions",
      paramLabel = "FILE",
      description = "texts for codes, {\"code\": \"text\"}, copied into the model folder")
  private Path descriptions;

  @Option(
      names = "--inputs",
      paramLabel = "FILE",
      description = "of a graph: JSON with keys of inputs.json that the graph does not tell")
  private Path inputs;

  @Option(
      names = "--table",
      paramLabel = "NAMES",
      description =
          "of a graph: the tables that paths start at; A+B if their rows are one, A,B if apart")
  private String tables;

  @Option(
      names = "--native",
      description =
          "of a graph: load its weights into a family of gsig's own, which is faster; needs"
              + " --check, and agreement to 1e-5")
  private boolean ofItsWeights;

  @Option(names = "--overwrite", description = "replace a model of gsig that --out holds")
  private boolean overwrite;

  @Option(
      names = "--check",
      paramLabel = "FILE",
      description =
          "inputs and logits from PyTorch (.npz, .safetensors), of a graph by its own names;"
              + " nothing is written unless the imported model agrees")
  private Path check;

  @Option(
      names = "--check-tolerance",
      paramLabel = "X",
      defaultValue = "1e-4",
      description = "largest difference, relative to the largest logit; default: 1e-4")
  private double tolerance;

  @Option(
      names = "--check-outputs",
      paramLabel = "KIND",
      defaultValue = "logits",
      description =
          "what the check file recorded: logits, or where the module ends with one, sigmoid or"
              + " softmax; default: logits")
  private String outputs;

  @Spec private CommandSpec command;
  @Mixin private BackendFlags backend;

  ImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    kind();
    if (check == null) {
      Given.refuse(
          command,
          "--check FILE",
          "--check-tolerance",
          "--check-outputs",
          "--backend",
          "--no-fusion");
    }
    requireApartFromFolder();
    ModelFiles.SET.requireFree(out, overwrite);
    if (descriptions != null) {
      Descriptions.read(descriptions);
    }
    boolean isGraph = GraphImport.isGraph(input);
    if (isGraph && !ofItsWeights) {
      graph();
      return done();
    }
    if (!isGraph) {
      Given.refuse(command, "graphs in the ONNX format", "--native");
    } else if (check == null) {
      throw new InvalidInputException(
          "--native needs --check FILE: the weights are read by their names, and only a comparison"
              + " shows that the graph computes the same");
    }
    Given.refuse(command, "graphs in the ONNX format", "--inputs", "--table", "--no-fusion");
    try (ImportedModel imported = ModelImport.open(flags.settings(input, check != null))) {
      print(imported.report());
      if (check != null) {
        check(imported);
      }
      imported.write(out, descriptions);
    } catch (IncompleteImportException e) {
      print(e.report());
      throw e;
    } catch (UnknownNamesException e) {
      printMapping(e.skeleton());
      terminal.inform(
          "the beginning of a mapping file is on standard output: compare it with the model's code,"
              + " fill in what begins with ?, and give it with --map FILE");
      throw e;
    }
    return done();
  }

  private int done() {
    terminal.inform("model folder " + out + "; see it with 'gsig info --model " + out + "'");
    return 0;
  }

  /** Checks the folder as it will be before it takes its place. */
  private void graph() {
    Given.refuse(command, "weights, and this is a graph", ImportFlags.OF_WEIGHTS);
    Given.refuse(command, "weights; a graph's activation is told", "--check-outputs");
    GraphImport imported = GraphImport.open(flags.settings(input, inputs, tables));
    imported.lines().forEach(terminal::print);
    imported.write(
        out,
        descriptions,
        folder -> {
          try (Model model = backend.load(folder)) {
            terminal.print("fused      " + GraphInfo.counts(model.graph().fused()));
            if (check != null) {
              terminal.say(GraphCheck.compare(model, folder, check, tolerance));
            }
          }
        });
  }

  /** What lies beside a file of weights may be read with it. */
  private void requireApartFromFolder() {
    if (!Files.isDirectory(input)) {
      Path folder = input.toAbsolutePath().getParent();
      if (Places.isSame(out, folder)) {
        throw new InvalidInputException(
            "--out " + out + ": is the folder of the input; name another");
      }
    }
  }

  private void print(ImportReport report) {
    report.lines().forEach(terminal::print);
  }

  private void printMapping(Map<String, String> mapping) {
    List<String> lines = new ArrayList<>();
    mapping.forEach(
        (target, from) -> lines.add(" " + Json.quote(target) + ": " + Json.quote(from)));
    terminal.print("{");
    for (int n = 0; n < lines.size(); n++) {
      terminal.print(lines.get(n) + (n + 1 < lines.size() ? "," : ""));
    }
    terminal.print("}");
  }

  /** What was loaded from a graph must compute what the graph does. */
  private double tolerance() {
    return ofItsWeights && !Given.is(command, "--check-tolerance") ? NATIVE_TOLERANCE : tolerance;
  }

  private void check(ImportedModel imported) {
    CheckFile recorded = CheckFile.read(check);
    CheckTokens.require(
        recorded,
        check,
        imported.config().specialTokens(),
        imported.survey().specialTokensByName());
    ImportCheck compared = new ImportCheck(recorded, check);
    // The weights are read, and closed, by the model; what is written is opened anew.
    try (Model model = load(Map.of())) {
      ImportCheck.Difference difference = compared.compare(model, kind(), Double.POSITIVE_INFINITY);
      String result =
          String.format(
              Locale.ROOT,
              "check of %d sequences: largest difference %.1e",
              compared.size(),
              difference.worst());
      if (!difference.within(tolerance())) {
        CheckSearch.Found found = new CheckSearch(compared, this::load, tolerance()).run(model);
        throw new InvalidInputException(
            check
                + ": "
                + result
                + " of the largest logit, more than "
                + tolerance()
                + " ("
                + difference.where()
                + "); "
                + cause(found, model.config(), compared));
      }
      terminal.say(result);
    }
  }

  private String cause(CheckSearch.Found found, ModelConfig config, ImportCheck compared) {
    if (!found.fits().isEmpty()) {
      return "it agrees with " + String.join(", or with ", found.fits());
    }
    String probabilities =
        kind() == CheckOutputs.LOGITS && compared.mayBe(CheckOutputs.SIGMOID)
            ? "; all that was recorded is from 0 to 1: does the module end with a sigmoid"
                + " (--check-outputs)?"
            : "";
    String nearest =
        found.nearest().isEmpty()
            ? ""
            : String.format(
                Locale.ROOT, "; nearest is %s (%.1e)", found.nearest(), found.difference());
    return "a setting is wrong, for example the activation, the heads, norm_first, pooling, special"
        + " ids or tabular means; no other value of one that the weights leave open fits"
        + nearest
        + probabilities
        + "; else: "
        + normalisation(config)
        + padding(config)
        + "it was recorded in training mode (model.eval() turns dropout off) or with a causal mask,"
        + " or these are other weights";
  }

  /** What PyTorch does to padded positions without gradients; some poolings read them. */
  private static String padding(ModelConfig config) {
    boolean isRead =
        (config.pooling() == Pooling.MEAN && config.meanOver() == Positions.ALL)
            || (config.gru() != null && config.gru().over() == Positions.ALL);
    return isRead
        ? "it was recorded on PyTorch's fast path, which zeroes padded positions"
            + " (torch.backends.mha.set_fastpath_enabled(False) turns it off), "
        : "";
  }

  /** What the module may do to tabular values by itself; weights do not hold it. */
  private static String normalisation(ModelConfig config) {
    if (config.tabular() == null) {
      return "";
    }
    String used =
        config.tabular().features().stream()
            .limit(MOST_FEATURES)
            .map(f -> f.name() + ": mean " + f.mean() + ", std " + f.std())
            .collect(Collectors.joining("; "));
    return "the module normalises tabular values otherwise (tabular.features; here "
        + used
        + (config.tabular().features().size() > MOST_FEATURES ? "; ..." : "")
        + "), ";
  }

  private CheckOutputs kind() {
    return Choice.of(
        command,
        "--check-outputs",
        outputs,
        List.of(CheckOutputs.values()),
        CheckOutputs::optionName);
  }

  private Model load(Map<String, Object> more) {
    return backend.load(input, () -> ModelImport.open(flags.settings(input, true).with(more)));
  }
}
