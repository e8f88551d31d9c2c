package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.ModelImport;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.DeviceMemoryException;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that says what computes. */
final class BackendFlags {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "simd (float32), cuda (float32 on an NVIDIA GPU; cuda:1 is the second one), ejml"
              + " (float64, the reference, slow), or auto: cuda where it can be had, else simd;"
              + " default: auto")
  private String backend;

  @Option(
      names = "--no-fusion",
      description =
          "compute a model in the ONNX format node by node, in float64 and slowly: the reference")
  private boolean noFusion;

  /**
   * Loads a model on it.
   *
   * @param folder the model folder
   * @throws ParameterException if there is no such backend
   * @throws InvalidInputException if the folder or the backend cannot be used
   */
  Model load(Path folder) {
    return load(() -> Model.load(folder, backend, !noFusion));
  }

  /** Loads a model on it, and says what is assumed of a folder that is none of gsig's own. */
  Model load(Path folder, Terminal terminal) {
    Model model = load(folder);
    String assumed = ModelImport.assumptions(folder);
    if (assumed != null) {
      terminal.say("note: " + assumed);
    }
    return model;
  }

  /** Loads an imported model on it; the same is thrown. */
  Model load(Path folder, Supplier<ImportedModel> imported) {
    return load(() -> Model.load(folder, imported, backend));
  }

  private Model load(Supplier<Model> loading) {
    try {
      return loading.get();
    } catch (IllegalArgumentException e) {
      if (Backends.names().contains(backend)) {
        throw e;
      }
      throw new ParameterException(command.commandLine(), "--backend: " + e.getMessage());
    } catch (UnsupportedOperationException | DeviceMemoryException e) {
      throw new InvalidInputException(
          "--backend " + backend + ": " + e.getMessage() + "; choose another backend", e);
    }
  }
}
